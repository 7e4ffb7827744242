namespace AkkaFailover.Core.Election;

/// <summary>
/// What forbids a claim although nobody is active: the reasons of the alarm claim-forbidden, of <c>group explain</c>, and the only
/// ones that <c>group takeover --force</c> is for.
/// </summary>
internal static class ClaimBar
{
    /// <summary>Everything that keeps this node from claiming when the deadline is over, in words; null where nothing does.</summary>
    public static string? Of(ElectionState state, Moment now, ElectionSettings settings)
    {
        if (!Eligibility.Judge(state, out var whyNot)) return whyNot;
        if (WaitsForReader(state, now, settings)) return $"{settings.Peer} is still reading its journal, and this node does not know that its own has everything";
        if (now < state.HoldBack.Until) return $"this node {(state.HoldBack.GaveWay ? "released, or gave up a claim," : "waited for the other one's journal")} a moment ago and waits for another {Turn.Seconds(state.HoldBack.Until - now)}";
        if (PeerEvidence.PeerGoesFirst(state, now, settings)) return $"{settings.Peer} goes first";
        if (state.Probe is { LastSent: not null, Left: false }) return "the question for the address cannot be sent";
        return OfRules(state, now, settings);
    }

    /// <summary>Rules 10 and 1.</summary>
    public static string? OfRules(ElectionState state, Moment now, ElectionSettings settings)
    {
        if (settings.HasWitnesses && !WitnessReached(state, now, settings)) return "no witness answers";
        if (OfStaleness(state, settings) is { } bar) return bar;
        return state.MustMeetPeer && !state.Local.Replica.InSync && now - state.StartedAt < settings.StartWait
            ? $"this node was neither active nor in sync when it stopped, and waits {Turn.Seconds(settings.StartWait)} for {settings.Peer}"
            : null;
    }

    /// <summary>A claim would advertise its term before it found this out, and the other node, which may have everything, could not be sure of it any more.</summary>
    public static string? OfStaleness(ElectionState state, ElectionSettings settings) =>
        !settings.ClaimWhenStale && state.Local.Replica.MayLack ? "something acknowledged may not be here, and config.claim-when-stale is off" : null;

    /// <summary>A witness has answered a question that was asked after the silence began, within the last deadline (0.3 s at least): who is cut off since then would not know.</summary>
    public static bool WitnessReached(ElectionState state, Moment now, ElectionSettings settings)
    {
        var missing = Spans.Longer(PeerEvidence.ProbesBegin(settings), PeerEvidence.AdvertMissing(state, settings));
        var asked = PeerEvidence.ProcessGone(state) ? state.Link.StatusSince : PeerEvidence.QuietSince(state) + missing;
        return state.Contact.Witness > asked && WitnessAnswers(state, now, settings);
    }

    /// <summary>A witness has answered within the last deadline (0.3 s at least).</summary>
    public static bool WitnessAnswers(ElectionState state, Moment now, ElectionSettings settings) =>
        now - state.Contact.Witness < Spans.Longer(PeerEvidence.Deadline(state, settings), ElectionSettings.NeighbourWindow);

    /// <summary>Rule 1: what a peer has that is still reading is not known.</summary>
    public static bool WaitsForReader(ElectionState state, Moment now, ElectionSettings settings) =>
        !state.Local.Replica.InSync && now - state.StartedAt < settings.StartWait && PeerEvidence.PeerReads(state, now, settings);
}
