namespace AkkaFailover.Core.Election;

/// <summary>What makes an active give up although its lease runs: rules 4, 10 and 11.</summary>
internal static class ActiveRules
{
    public static void Consider(Turn turn)
    {
        if (PeerEvidence.Lease(turn.State, turn.Settings) != turn.State.LeaseGiven) turn.Advertise();
        ConsiderHearing(turn);
        if (turn.State.Role == Role.Active) ConsiderWitnesses(turn);
        if (turn.State.Role == Role.Active) ServiceRules.ConsiderActive(turn);
    }

    /// <summary>Rule 4, the active's side: the standby is there but does not hear our adverts.</summary>
    private static void ConsiderHearing(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        if (!PeerEvidence.BeatsFresh(state, now, settings) || state.Link.DeafSince is not { } deaf || state.Link.Beat!.Role == Role.Starting)
        {
            turn.Clear(AlarmKind.HeartbeatPathLost);
            return;
        }
        if (now - Moment.Max(deaf, state.Since) < turn.Deadline) return;
        turn.Raise(AlarmKind.HeartbeatPathLost,
            $"{settings.Peer} does not hear our adverts, but the cluster link works: nothing moves. Check multicast and filters for protocol 112 between the nodes.");
        ProbeRules.AskNeighbours(turn, ElectionSettings.NeighbourWindow);
        if (state.Neighbours.EmptyRounds >= ElectionSettings.RoundsEmpty && state.Link.Beat.Lan is { HearsSomebody: true } && !state.Paused)
        {
            ReleaseRules.Begin(turn, $"LAN isolated: nobody answers this node, while {settings.Peer} hears its neighbours", Role.Fault, gentle: false);
        }
    }

    /// <summary>Rule 10: an active that reaches no witness and no peer is the isolated one.</summary>
    private static void ConsiderWitnesses(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        if (!settings.HasWitnesses || !ProbeRules.ReportFresh(turn) || state.Neighbours.LastReport is not { WitnessesAsked: > 0 } report) return;
        if (report.WitnessesAnswered > 0) return;
        turn.Raise(AlarmKind.WitnessesLost, "no witness answers");
        ProbeRules.AskNeighbours(turn, ElectionSettings.NeighbourWindow);
        var peerHeard = report.PeerAnswered || PeerEvidence.BeatsFresh(state, now, settings);
        if (peerHeard || state.Neighbours.WitnesslessRounds < ElectionSettings.RoundsEmpty || state.Paused) return;
        ReleaseRules.Begin(turn, "isolated: neither a witness nor the peer answers", Role.Fault, gentle: false);
    }
}
