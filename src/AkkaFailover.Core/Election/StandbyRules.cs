namespace AkkaFailover.Core.Election;

/// <summary>Rules 2 to 6 and 10: whether a standby may claim now.</summary>
internal static class StandbyRules
{
    /// <summary>With 30 % loss ten in a row go unanswered once in a thousand times, twenty once in a million.</summary>
    public const int SurelyUnanswered = 20;

    public static void Consider(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        var eligible = Eligibility.Judge(state, out _);
        // Who has read its journal may claim at once: what it has asked must be fresh then.
        if (eligible || state.Local.Replica.Journal == JournalState.Unread) Watch(turn);
        if (!eligible) return;
        var onLan = PeerEvidence.LiveOnLan(state, now, settings);
        if (!PeerEvidence.ProcessGone(state) && (onLan || PeerEvidence.LiveOnLink(state, now, settings)))
        {
            turn.Clear(AlarmKind.ClaimForbidden);
            if (onLan) turn.Clear(AlarmKind.HeartbeatPathLost);
            else ConsiderBrokenLan(turn);
            return;
        }
        turn.Clear(AlarmKind.HeartbeatPathLost);
        if (state.ReleaseHeard is { } released && now - released < turn.Deadline)
        {
            ClaimRules.Begin(turn, $"{settings.Peer} released the role", released, listen: false, yields: false);
            return;
        }
        if (WaitsForReader(turn) || now < state.HoldBackUntil) return;
        ConsiderSilence(turn);
    }

    /// <summary>From 1.5 intervals of silence on every path, or a process that is gone, the address itself is asked for.</summary>
    private static void Watch(Turn turn)
    {
        var quiet = turn.Now - PeerEvidence.QuietSince(turn.State);
        if (quiet < turn.Settings.Timing.Interval * 1.5 && !PeerEvidence.ProcessGone(turn.State)) ProbeRules.Forget(turn);
        else
        {
            if (turn.Settings.ProbeAddress) ProbeRules.Probe(turn);
            // A witness heard before the silence proves nothing: it is asked anew while the deadline runs.
            var asks = PeerEvidence.ProcessGone(turn.State) || (turn.Settings.HasWitnesses && !WitnessReached(turn));
            if (asks) ProbeRules.AskNeighbours(turn, turn.Settings.WitnessPace);
        }
    }

    /// <summary>Rule 1: what a peer has that is still reading is not known; when it has read, it has a deadline to go first.</summary>
    private static bool WaitsForReader(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        if (state.Local.Replica.InSync || now - state.StartedAt >= settings.StartWait || !PeerEvidence.PeerReads(state, now, settings)) return false;
        turn.State = state with { HoldBackUntil = now + turn.Deadline };
        if (now - PeerEvidence.QuietSince(state) >= turn.Deadline)
        {
            turn.Raise(AlarmKind.ClaimForbidden,
                $"{settings.Peer} is still reading its journal, and this node does not know that its own has everything: it waits for {settings.Peer}, {Turn.Seconds(settings.StartWait)} at most");
        }
        return true;
    }

    /// <summary>Silence on every path, or a process that is gone: claim once the address is seen gone.</summary>
    private static void ConsiderSilence(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        var quiet = now - PeerEvidence.QuietSince(state);
        var gone = PeerEvidence.ProcessGone(state);
        if (!settings.ProbeAddress && settings.PeerIsOurs && quiet < ElectionSettings.KernelHolds) return;
        if (gone && !SurelyGone(turn)) return;
        var patience = PeerEvidence.PeerGoesFirst(state, now, settings) ? turn.Deadline * 2 : turn.Deadline;
        if (!gone && quiet < patience) return;
        if ((settings.ProbeAddress && !SeenGone(turn, gone)) || !MayClaim(turn)) return;
        var why = gone ? $"the process of {settings.Peer} is gone (its port refuses)" : $"no sign of an active node for {Turn.Seconds(quiet)} on any path";
        var seen = settings.ProbeAddress ? ", the address answers no more" : "";
        ClaimRules.Begin(turn, why + seen, PeerEvidence.QuietSince(state), listen: true, yields: settings.ProbeAddress);
    }

    /// <summary>
    /// A process that is gone without a release heard: its guard may be gone too, and then the kernel keeps the address for a
    /// while. Silence proves that it is off only where the peer's host answers for its own address at the same time.
    /// </summary>
    private static bool SurelyGone(Turn turn)
    {
        var window = turn.Settings.ProbeInterval * SurelyUnanswered;
        var hostAnswers = turn.State.Neighbours.PeerAnsweredAt is { } answered && turn.Now - answered < window;
        return (hostAnswers && turn.State.Probe.Unanswered >= SurelyUnanswered)
            || turn.Now - turn.State.Link.StatusSince >= ElectionSettings.KernelHolds;
    }

    /// <summary>
    /// Rule 3. An address that has answered during the silence had a running lease then: a whole deadline without an answer must
    /// follow, for a few lost answers or a host that pauses are not its end.
    /// </summary>
    private static bool SeenGone(Turn turn, bool processGone)
    {
        var (probe, settings) = (turn.State.Probe, turn.Settings);
        var waits = !processGone && probe.LastAnswer is { } answer && turn.Now - answer < turn.Deadline;
        if (probe.Unanswered >= settings.ProbesUnanswered && !waits) return true;
        if (turn.Now - PeerEvidence.QuietSince(turn.State) > turn.Deadline * 2)
        {
            turn.Raise(AlarmKind.PeerStillAnswers, probe.Left
                ? $"{settings.Peer} is silent but still answers for the address: no claim while it does. Stop it, or cut it off."
                : "the question for the address cannot be sent: no claim before its silence has been heard. See the interface's queue and errors: ip -s link");
        }
        return false;
    }

    private static bool MayClaim(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        if (settings.HasWitnesses && !WitnessReached(turn))
        {
            turn.Raise(AlarmKind.ClaimForbidden, "no witness answers: no claim. If this node is the right one: failoverctl group takeover --force");
            return false;
        }
        if (state.MustMeetPeer && !state.Local.Replica.InSync && now - state.StartedAt < settings.StartWait)
        {
            turn.Raise(AlarmKind.ClaimForbidden,
                $"this node was neither active nor in sync when it stopped: it waits {Turn.Seconds(settings.StartWait)} for {settings.Peer} before it claims");
            return false;
        }
        turn.Clear(AlarmKind.ClaimForbidden);
        return true;
    }

    private static bool WitnessReached(Turn turn) =>
        ProbeRules.ReportFresh(turn) && turn.State.Neighbours is { LastReport.WitnessesAnswered: > 0, LastAsked: { } asked, ReportedAt: { } reported }
        && asked > PeerEvidence.QuietSince(turn.State) && reported > asked;

    /// <summary>Rule 4, the standby's side: the link shows a live active whose adverts do not arrive.</summary>
    private static void ConsiderBrokenLan(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        var heard = state.Lan.LastAdvert is { } advert ? Moment.Max(advert, state.Since) : state.Since;
        // Adverts and beats of a host that dies end a moment apart: only a beat sent after a whole deadline without adverts tells.
        if (state.Link.Beat!.Role != Role.Active || state.Link.LastHolderBeat - heard < turn.Deadline) return;
        turn.Raise(AlarmKind.HeartbeatPathLost,
            $"no adverts of {settings.Peer} for {Turn.Seconds(turn.Deadline)}, but it is active with a running lease (cluster link): nothing moves. Check multicast and filters for protocol 112 between the nodes.");
        ProbeRules.AskNeighbours(turn, ElectionSettings.NeighbourWindow);
        if (state.Neighbours.EmptyRounds < ElectionSettings.RoundsEmpty) return;
        turn.Raise(AlarmKind.LanIsolated, "this node hears nobody on the LAN: neither the peer, nor a neighbour, nor a witness");
        LocalRules.Fault(turn, "LAN isolated: nobody answers, while the peer is active");
    }
}
