namespace AkkaFailover.Core.Election;

/// <summary>What makes an active give up although its lease runs: rules 4, 10 and 11.</summary>
internal static class ActiveRules
{
    public static void Consider(Turn turn)
    {
        if (PeerEvidence.Lease(turn.State, turn.Settings) != turn.State.LeaseGiven) turn.Advertise();
        ConsiderLan(turn);
        if (turn.State.Role == Role.Active) WitnessRules.Consider(turn);
        if (turn.State.Role == Role.Active) ServiceRules.ConsiderActive(turn);
    }

    /// <summary>
    /// Rule 4, the active's side. It is suspected where the standby does not hear its adverts, where the standby hears others but
    /// not this node, and where nobody answers this node; it asks its neighbours then, and gives way if nobody answers it while
    /// the standby hears somebody. Where the standby hears its adverts, one window without an answer proves too little.
    /// </summary>
    private static void ConsiderLan(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        var peer = PeerEvidence.BeatsFresh(state, now, settings) && state.Link.Beat is { Role: not Role.Starting } beat ? beat : null;
        var deaf = peer is { HearsAdverts: false } && now - state.Since >= turn.Deadline;
        if (!deaf) turn.Clear(AlarmKind.HeartbeatPathLost);
        else
        {
            turn.Raise(AlarmKind.HeartbeatPathLost,
                $"{settings.Peer} does not hear our adverts, but the cluster link works: nothing moves while both hear others on the LAN. Check multicast, port isolation and filters for protocol 112 between the nodes.");
        }
        var peerHearsOthersOnly = peer is { Lan.MissesThePeer: true };
        if (!deaf && !peerHearsOthersOnly && state.Neighbours.EmptyRounds == 0) return;
        ProbeRules.AskNeighbours(turn, ElectionSettings.NeighbourWindow);
        if (!ProbeRules.ReportFresh(turn) || state.Neighbours.EmptyRounds < (deaf ? 1 : ElectionSettings.RoundsEmpty)) return;
        turn.Raise(AlarmKind.LanIsolated, "nobody on the LAN answers this node: neither the peer, nor a neighbour, nor a witness");
        if (!peerHearsOthersOnly || !PeerEvidence.PeerIsReady(state, now, settings) || state.Paused) return;
        ReleaseRules.Begin(turn, $"LAN isolated: nobody answers this node, while {settings.Peer} hears its neighbours", Role.Fault, gentle: false);
    }
}
