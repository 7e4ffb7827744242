using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Phases;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Groups;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Groups;

/// <summary>The election's actor: inputs in, effects to the right actors in their order.</summary>
public class ElectionActorTests : TestKit
{
    private static readonly HeartbeatTiming Timing = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(600));
    private readonly HandClock _clock = new();
    private readonly TestProbe _heartbeat, _vip, _replica, _service, _link, _facts, _history;
    private readonly IActorRef _election;

    public ElectionActorTests()
    {
        (_heartbeat, _vip, _replica, _service) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        (_link, _facts, _history) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        var (a, b) = (NodeName.Parse("a"), NodeName.Parse("b"));
        var settings = new ElectionSettings(a, b, TermSeries.For(a, [b]), Timing, PeerIsOurs: true, ProbeAddress: false, HasWitnesses: false,
            ClaimWhenStale: true, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));
        var context = new ElectionContext(GroupName.Parse("vpn"), settings, _clock, _link, _facts, _history, () => _clock.Now + TimeSpan.FromSeconds(1));
        _election = Sys.ActorOf(Props.Create(() => new ElectionActor(context)));
        _election.Tell(new GroupHandle(null!, _election, _heartbeat, _vip, _replica, _service, ActorRefs.Nobody));
        _election.Tell(new Started(new Term(3), new Term(4), WasActive: true, Paused: false, PauseEpoch: 0, CarrierUp: true));
        _election.Tell(new ReplicaChanged(new ReplicaPosition(1, "", InSync: true, JournalState.Usable)));
        // Term 3 is one of b's.
        _replica.ExpectMsg(new LedElsewhere(new Term(3)));
        _facts.ExpectMsg(new ReserveTerm(new Term(6), new Term(3)));
        _election.Tell(new TermReserved(new Term(6)));
    }

    [Fact]
    public void A_claim_goes_to_heartbeat_replica_address_owner_and_service_in_turn()
    {
        BecomeActive();
        var report = Report();
        Assert.Equal(Role.Active, report.Role);
        Assert.Equal(new Term(6), report.Term);
        Assert.NotNull(report.LeaseSeconds);
        var roles = new List<Role>();
        while (!roles.Contains(Role.Active)) roles.Add(_history.FishForMessage<GroupEvent>(happened => happened.Change is not null).Change!.To);
        Assert.Equal([Role.Standby, Role.Replaying, Role.Claiming, Role.Active], roles);
    }

    [Fact]
    public void An_operator_is_answered_with_the_reason()
    {
        _election.Tell(new HandoverRequested("root"), TestActor);
        var answer = ExpectMsg<OperatorAnswer>();
        Assert.False(answer.Accepted);
        Assert.Contains("run it on b", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Alarms_of_other_actors_are_shown_and_said_once()
    {
        _election.Tell(new RaiseAlarm(AlarmKind.KeyMismatch, "somebody else"));
        _election.Tell(new RaiseAlarm(AlarmKind.KeyMismatch, "somebody else again"));
        Assert.Equal("somebody else again", Assert.Single(Report().Alarms).Text);
        _election.Tell(new ClearAlarm(AlarmKind.KeyMismatch));
        Assert.Empty(Report().Alarms);
        Assert.Single(_history.ReceiveWhile(TimeSpan.FromMilliseconds(300), message => message as GroupEvent), happened => happened?.Kind == "alarm");
    }

    [Fact]
    public void Beats_go_to_the_peer_at_the_interval()
    {
        _link.FishForMessage<SendToPeer>(sent => sent.Payload is Beat);
        _clock.Advance(TimeSpan.FromMilliseconds(201));
        _election.Tell(new Tick());
        Assert.IsType<Beat>(_link.FishForMessage<SendToPeer>(_ => true).Payload);
    }

    [Fact]
    public void Its_pulse_counts_from_its_last_wake_up_and_not_from_other_inputs()
    {
        _ = Report();
        _election.Tell(new Tick());
        _ = Report();
        _clock.Advance(TimeSpan.FromSeconds(11));
        _election.Tell(new LinkChanged(LinkStatus.Refused, ""));
        Assert.False(IsWoken());
        _election.Tell(new Tick());
        Assert.True(IsWoken());
    }

    [Fact]
    public void When_all_is_released_after_a_stop_the_parent_is_told()
    {
        BecomeActive();
        _election.Tell(new StopRequested("SIGTERM"));
        _service.ExpectMsg<StopService>();
        _election.Tell(new ServiceChanged(ServiceState.None, ""));
        _replica.FishForMessage<FlushReplica>(_ => true);
        _election.Tell(new ReplicaFlushed());
        _vip.ExpectMsg<ReleaseAddresses>();
        _election.Tell(new AddressesReleased("SIGTERM"));
        Assert.True(_history.FishForMessage<GroupEvent>(happened => happened.Kind == "release").Phases!.Ok);
        _heartbeat.FishForMessage<StopAdverts>(_ => true);
        _heartbeat.ExpectMsg<SendRelease>();
        Assert.Equal(Role.Standby, Report().Role);
    }

    [Fact]
    public void A_claim_becomes_a_report_in_the_history_with_what_the_other_parts_saw()
    {
        BecomeActive();
        Pass(30);
        _election.Tell(new ServiceStarted(_clock.Now, "process 4720"));
        Pass(45);
        _election.Tell(new ServiceChanged(ServiceState.Running, ""));
        var report = _history.FishForMessage<GroupEvent>(happened => happened.Phases is not null);
        Assert.Equal("failover", report.Kind);
        Assert.Equal(report.Phases!.Text, report.Text);
        Assert.Equal(
            [new("service", 30, "process 4720"), new Phase("checks", 45, "")], report.Phases.Phases.TakeLast(2));
        _election.Tell(new FirstClientSeen(_clock.Now + TimeSpan.FromMilliseconds(500), "anna"));
        Assert.Equal(new Phase("first client", 500, "anna"), _history.FishForMessage<GroupEvent>(happened => happened.Phases is not null).Phases!.Phases[^1]);
    }

    [Fact]
    public void A_report_of_another_part_goes_to_the_history_with_its_phases()
    {
        var rehearsal = new PhaseReport(ReportKind.Rehearsal, Term.None, "", [new Phase("service", 700, "")], "");
        _election.Tell(Daemon.Groups.Report.Of(rehearsal));
        var happened = _history.FishForMessage<GroupEvent>(happened => happened.Phases is not null);
        Assert.Equal(("rehearsal", "rehearsed in 700 ms: service 700 ms", rehearsal), (happened.Kind, happened.Text, happened.Phases));
    }

    private void BecomeActive()
    {
        _election.Tell(new LinkChanged(LinkStatus.Refused, ""));
        for (var i = 0; i < 8; i++) Pass(200);
        Assert.Equal(new Term(6), _heartbeat.FishForMessage<StartAdverts>(_ => true).Term);
        _replica.ExpectMsg<BeginReplay>();
        _election.Tell(new CaughtUp(new Term(6), 1, "", 0));
        Pass(60);
        _vip.ExpectMsg<ClaimAddresses>();
        _election.Tell(new AddressesHeld(new Term(6)));
        _replica.ExpectMsg<OpenReplica>();
        _service.ExpectMsg<StartService>();
    }

    /// <summary>The clock moves only when the election has taken everything before: it would see a standstill otherwise.</summary>
    private void Pass(int milliseconds)
    {
        _ = Report();
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        _election.Tell(new Tick());
        _ = Report();
    }

    private ElectionReport Report()
    {
        _election.Tell(new GetElection(), TestActor);
        return FishForMessage<ElectionReport>(_ => true);
    }

    private bool IsWoken()
    {
        _election.Tell(new GetPulse(), TestActor);
        return FishForMessage<Pulse>(_ => true).IsWoken;
    }
}
