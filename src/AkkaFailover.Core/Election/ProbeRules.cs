namespace AkkaFailover.Core.Election;

/// <summary>Rule 3, see it gone, and the rounds of rules 4 and 10.</summary>
internal static class ProbeRules
{
    /// <summary>Asks for the address again if it is time; the answer to the last probe had until now.</summary>
    public static void Probe(Turn turn)
    {
        var probe = turn.State.Probe;
        if (probe.LastSent is { } sent && turn.Now - sent < turn.Settings.ProbeInterval) return;
        var unanswered = probe.LastSent is not null && !probe.Answered ? probe.Unanswered + 1 : 0;
        turn.State = turn.State with { Probe = new AddressProbe(turn.Now, Answered: false, unanswered) };
        turn.Do(new ProbeAddress());
    }

    /// <summary>The last question was answered, or never left.</summary>
    public static void CountAnew(Turn turn) =>
        turn.State = turn.State with { Probe = turn.State.Probe with { Answered = true, Unanswered = 0 } };

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
    public static bool ReportFresh(Turn turn) =>
        turn.State.Neighbours.ReportedAt is { } at && turn.Now - at < TimeSpan.FromSeconds(2);
}
