namespace AkkaFailover.Core.Election;

/// <summary>
/// The decision of the pair, as one pure function: who is active, and what has to be done for it. The same function runs
/// in the daemon, in the simulation and behind <c>group explain</c>. Rule numbers are those of <c>src/docs/election.md</c>.
/// </summary>
public static class ElectionMachine
{
    // With fast heartbeats a busy host has shorter ones many times a second: they would push everything else out of the history.
    private static readonly TimeSpan WorthALine = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes one input and gives the next state with the effects to run, in their order.</summary>
    /// <param name="state">The present state.</param>
    /// <param name="input">What happened.</param>
    /// <param name="now">When; never earlier than in the step before.</param>
    /// <param name="settings">The group's settings.</param>
    public static (ElectionState State, IReadOnlyList<ElectionEffect> Effects) Step(
        ElectionState state, ElectionInput input, Moment now, ElectionSettings settings)
    {
        var turn = new Turn(state with { LastStep = now }, now, settings);
        NoticeStandstill(turn, state.LastStep);
        Take(turn, input);
        if (turn.State.FactsRead) Consider(turn);
        return (turn.State, turn.Effects);
    }

    /// <summary>The beat that tells the peer what this node does and hears.</summary>
    public static PeerBeat BeatOf(ElectionState state, Moment now, ElectionSettings settings)
    {
        var eligible = Eligibility.Judge(state, out var whyNot);
        var lan = ProbeRules.IsFresh(state, now) ? state.Neighbours.LastReport : null;
        return new PeerBeat(state.Role, state.Terms.Held, state.Terms.Lived,
            LeaseRunning: state.Role is Role.Active or Role.Releasing, eligible, whyNot, state.Local.Replica,
            HearsAdverts: now - PeerEvidence.AdvertsSilentSince(state) < PeerEvidence.Deadline(state, settings), lan, state.Paused, state.PauseEpoch,
            ServiceWords.Word(state.Local.Service)) { SentAt = now };
    }

    /// <summary>When the machine wants to look again, at the latest; a <see cref="Tick"/> then (earlier ones do no harm).</summary>
    public static Moment NextWake(ElectionState state, Moment now, ElectionSettings settings)
    {
        if (!state.FactsRead) return Moment.Never;
        var wake = new Wake(now, state.NextBeat);
        var deadline = PeerEvidence.Deadline(state, settings);
        var quiet = PeerEvidence.QuietSince(state);
        wake.At(quiet + deadline);
        wake.At(quiet + (deadline * 2));
        wake.At(quiet + PeerEvidence.ProbesBegin(settings));
        wake.At(state.StartedAt + deadline);
        wake.At(state.StartedAt + ElectionSettings.LinkGrace);
        wake.At(state.StartedAt + settings.StartWait);
        wake.At(state.Link.GoneSince, ElectionSettings.KernelHolds);
        wake.At(quiet + deadline + ElectionSettings.KernelHolds);
        wake.At(state.Link.StatusSince + settings.RefusalStands);
        wake.At(state.Link.MetAt + deadline);
        wake.At(state.HoldBack.Until);
        wake.At(state.Local.FaultUntil);
        wake.At(state.Probe.LastSent, ProbeRules.Interval(state, now, settings));
        wake.At(state.Probe.LastAnswer, deadline);
        wake.At(state.Neighbours.LastAsked, ElectionSettings.NeighbourWindow);
        wake.At(state.Since + deadline);
        var silent = PeerEvidence.AdvertsSilentSince(state);
        wake.At(silent + PeerEvidence.ProbesBegin(settings));
        wake.At(silent + deadline);
        WitnessRules.Wakes(ref wake, state, settings);
        if (state.Claim is { } claim) wake.At(claim.ListenUntil);
        if (state.Release is { } release) wake.At(release.Until);
        return wake.First;
    }

    /// <summary>
    /// The machine is stepped at least once an interval. After a longer gap this node was stopped or starved, and silence
    /// means nothing: what arrived meanwhile is still in the queue, so a whole deadline of listening begins anew. A shorter gap, while
    /// the address is asked for many times an interval, is added to the silence: a machine that stood still has heard nothing in it.
    /// </summary>
    private static void NoticeStandstill(Turn turn, Moment lastStep)
    {
        var gap = turn.Now - lastStep;
        if (!turn.State.FactsRead) return;
        WitnessRules.NoteGap(turn, lastStep);
        if (gap <= Spans.Times(turn.Deadline, 1, 2))
        {
            if (turn.State is { Role: Role.Starting or Role.Standby, Probe.LastSent: not null } && gap > ShortGap(turn.Settings)) AddToSilence(turn, gap);
            return;
        }
        var (state, wasStopped) = (turn.State, gap >= ElectionSettings.Standstill);
        turn.ListenAnew();
        // A start and a claimer listen for so much longer; but who is busy for good starts, and claims, nevertheless.
        turn.State = turn.State with
        {
            StoodStillAt = turn.Now,
            StoppedAt = wasStopped ? turn.Now : state.StoppedAt,
            StartedAt = state.Role == Role.Starting && wasStopped ? state.StartedAt + gap : state.StartedAt,
            Claim = state.Claim is { } claim && claim.ListenUntil >= lastStep ? ListenLonger(turn, claim, gap) : state.Claim,
        };
        if (gap >= WorthALine) turn.Do(new Note($"this node stood still for {Turn.Seconds(gap)}: it listens anew before it judges any silence"));
    }

    /// <summary>By all the time for which this node was stopped, and a listening time at least; where it is only busy for two deadlines in all.</summary>
    private static ClaimPlan ListenLonger(Turn turn, ClaimPlan claim, TimeSpan gap)
    {
        return claim with { ListenAtLeast = Longer(claim.ListenAtLeast), ListenUntil = Longer(claim.ListenUntil) };

        Moment Longer(Moment until)
        {
            var longer = Moment.Max(until + gap, turn.Now + turn.Settings.ListenTime);
            return gap >= ElectionSettings.Standstill ? longer : Moment.Max(until, Moment.Min(longer, turn.State.Since + (turn.Deadline * 2)));
        }
    }

    private static TimeSpan ShortGap(ElectionSettings settings) => Spans.Longer(Spans.Times(settings.Timing.Interval, 1, 2), TimeSpan.FromMilliseconds(10));

    /// <summary>A deadline in all at most: a node that is starved for good claims nevertheless.</summary>
    private static void AddToSilence(Turn turn, TimeSpan gap)
    {
        var silence = PeerEvidence.SilenceBegan(turn.State);
        var before = PeerEvidence.QuietSince(turn.State) - silence;
        turn.State = turn.State with { Unheard = (silence, Spans.Shorter(before + gap, turn.Deadline)) };
    }

    /// <summary>What an input changes in what is known; roles move in <see cref="Consider"/> or in the rules called here.</summary>
    private static void Take(Turn turn, ElectionInput input)
    {
        switch (input)
        {
            case Tick: break;
            case Started started: StartRules.Begin(turn, started); break;
            case TermReserved reserved: TermRules.Reserved(turn, reserved.Term); break;
            case TermRefused refused: TermRules.Refused(turn, refused.Term); break;
            case AdvertHeard heard: LanRules.Heard(turn, heard.Advert); break;
            case AddressAnswered: ProbeRules.Answered(turn); break;
            case AddressNotAsked: ProbeRules.NotAsked(turn); break;
            case NeighboursReported reported: LanRules.Reported(turn, reported.Report); break;
            case LanContact contact: WitnessRules.Heard(turn, contact.Witness); break;
            case LinkChanged changed: LinkRules.Changed(turn, changed); break;
            case PeerGreeted greeted: LinkRules.Greeted(turn, greeted.Greeting); break;
            case BeatHeard heard: LinkRules.Heard(turn, heard.Beat); break;
            case PeerReleased released: LinkRules.Released(turn, released); break;
            case CarrierChanged carrier: LocalRules.Carrier(turn, carrier); break;
            case ServiceChanged service: ServiceRules.Changed(turn, service); break;
            case StandbyChecked found: ServiceRules.StandbyChecked(turn, found.Fallen); break;
            case ReplicaChanged replica: LocalRules.Replica(turn, replica.Position); break;
            case LocalFault fault: LocalRules.Broken(turn, fault.Reason); break;
            case CaughtUp caught: ClaimRules.CaughtUp(turn, caught); break;
            case ReplayFailed failed: ClaimRules.Failed(turn, failed.Term, failed.Reason); break;
            case AddressesHeld held: ClaimRules.Held(turn, held.Term); break;
            case AddressesFailed failed: ClaimRules.Failed(turn, failed.Term, failed.Reason); break;
            case ReplicaFlushed: ReleaseRules.Flushed(turn); break;
            case AddressesReleased: ReleaseRules.AddressesGone(turn); break;
            case LeaseLost lost: LocalRules.Lease(turn, lost.Reason); break;
            case HandoverRequested handover: OperatorRules.Handover(turn, handover.By); break;
            case TakeoverForced takeover: OperatorRules.Takeover(turn, takeover.By); break;
            case PauseRequested pause: OperatorRules.Pause(turn, pause); break;
            case ServiceRestartRequested restart: ServiceRules.Restart(turn, restart.By); break;
            case StopRequested stop: OperatorRules.Stop(turn, stop.Reason); break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input, "an input without a rule");
        }
    }

    /// <summary>What the present role makes of what is known now.</summary>
    private static void Consider(Turn turn)
    {
        if (turn.State.Role == Role.Starting) StartRules.Consider(turn);
        if (turn.State.Role == Role.Fault) LocalRules.ConsiderRecovery(turn);
        if (turn.State.Role == Role.Standby) StandbyRules.Consider(turn);
        if (turn.State.Role == Role.Replaying) ClaimRules.Consider(turn);
        if (turn.State.Role == Role.Active) ActiveRules.Consider(turn);
        if (turn.State.Role == Role.Releasing) ReleaseRules.Consider(turn);
        LinkRules.ConsiderAlarms(turn);
        LocalRules.ConsiderAlarms(turn);
        TermRules.Consider(turn);
        if (turn.Now >= turn.State.NextBeat)
        {
            turn.State = turn.State with { NextBeat = turn.Now + turn.Settings.Timing.Interval };
            turn.Do(new BeatNow());
        }
    }
}
