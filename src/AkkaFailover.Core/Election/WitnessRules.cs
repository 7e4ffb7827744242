namespace AkkaFailover.Core.Election;

/// <summary>
/// Rule 10: who is cut off from the peer and from every witness gives up before the other side may claim.
/// The standby waits for a deadline after the last sign of the active, and the last sign of the standby here is at most an
/// interval younger: so contact may be missed for a deadline less an interval, also while a service takes its time to stop.
/// </summary>
internal static class WitnessRules
{
    /// <summary>How long contact may be missed where the peer has been away for longer than two deadlines: who could have claimed has done so.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(1);

    /// <summary>Remembers a time without a step. Where the queue was not read between two gaps, what waits in it may be as old as the first one.</summary>
    public static void NoteGap(Turn turn, Moment lastStep)
    {
        if (!turn.Settings.HasWitnesses || turn.Now - lastStep <= turn.Settings.ShownGap) return;
        var before = turn.State.LastGap;
        var goesOn = !before.IsRead && lastStep - before.To < turn.Settings.ShownGap;
        turn.State = turn.State with { LastGap = new StepGap(goesOn ? before.From : lastStep, turn.Now, IsRead: false) };
    }

    public static void Heard(Turn turn, bool witness)
    {
        Reached(turn);
        var (contact, arrived) = (turn.State.Contact, turn.ArrivedAt);
        if (!witness)
        {
            turn.State = turn.State with { Contact = contact with { Peer = turn.Now } };
            return;
        }
        // An answer from before the next advert was due says nothing: what cuts this node off may have come after it.
        var due = PeerEvidence.QuietSince(turn.State) + PeerEvidence.AdvertMissing(turn.State, turn.Settings);
        var goesOn = turn.Now - contact.Witness < turn.Deadline && contact.WitnessSince >= due;
        turn.State = turn.State with { Contact = contact with { Witness = arrived, WitnessSince = goesOn ? contact.WitnessSince : arrived >= due ? turn.Now : arrived } };
        turn.Clear(AlarmKind.WitnessesLost);
    }

    /// <summary>Witness or peer has got through to this node; what waited in the queue while it stood still did so before.</summary>
    public static void Reached(Turn turn)
    {
        var state = turn.State;
        if (!turn.Settings.HasWitnesses) return;
        turn.State = state with { Contact = state.Contact with { Reached = turn.ArrivedAt }, LastGap = state.LastGap.IsRead ? state.LastGap : state.LastGap with { IsRead = true } };
    }

    /// <summary>Who reaches a witness may have been cut off itself until then, and heard nothing of an active that is there: it has to listen for one more advert.</summary>
    public static bool MayBeBack(ElectionState state, Moment now, ElectionSettings settings) => settings.HasWitnesses && now - state.Contact.WitnessSince < OneAdvert(state, settings);

    private static TimeSpan OneAdvert(ElectionState state, ElectionSettings settings) =>
        PeerEvidence.AdvertMissing(state, settings) + settings.ListenTime;

    public static void Consider(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        if (!settings.HasWitnesses) return;
        if (ProbeRules.ReportFresh(turn) && state.Neighbours.LastReport is { WitnessesAsked: > 0, WitnessesAnswered: 0 })
            turn.Raise(AlarmKind.WitnessesLost, "no witness answers: without one nobody claims, unless told: failoverctl group takeover --force");
        var missed = now - LastContact(state);
        if (missed < AskAfter(turn.Deadline, settings)) return;
        Ask(turn, settings.ProbeInterval);
        if (missed < Patience(state, now, turn.Deadline, settings) || state.Paused || IsUnconfirmed(state)) return;
        ReleaseRules.Begin(turn, $"isolated: neither a witness nor {settings.Peer} has answered for {Turn.Seconds(missed)}{StoodStill(state, missed)}", turn.State.Release?.Then ?? Role.Fault, gentle: false);
    }

    /// <summary>Whose own standstill it was, at least by a third, looks in vain for a broken path.</summary>
    private static string StoodStill(ElectionState state, TimeSpan missed)
    {
        var (gap, contact) = (state.LastGap, LastContact(state));
        var stood = gap.To - Moment.Max(gap.From, contact);
        return stood * 3 >= missed ? $", for {Turn.Seconds(stood)} of which this node stood still" : "";
    }

    /// <summary>A witness heard before the silence proves nothing, nor does one heard long ago: from when an advert is missing on it is asked again and again.</summary>
    public static void Watch(Turn turn)
    {
        var quiet = turn.Now - PeerEvidence.QuietSince(turn.State);
        if (turn.Settings.HasWitnesses && (PeerEvidence.ProcessGone(turn.State) || quiet >= PeerEvidence.AdvertMissing(turn.State, turn.Settings))) Ask(turn, turn.Settings.WitnessPace);
    }

    /// <summary>Asks witnesses and peer once, at most once in <paramref name="every"/>, and again when answers count as new again.</summary>
    public static void Ask(Turn turn, TimeSpan every)
    {
        var contact = turn.State.Contact;
        var newFrom = turn.State.LastGap.To + turn.Settings.ShownGap;
        if (contact.LastAsked is { } asked && turn.Now - asked < every && (asked >= newFrom || turn.Now < newFrom)) return;
        turn.State = turn.State with { Contact = contact with { LastAsked = turn.Now } };
        turn.Do(new AskContacts());
    }

    /// <summary>When this rule wants to look again.</summary>
    public static void Wakes(ref Wake wake, ElectionState state, ElectionSettings settings)
    {
        if (!settings.HasWitnesses) return;
        wake.At(PeerEvidence.QuietSince(state) + PeerEvidence.AdvertMissing(state, settings));
        if (state.Role is Role.Starting or Role.Standby or Role.Replaying) wake.At(state.Contact.LastAsked, settings.WitnessPace);
        if (state.Role == Role.Standby) wake.At(state.Contact.WitnessSince, OneAdvert(state, settings));
        WakeSteadily(ref wake, state, settings);
        wake.At(state.LastGap.To + settings.ShownGap);
        if (state.Role is not (Role.Active or Role.Releasing)) return;
        var (contact, deadline) = (LastContact(state), PeerEvidence.Deadline(state, settings));
        wake.At(contact + AskAfter(deadline, settings));
        wake.At(contact + (deadline - settings.Timing.Interval));
        wake.At(contact + LongPatience);
        wake.At(state.Contact.LastAsked, settings.ProbeInterval);
    }

    /// <summary>So often where answers count that a time without a step is a standstill, and not that there was nothing to do: while this node holds or claims, and a moment before the witnesses are asked whether it may.</summary>
    private static void WakeSteadily(ref Wake wake, ElectionState state, ElectionSettings settings)
    {
        var steadily = PeerEvidence.QuietSince(state) + PeerEvidence.AdvertMissing(state, settings) - Spans.Times(settings.ShownGap, 3, 2);
        if (state.HoldsOrClaims || (state.Role is Role.Starting or Role.Standby && state.LastStep >= steadily)) wake.At(state.LastStep + Spans.Times(settings.ShownGap, 3, 4));
        else wake.At(steadily);
    }

    /// <summary>An operator made this node active although it reached nobody: it stays so until it has reached somebody.</summary>
    private static bool IsUnconfirmed(ElectionState state) => state.Forced is not null && LastContact(state) == state.HeldSince;

    private static Moment LastContact(ElectionState state) => Moment.Max(state.HeldSince, state.Contact.Reached);

    private static Moment LastOfPeer(ElectionState state) =>
        Moment.Max(state.HeldSince, Moment.Max(state.Link.LastBeat ?? Moment.Zero, state.Contact.Peer ?? Moment.Zero));

    /// <summary>At the usual ratio of three: a beat is a quarter of an interval late, and three quarters of one are left for questions.</summary>
    private static TimeSpan AskAfter(TimeSpan deadline, ElectionSettings settings) => (deadline - settings.Timing.Interval) * 0.625;

    private static TimeSpan Patience(ElectionState state, Moment now, TimeSpan deadline, ElectionSettings settings)
    {
        var most = deadline - settings.Timing.Interval;
        return now - LastOfPeer(state) < deadline * 2 || LongPatience < most ? most : LongPatience;
    }
}
