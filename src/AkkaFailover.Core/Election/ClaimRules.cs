namespace AkkaFailover.Core.Election;

/// <summary>Rule 7 and "replay, then claim": from the decision to the addresses.</summary>
internal static class ClaimRules
{
    /// <summary>
    /// Adverts with the new term begin at once, the replica is completed meanwhile; addresses are added when both the
    /// listening time (none after a release) and the replay are over.
    /// </summary>
    /// <param name="turn">The step.</param>
    /// <param name="cause">Why.</param>
    /// <param name="since">The last sign of a holder.</param>
    /// <param name="listen">Step two of rule 7.</param>
    /// <param name="yields">The address is watched meanwhile, and the claim ends where it answers.</param>
    public static void Begin(Turn turn, string cause, Moment since, bool listen, bool yields)
    {
        var terms = turn.State.Terms;
        if (terms.Reserved <= terms.HighestSeen) return; // being written; TermReserved comes back here
        var term = terms.Reserved;
        var listens = listen ? ListenTime(turn.State, turn.Now, turn.Settings) : TimeSpan.Zero;
        var waits = listen ? WaitsBesides(turn) : TimeSpan.Zero;
        ProbeRules.Forget(turn);
        turn.Clear(AlarmKind.ClaimForbidden);
        turn.State = turn.State with
        {
            Terms = terms with { Held = term, HighestSeen = term },
            Claim = new ClaimPlan(cause, since, turn.Now + listens, turn.Now + Spans.Longer(listens, waits), yields,
                turn.Settings.HasWitnesses && listen && turn.State.Forced is null, null),
            ReleaseHeard = null,
            HoldBack = HoldBack.None,
        };
        turn.Advertise();
        turn.Do(new BeginReplay(term));
        turn.Become(Role.Replaying, cause);
    }

    /// <summary>An operator knows more than the rules: nothing is waited for, but a holder that shows within the listening time, or answers one of twenty questions for the address, still ends the claim.</summary>
    public static void Force(Turn turn, string cause)
    {
        turn.State = turn.State with { Forced = cause, MustMeetPeer = false, Local = turn.State.Local with { Fault = "" } };
        Begin(turn, cause, turn.Now, listen: true, yields: turn.Settings.ProbeAddress);
    }

    /// <summary>
    /// Two that know of no holder, or have both given up the role, and have one path between them at most, may decide at the same moment: one listens for as long as
    /// silence has to last, so that no loss of a few frames hides the other's claim. So does who claims because the one that goes first has not. A process that is gone claims nothing.
    /// Nobody is listened to where the host of the last holder is gone: it cannot hold, for its lease has ended, and if it has released unheard it claims nothing for two deadlines. Beside a witness it is, for that
    /// one gives up on its own time.
    /// </summary>
    public static TimeSpan ListenTime(ElectionState state, Moment now, ElectionSettings settings)
    {
        // The rules did not let it claim: a holder may be silent on every path but this one, which may lose a third of all frames.
        if (state.Forced is not null && settings.ProbeAddress) return Spans.Longer(settings.ListenTime, Spans.Times(settings.ProbeInterval, StandbyRules.SurelyUnanswered));
        var onOnePath = PeerEvidence.BeatsLate(state, now, settings) || (ProbeRules.IsFresh(state, now) && state.Neighbours.LastReport is { MissesThePeer: true });
        var isSecond = onOnePath ? settings.Node.CompareTo(settings.Peer) > 0 : PeerEvidence.PeerGoesFirst(state, now, settings);
        if (isSecond && MayBothClaim(state, settings)) return PeerEvidence.Deadline(state, settings);
        var cannotClaim = settings is { PeerIsOurs: true, HasWitnesses: false } && state.Forced is null && !NobodyHeld(state)
            && PeerEvidence.HeldOfLate(state, now, settings) && PeerEvidence.HostGone(state, now, settings);
        return cannotClaim ? TimeSpan.Zero : settings.ListenTime;
    }

    /// <summary>
    /// Which of two goes first is reckoned from what may be old by now: who goes first waits until the other one knows of the claim. Who was forced to claim waits until twenty questions for the address have left and gone
    /// unanswered. Both no longer than so.
    /// </summary>
    private static TimeSpan WaitsBesides(Turn turn)
    {
        if (turn.State.Forced is not null && turn.Settings.ProbeAddress) return turn.Deadline * 3;
        return MayBothClaim(turn.State, turn.Settings) && PeerEvidence.BeatsFresh(turn.State, turn.Now, turn.Settings) ? turn.Deadline : TimeSpan.Zero;
    }

    /// <summary>Neither knows of a holder, or both have given up the role, so that the other one may decide at the same moment.</summary>
    private static bool MayBothClaim(ElectionState state, ElectionSettings settings) =>
        settings.PeerIsOurs && NobodyHeld(state) && state.Forced is null && !PeerEvidence.ProcessGone(state);

    private static bool NobodyHeld(ElectionState state) => state.HoldBack.GaveWay || PeerEvidence.LastSign(state) is null;

    /// <summary>A beat with the claim's own term, or a later one, left after the peer had heard of the claim. Who claims nothing claims nothing any more; who does has to give that up first, or ends this one.</summary>
    public static void PeerKnows(Turn turn, PeerBeat beat)
    {
        if (beat.HighestTerm >= turn.State.Terms.Held && !PeerEvidence.Holds(beat) && turn.State.Forced is null) EndWait(turn);
    }

    /// <summary>Who is starved and was forced asks the twenty questions nevertheless, for three deadlines more at most; who cannot ask does not wait for that.</summary>
    private static bool StillAsks(ElectionState state, ClaimPlan claim) =>
        claim.Yields && state is { Forced: not null, Probe: { Left: true, Unanswered: < StandbyRules.SurelyUnanswered } };

    private static void EndWait(Turn turn)
    {
        if (turn.State.Claim is { } claim) turn.State = turn.State with { Claim = claim with { ListenUntil = Moment.Min(claim.ListenUntil, Moment.Max(claim.ListenAtLeast, turn.Now)) } };
    }

    public static void CaughtUp(Turn turn, CaughtUp caught)
    {
        if (turn.State is not { Role: Role.Replaying, Claim: { } claim } || caught.Term != turn.State.Terms.Held) return;
        if (caught.MissingVersions > 0)
        {
            var lacks = $"{caught.MissingVersions} or more versions after {caught.Version} may not be here";
            if (!turn.Settings.ClaimWhenStale && turn.State.Forced is null)
            {
                turn.Raise(AlarmKind.ClaimForbidden, $"{lacks} and config.claim-when-stale is off: no claim");
                ReleaseRules.Begin(turn, $"not claimed: {lacks}", Role.Standby, gentle: false);
                return;
            }
            turn.Raise(AlarmKind.StaleClaim, $"claimed although {lacks}: what they changed becomes conflicts when {turn.Settings.Peer} returns with them");
        }
        else
        {
            turn.Clear(AlarmKind.StaleClaim);
        }
        turn.State = turn.State with { Claim = claim with { CaughtUp = caught } };
    }

    public static void Consider(Turn turn)
    {
        if (turn.State.Claim is { Yields: true }) ProbeRules.Probe(turn);
        if (turn.State.Claim is { NeedsWitness: true }) WitnessRules.Ask(turn, turn.Settings.WitnessPace);
        if (turn.State is { Forced: not null, Probe.Unanswered: >= StandbyRules.SurelyUnanswered }) EndWait(turn);
        if (turn.State.Claim is not { CaughtUp: { } caught } claim || turn.Now < claim.ListenUntil) return;
        if (StillAsks(turn.State, claim) && turn.Now - claim.ListenUntil < turn.Deadline * 3) return;
        if (claim.NeedsWitness && !ClaimBar.WitnessAnswers(turn.State, turn.Now, turn.Settings))
        {
            ReleaseRules.Begin(turn, "no witness answers any more", Role.Standby, gentle: false);
            return;
        }
        ProbeRules.Forget(turn);
        turn.Do(new ClaimAddresses(caught.Term));
        turn.Become(Role.Claiming, $"replayed to version {caught.Version}, digest verified");
    }

    public static void Held(Turn turn, Term term)
    {
        if (turn.State.Role != Role.Claiming || term != turn.State.Terms.Held) return;
        var cause = turn.State.Claim!.Cause;
        turn.LivedTerm(term);
        turn.State = turn.State with { Claim = null, HeldSince = Moment.Max(turn.ArrivedAt, turn.State.Since) };
        turn.Do(new OpenReplica(term));
        turn.Do(new StartService(term));
        turn.Become(Role.Active, cause);
        turn.Store();
    }

    /// <summary>Replay or address failed: the claim ends here, and the peer need not wait for a deadline.</summary>
    public static void Failed(Turn turn, Term term, string reason)
    {
        if (!turn.State.HoldsOrClaims || term != turn.State.Terms.Held) return;
        ReleaseRules.Begin(turn, reason, Role.Fault, gentle: false);
    }
}
