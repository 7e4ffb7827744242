namespace AkkaFailover.Core.Election;

/// <summary>Rule 3, see it gone, and the rounds of rules 4 and 10.</summary>
internal static class ProbeRules
{
    /// <summary>Asks for the address again if it is time; the answer to the last probe had until now.</summary>
    public static void Probe(Turn turn)
    {
        var probe = turn.State.Probe;
        if (probe.LastSent is { } sent && turn.Now - sent < Interval(turn.State, turn.Now, turn.Settings)) return;
        var silent = probe is { LastSent: not null, Left: true, Answered: false } ? 1 : 0;
        turn.State = turn.State with
        {
            Probe = probe with
            {
                LastSent = turn.Now,
                Left = true,
                Answered = false,
                Unanswered = probe.Unanswered + silent,
                UnansweredBeside = probe.UnansweredBeside + (turn.State.Contact.Peer > probe.LastSent ? silent : 0),
            },
        };
        turn.Do(new ProbeAddress());
    }

    /// <summary>Between two questions for the address. Quick ones are counted from the silence: a port that opens and refuses in turn does not prolong them.</summary>
    public static TimeSpan Interval(ElectionState state, Moment now, ElectionSettings settings) =>
        PeerEvidence.KernelMayHold(state, now, settings) && now - PeerEvidence.QuietSince(state) < ElectionSettings.KernelHolds + settings.Timing.Interval
            ? settings.GoneProbeInterval
            : settings.ProbeInterval;

    /// <summary>Asks whether the peer's host is there, as often as for the address.</summary>
    public static void AskPeer(Turn turn)
    {
        var contact = turn.State.Contact;
        if (contact.PeerAsked is { } asked && turn.Now - asked < Interval(turn.State, turn.Now, turn.Settings)) return;
        turn.State = turn.State with { Contact = contact with { PeerAsked = turn.Now } };
        turn.Do(new AskPeer());
    }

    public static void Answered(Turn turn)
    {
        if (turn.State.Claim is { Yields: true })
        {
            ReleaseRules.Begin(turn, $"the address answers: {turn.Settings.Peer} has it, or took it at the same moment", Role.Standby, gentle: false);
        }
        else if (turn.State.Probe.LastSent is not null)
        {
            turn.State = turn.State with { Probe = turn.State.Probe with { Answered = true, Unanswered = 0, UnansweredBeside = 0, LastAnswer = turn.Now } };
        }
    }

    /// <summary>No silence follows from a question that never left.</summary>
    public static void NotAsked(Turn turn)
    {
        if (turn.State.Probe.LastSent is not null) turn.State = turn.State with { Probe = turn.State.Probe with { Left = false } };
    }

    public static void Forget(Turn turn)
    {
        turn.Clear(AlarmKind.PeerStillAnswers);
        if (turn.State.Probe != AddressProbe.Idle) turn.State = turn.State with { Probe = AddressProbe.Idle };
    }

    /// <summary>Asks for a round of LAN probes, at most one in <paramref name="every"/>.</summary>
    public static void AskNeighbours(Turn turn, TimeSpan every)
    {
        if (turn.State.Neighbours.LastAsked is { } asked && turn.Now - asked < every) return;
        turn.State = turn.State with { Neighbours = turn.State.Neighbours with { LastAsked = turn.Now } };
        turn.Do(new ProbeNeighbours());
    }

    /// <summary>The last round is recent enough to decide on.</summary>
    public static bool ReportFresh(Turn turn) => IsFresh(turn.State, turn.Now);

    /// <inheritdoc cref="ReportFresh"/>
    public static bool IsFresh(ElectionState state, Moment now) => state.Neighbours.ReportedAt is { } at && now - at < TimeSpan.FromSeconds(2);
}
