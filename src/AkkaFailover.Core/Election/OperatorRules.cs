namespace AkkaFailover.Core.Election;

/// <summary>What operators ask for; each request is answered in the step that takes it.</summary>
internal static class OperatorRules
{
    public static void Handover(Turn turn, string by)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        var refusal = state switch
        {
            { Role: not Role.Active } => $"this node is {state.Role.Word()}, not active: run it on {settings.Peer}",
            { Paused: true } => "roles are frozen: failoverctl group resume first",
            _ when !PeerEvidence.BeatsFresh(state, now, settings) => $"{settings.Peer} is not there (no beat on the cluster link): nobody could take over",
            { Link.Beat: { Eligible: false } beat } => $"{settings.Peer} is not eligible: {beat.WhyNot}",
            { Link.Beat: { Role: not Role.Standby } beat } => $"{settings.Peer} is {beat.Role.Word()}, not standby: try again when it is",
            { Link.Beat.Replica.InSync: false } => $"{settings.Peer} has not caught up with the configuration yet: try again when status on this node shows in sync",
            _ => null,
        };
        turn.Do(new AnswerOperator(refusal is null, refusal ?? $"handing over to {settings.Peer}"));
        if (refusal is null) ServiceRules.EndRow(turn);
        if (refusal is null) ReleaseRules.Begin(turn, $"handover to {settings.Peer} asked for by {by}", Role.Standby, gentle: true);
    }

    public static void Takeover(Turn turn, string by)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        var bar = ClaimBar.Of(state, now, settings);
        var refusal = state switch
        {
            { HoldsOrClaims: true } => $"this node is {state.Role.Word()} already",
            { FactsRead: false } => "this node has only just started: try again in a moment",
            { Local.CarrierUp: false } => "the interface has no carrier: nobody would hear this node",
            { Stopping: true } => "the daemon is stopping",
            { Local.Replica.Journal: JournalState.Unread } => "the journal of this node is still being read: try again in a moment",
            { Local.Replica.Journal: JournalState.Broken } => "the journal of this node cannot be used",
            _ when state.Terms.Reserved <= state.Terms.HighestSeen => "no term is reserved yet (state-dir is slow or full): try again in a moment",
            _ when Holder(turn) is { } holder => $"{holder}: both nodes would have the addresses. Let it release first: failoverctl group handover on {settings.Peer}, or stop it or cut it off",
            _ when PeerEvidence.KernelHoldsFor(state, now, settings) is var left && left > TimeSpan.Zero =>
                $"the process of {settings.Peer} has only just gone, and its kernel may hold the address for another {Turn.Seconds(left)}: try again then",
            { HoldBack.GaveWay: true } when now < state.HoldBack.Until && PeerEvidence.PeerIsCandidate(state, now, settings) =>
                $"this node released a moment ago, and {settings.Peer} may be about to take over: try again in {Turn.Seconds(state.HoldBack.Until - now)}",
            { StoppedAt: { } woke } when now - woke < turn.Deadline =>
                $"this node stood still, and listens for another {Turn.Seconds(woke + turn.Deadline - now)} before it knows who is there: try again then",
            { Role: Role.Starting } => "this node has only just started and still listens: try again in a moment",
            _ when bar is null && now - PeerEvidence.QuietSince(state) is var quiet && quiet < turn.Deadline =>
                $"nothing forbids a claim: after {Turn.Seconds(turn.Deadline)} without a sign of {settings.Peer} this node claims by itself ({Turn.Seconds(quiet)} so far)",
            _ when bar is null => "nothing forbids a claim: this node is about to claim by itself (group explain says what it waits for)",
            _ => null,
        };
        var unless = settings.ProbeAddress && state.Probe.Left ? $"; should the address answer one of {StandbyRules.SurelyUnanswered} questions, the claim ends (group history)" : "";
        turn.Do(new AnswerOperator(refusal is null, refusal ?? $"taking over although {bar}{unless}"));
        if (refusal is not null) return;
        ServiceRules.EndRow(turn);
        ClaimRules.Force(turn, $"takeover forced by {by} although {bar}");
    }

    /// <summary>Whoever shows on any path that it holds the addresses; null for nobody.</summary>
    private static string? Holder(Turn turn)
    {
        var (state, now, settings) = (turn.State, turn.Now, turn.Settings);
        if (PeerEvidence.LiveOnLink(state, now, settings)) return $"{settings.Peer} is {state.Link.Beat!.Role.Word()} (cluster link, {Turn.Seconds(now - state.Link.LastBeat!.Value)} ago)";
        if (PeerEvidence.LiveOnLan(state, now, settings)) return $"an active node advertises on the LAN ({state.Lan.Source}, {Turn.Seconds(now - state.Lan.LastAdvert!.Value)} ago)";
        return state.Probe.LastAnswer is { } answer && now - answer < turn.Deadline ? $"{settings.Peer} still answers for the address" : null;
    }

    public static void Pause(Turn turn, PauseRequested request)
    {
        if (turn.State.Paused == request.Paused)
        {
            turn.Do(new AnswerOperator(true, request.Paused ? "roles are frozen already" : "roles are not frozen"));
            return;
        }
        Adopt(turn, request.Paused, turn.State.PauseEpoch + 1);
        turn.Do(new Note(request.Paused ? $"paused by {request.By}" : $"resumed by {request.By}"));
        var alone = PeerEvidence.BeatsFresh(turn.State, turn.Now, turn.Settings) ? "" : $". {turn.Settings.Peer} is not there (no beat on the cluster link), and hears of it when it is: until then its roles are as they were";
        turn.Do(new AnswerOperator(true, (request.Paused
            ? "roles are frozen on both nodes: no claim, no handover; the lease still holds"
            : "roles move again") + alone));
    }

    /// <summary>Takes the pair's pause state, decided here or on the peer.</summary>
    public static void Adopt(Turn turn, bool paused, ulong epoch)
    {
        turn.State = turn.State with { Paused = paused, PauseEpoch = epoch };
        turn.Store();
        if (paused && turn.State.Role == Role.Standby)
        {
            ProbeRules.Forget(turn);
            turn.Become(Role.Maintenance, "paused: roles are frozen");
        }
        else if (!paused && turn.State.Role == Role.Maintenance)
        {
            turn.ListenAnew();
            turn.Become(Role.Standby, "resumed");
        }
        turn.Do(new BeatNow());
    }

    public static void Stop(Turn turn, string reason)
    {
        turn.State = turn.State with { Stopping = true };
        if (turn.State.Role == Role.Releasing) return; // it goes on, and ends in Stopped
        if (turn.State.Role == Role.Active) ReleaseRules.Begin(turn, reason, Role.Standby, gentle: true);
        else if (turn.State.HoldsOrClaims) ReleaseRules.Begin(turn, reason, Role.Standby, gentle: false);
        else turn.Do(new Stopped());
    }
}
