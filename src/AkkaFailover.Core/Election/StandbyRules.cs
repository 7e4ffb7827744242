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
        else ProbeRules.Forget(turn);
        if (!eligible) return;
        if (!PeerEvidence.ProcessGone(state) && (PeerEvidence.LiveOnLan(state, now, settings) || PeerEvidence.LiveOnLink(state, now, settings)))
        {
            turn.Clear(AlarmKind.ClaimForbidden);
            ConsiderLan(turn);
            return;
        }
        turn.Clear(AlarmKind.HeartbeatPathLost);
        if (state.ReleaseHeard is { } released && now < released.Until && ClaimBar.OfStaleness(state, settings) is null)
        {
            ClaimRules.Begin(turn, $"{settings.Peer} released the role", released.At, listen: false, yields: false);
            return;
        }
        if (WaitsForReader(turn) || now < state.HoldBack.Until) return;
        ConsiderSilence(turn);
    }

    /// <summary>From 1.5 intervals of silence on every path, or a process that is gone, the address itself is asked for.</summary>
    private static void Watch(Turn turn)
    {
        var (quiet, gone) = (turn.Now - PeerEvidence.QuietSince(turn.State), PeerEvidence.ProcessGone(turn.State));
        WitnessRules.Watch(turn);
        if (quiet < PeerEvidence.ProbesBegin(turn.Settings) && !gone) ProbeRules.Forget(turn);
        else
        {
            if (turn.Settings.ProbeAddress) ProbeRules.Probe(turn);
            if (turn.Settings.ProbeAddress && AsksForHost(turn)) ProbeRules.AskPeer(turn);
        }
    }

    /// <summary>Whether the peer's host answers for itself matters to rule 5, and to the listening time of rule 7.</summary>
    private static bool AsksForHost(Turn turn) => PeerEvidence.KernelMayHold(turn.State, turn.Now, turn.Settings)
        ? !SurelyGone(turn)
        : !turn.Settings.HasWitnesses && PeerEvidence.HeldOfLate(turn.State, turn.Now, turn.Settings);

    /// <summary>Rule 1: what a peer has that is still reading is not known; when it has read, it has a deadline to go first.</summary>
    private static bool WaitsForReader(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        if (!ClaimBar.WaitsForReader(state, now, settings)) return false;
        turn.State = state with { HoldBack = state.HoldBack with { Until = Moment.Max(state.HoldBack.Until, now + turn.Deadline) } };
        if (now - PeerEvidence.QuietSince(state) >= turn.Deadline && !state.Raised.Contains(AlarmKind.ClaimForbidden))
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
        // Daemon and guard may have been killed at the end of the lease, and what is not asked for is never seen gone.
        if (!settings.ProbeAddress && settings.PeerIsOurs && !gone && quiet < turn.Deadline + ElectionSettings.KernelHolds) return;
        if (PeerEvidence.KernelMayHold(state, now, settings) && !SurelyGone(turn)) return;
        var second = PeerEvidence.PeerGoesFirst(state, now, settings);
        if (!gone && quiet < (second ? turn.Deadline * 2 : turn.Deadline)) return;
        // However long the silence was before: who has just met another that goes first gives it its time.
        if (second && now - state.Link.MetAt < turn.Deadline) return;
        if (!gone && WitnessRules.MayBeBack(state, now, settings)) return;
        if ((settings.ProbeAddress && !SeenGone(turn, gone)) || !MayClaim(turn)) return;
        var why = gone ? $"the process of {settings.Peer} is gone (its port refuses)" : $"no sign of an active node for {Turn.Seconds(quiet)} on any path";
        var seen = settings.ProbeAddress ? ", the address answers no more" : "";
        ClaimRules.Begin(turn, why + seen, PeerEvidence.QuietSince(state), listen: true, yields: settings.ProbeAddress);
    }

    /// <summary>
    /// A process that is gone without a release heard: its guard may be gone too, and then the kernel keeps the address for a
    /// while. A question without an answer proves that it is off only where the peer's host answers for its own address meanwhile:
    /// a path that fails just after the process would be taken for an address that is gone.
    /// </summary>
    private static bool SurelyGone(Turn turn)
    {
        var link = turn.State.Link;
        return turn.Now - link.GoneSince >= ElectionSettings.KernelHolds
            || (turn.State.Probe.UnansweredBeside >= SurelyUnanswered && turn.Now - link.StatusSince >= turn.Settings.RefusalStands);
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
        if (ClaimBar.OfRules(turn.State, turn.Now, turn.Settings) is { } bar)
        {
            turn.Raise(AlarmKind.ClaimForbidden, $"{bar}: no claim. If this node is the right one: failoverctl group takeover --force");
            return false;
        }
        turn.Clear(AlarmKind.ClaimForbidden);
        return true;
    }

    /// <summary>
    /// Rule 4, the standby's side, while a path shows a live active. Neighbours are asked as soon as adverts are late, so that what
    /// they answer is known to both nodes when the deadline is over; a node that nobody answers is the broken one.
    /// </summary>
    private static void ConsiderLan(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        var heard = PeerEvidence.AdvertsSilentSince(state);
        var (silence, late) = (now - heard, PeerEvidence.ProbesBegin(settings));
        var onLink = PeerEvidence.LiveOnLink(state, now, settings) && state.Link.Beat!.Role == Role.Active;
        // Adverts and beats of a host that dies end a moment apart: only a beat sent well after the last advert tells.
        var broken = onLink && silence >= turn.Deadline && state.Link.LastHolderBeat - heard > late;
        if (!broken) turn.Clear(AlarmKind.HeartbeatPathLost);
        else if (!state.Raised.Contains(AlarmKind.HeartbeatPathLost))
        {
            turn.Raise(AlarmKind.HeartbeatPathLost,
                $"no adverts of {settings.Peer} for {Turn.Seconds(turn.Deadline)}, but it is active with a running lease (cluster link): nothing moves while both hear others on the LAN. Check multicast, port isolation and filters for protocol 112 between the nodes.");
            turn.Do(new BeatNow()); // the active cannot know it before
        }
        var peerHearsOthersOnly = onLink && state.Link.Beat is { Lan.MissesThePeer: true };
        if (!(onLink && silence >= late) && !peerHearsOthersOnly && state.Neighbours.EmptyRounds == 0) return;
        ProbeRules.AskNeighbours(turn, ElectionSettings.NeighbourWindow);
        if (state.Neighbours.EmptyRounds < ElectionSettings.RoundsEmpty || !(broken || peerHearsOthersOnly)) return;
        turn.Raise(AlarmKind.LanIsolated, "nobody on the LAN answers this node: neither the peer, nor a neighbour, nor a witness");
        LocalRules.Fault(turn, "LAN isolated: nobody answers, while the peer is active");
    }
}
