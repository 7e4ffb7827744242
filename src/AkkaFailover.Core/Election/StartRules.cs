namespace AkkaFailover.Core.Election;

/// <summary>Rule 1: listen first.</summary>
internal static class StartRules
{
    public static void Begin(Turn turn, Started started)
    {
        turn.LivedTerm(started.Lived);
        turn.State = turn.State with
        {
            FactsRead = true,
            // A node that stood still before has heard nothing.
            StartedAt = turn.Now,
            QuietFrom = turn.Now,
            // The reserved term may have been used by a claim that crashed before it reached the disk: never again.
            Terms = turn.State.Terms with { Spent = started.Reserved, Kept = started.Lived },
            MustMeetPeer = started.Lived != Term.None && !started.WasActive && turn.Settings.PeerIsOurs,
            Paused = started.Paused,
            PauseEpoch = started.PauseEpoch,
            Local = turn.State.Local with { CarrierUp = started.CarrierUp },
        };
    }

    public static void Consider(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        if (!state.Local.CarrierUp)
        {
            LocalRules.Fault(turn, "no carrier at the start");
            return;
        }
        if (PeerEvidence.LiveOnLan(state, now, settings))
        {
            Listened(turn, $"an active node is heard on the LAN ({state.Lan.Source})");
            return;
        }
        if (PeerEvidence.LiveOnLink(state, now, settings))
        {
            Listened(turn, $"{settings.Peer} is {state.Link.Beat!.Role.Word()} (cluster link)");
            return;
        }
        if (settings.ProbeAddress) ProbeRules.Probe(turn);
        WitnessRules.Watch(turn);
        var listened = now - state.StartedAt;
        if (listened < turn.Deadline || (!LinkSettled(state, settings) && listened < ElectionSettings.LinkGrace)) return;
        Listened(turn, $"listened for {Turn.Seconds(listened)}, nobody is active");
    }

    private static bool LinkSettled(ElectionState state, ElectionSettings settings) =>
        !settings.PeerIsOurs || state.Link.Status == LinkStatus.Refused
        || (state.Link.Status == LinkStatus.Connected && state.Link.Beat is not null);

    private static void Listened(Turn turn, string cause) =>
        turn.Become(turn.State.Paused ? Role.Maintenance : Role.Standby, cause);
}
