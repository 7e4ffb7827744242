namespace AkkaFailover.Core.Election;

/// <summary>Giving up, in order: gently (service, replica, addresses, release advert) or by force (addresses first).</summary>
internal static class ReleaseRules
{
    /// <summary>Bound on one message to guard or replica; both answer within milliseconds.</summary>
    private static readonly TimeSpan StepBound = TimeSpan.FromSeconds(1);

    /// <summary>The link sends again what was lost, after 0.2 s: the peer must be able to follow that, however short the deadline.</summary>
    private static readonly TimeSpan LeastHoldBack = TimeSpan.FromMilliseconds(500);

    /// <summary>For so long after a release its sender claims nothing.</summary>
    private static TimeSpan HoldBackTime(TimeSpan deadline) => Spans.Longer(deadline * 2, LeastHoldBack);

    /// <summary>For so long it is followed: as much is left for word of the claim to reach the sender before it claims itself.</summary>
    public static TimeSpan FollowedFor(TimeSpan deadline) => HoldBackTime(deadline) / 2;

    /// <summary>Begins a release that this node itself wants; a release advert ends it.</summary>
    /// <param name="turn">The step.</param>
    /// <param name="cause">Why.</param>
    /// <param name="then">The role afterwards.</param>
    /// <param name="gentle">Service and replica first; otherwise the addresses go first.</param>
    public static void Begin(Turn turn, string cause, Role then, bool gentle)
    {
        if (!gentle || turn.State.Role != Role.Active)
        {
            Force(turn, cause, then, tell: true);
            return;
        }
        turn.State = turn.State with
        {
            Release = new ReleasePlan(ReleaseStep.Service, cause, then, Tell: true, turn.Now + turn.Settings.StopTimeout),
        };
        turn.Do(new StopService(Graceful: true, cause));
        turn.Become(Role.Releasing, cause);
    }

    /// <summary>Rule 8: another claim is younger. It holds, so no release advert follows.</summary>
    public static void YieldTo(Turn turn, string cause) => Force(turn, cause, Role.Standby, tell: false);

    private static void Force(Turn turn, string cause, Role then, bool tell)
    {
        if (turn.State.Release is { Step: ReleaseStep.Addresses }) return;
        turn.Do(new StopAdverts());
        turn.Do(new ReleaseAddresses(cause));
        turn.Do(new StopService(Graceful: false, cause));
        var ofService = turn.State.Release is { OfService: true };
        turn.State = turn.State with
        {
            Claim = null,
            Release = new ReleasePlan(ReleaseStep.Addresses, cause, ofService ? Role.Fault : then, tell, turn.Now + StepBound) { OfService = ofService },
        };
        if (turn.State.Role != Role.Releasing) turn.Become(Role.Releasing, cause);
    }

    public static void ServiceStopped(Turn turn)
    {
        if (turn.State.Release is not { Step: ReleaseStep.Service } plan) return;
        turn.State = turn.State with { Release = plan with { Step = ReleaseStep.Replica, Until = turn.Now + StepBound } };
        turn.Do(new FlushReplica());
    }

    public static void Flushed(Turn turn)
    {
        if (turn.State.Release is { Step: ReleaseStep.Replica }) RemoveAddresses(turn);
    }

    public static void AddressesGone(Turn turn)
    {
        if (turn.State.Release is { Step: ReleaseStep.Addresses } plan) Finish(turn, plan);
    }

    /// <summary>Gives up waiting: the addresses go whatever service and replica do.</summary>
    public static void Consider(Turn turn)
    {
        if (turn.State.Release is { Step: not ReleaseStep.Addresses }) WitnessRules.Consider(turn);
        if (turn.State.Release is not { } plan || turn.Now < plan.Until) return;
        switch (plan.Step)
        {
            case ReleaseStep.Service:
                turn.Do(new Note($"the service did not stop within {Turn.Seconds(turn.Settings.StopTimeout)}: the addresses are released all the same"));
                turn.Do(new StopService(Graceful: false, "stop-timeout"));
                RemoveAddresses(turn);
                break;
            case ReleaseStep.Replica:
                turn.Do(new Note($"the last changes could not be brought to {turn.Settings.Peer} in time"));
                RemoveAddresses(turn);
                break;
            default:
                // Not a release: the peer waits for its deadline, by when guard or kernel have removed them.
                turn.Do(new Note("the guard has not confirmed the removal of the addresses; its lease ends by itself"));
                Finish(turn, plan with { Tell = false });
                break;
        }
    }

    private static void RemoveAddresses(Turn turn)
    {
        turn.State = turn.State with
        {
            Release = turn.State.Release! with { Step = ReleaseStep.Addresses, Until = turn.Now + StepBound },
        };
        turn.Do(new ReleaseAddresses(turn.State.Release.Cause));
    }

    private static void Finish(Turn turn, ReleasePlan plan)
    {
        var term = turn.State.Terms.Held;
        turn.Do(new StopAdverts());
        if (plan.Tell)
        {
            turn.Do(new SendRelease(term));
            turn.Do(new TellReleased(term, LinkRules.Echo(turn.State.Link)));
        }
        turn.Do(new FollowReplica());
        turn.State = turn.State with
        {
            Release = null,
            ReleaseHeard = turn.State.Terms.Released > term ? turn.State.ReleaseHeard : null,
            Terms = turn.State.Terms with { Held = Term.None },
            QuietFrom = turn.Now,
            // The peer goes first: it takes over at once, or shows within two deadlines that it cannot.
            HoldBack = new HoldBack(Moment.Max(turn.State.HoldBack.Until, turn.Now + HoldBackTime(turn.Deadline)), GaveWay: true),
        };
        if (turn.State.Stopping) turn.Become(Role.Standby, plan.Cause);
        else if (plan.OfService) ServiceRules.Fault(turn, plan.Cause);
        else if (plan.Then == Role.Fault) LocalRules.Fault(turn, plan.Cause);
        else turn.Become(turn.State.Paused ? Role.Maintenance : Role.Standby, plan.Cause);
        turn.Store();
        if (turn.State.Stopping) turn.Do(new Stopped());
    }
}
