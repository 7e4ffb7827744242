using AkkaFailover.Core.Election;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>What a service and its checks make of the roles.</summary>
public class ServiceRuleTests
{
    private static readonly ServiceChanged Running = new(ServiceState.Running, "");
    private static readonly ServiceChanged Restarting = new(ServiceState.Failing, "the process exited with 1");
    private static readonly ServiceChanged CheckDown = new(ServiceState.Failing, "check port: refused (3 in a row)") { Unfit = true };
    private static readonly ServiceChanged GivenUp = new(ServiceState.Failed, "the process exited with 1: port taken; given up after 4 failures in a row");

    [Fact]
    public void Between_two_restarts_of_a_process_the_role_stays()
    {
        var node = ActiveWithStandby().Input(Restarting).Wait(2_000, Beating(Role.Standby));
        Assert.Equal(Role.Active, node.Role);
        Assert.False(node.HasAlarm(AlarmKind.ServiceFailing));
    }

    [Fact]
    public void A_check_that_is_down_hands_over_at_once_and_the_reason_names_it()
    {
        var node = ActiveWithStandby().Input(CheckDown);
        Assert.Equal(Role.Releasing, node.Role);
        Assert.True(node.All<StopService>().Single().Graceful);
        Assert.Equal("the service is failing: check port: refused (3 in a row)", node.All<RoleChanged>()[^1].Change.Cause);
    }

    [Fact]
    public void Without_a_ready_standby_the_node_keeps_serving_with_an_alarm_until_it_rises()
    {
        var node = new Scenario().ActiveAlone().Input(Running).Input(CheckDown);
        Assert.Equal(Role.Active, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.ServiceFailing));
        node.Input(Running);
        Assert.False(node.HasAlarm(AlarmKind.ServiceFailing));
    }

    [Fact]
    public void A_paused_pair_does_not_move_for_its_service()
    {
        var node = ActiveWithStandby().Input(new PauseRequested(true, "root")).Input(GivenUp).Wait(2_000, Beating(Role.Standby, paused: true));
        Assert.Equal(Role.Active, node.Role);
        Assert.Contains(ElectionExplanation.Explain(node.State, node.Now, node.Settings), line => line.Contains("port taken", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_that_gave_the_role_away_is_barred_for_ten_seconds_then_for_twice_as_long()
    {
        var node = ActiveWithStandby();
        foreach (var bar in new[] { 10, 20, 40, 80, 160, 320, 600, 600 })
        {
            GiveAway(node);
            Assert.Equal((Role.Fault, bar), (node.Role, (int)Math.Round((node.State.Local.FaultUntil - node.Now).TotalSeconds)));
            Assert.Contains("port taken", Eligibility.WhyNot(node.State, node.Now), StringComparison.Ordinal);
            Assert.Contains("looked at again in", Eligibility.WhyNot(node.State, node.Now), StringComparison.Ordinal);
            node.Wait((bar * 1000) - 100, Beating(Role.Active));
            Assert.Equal(Role.Fault, node.Role);
            node.Wait(300, Beating(Role.Active));
            Assert.Equal(Role.Standby, node.Role);
            TakeOver(node);
        }
    }

    [Fact]
    public void A_minute_of_running_well_ends_the_row()
    {
        var node = ActiveWithStandby();
        GiveAway(node);
        Return(node);
        node.Input(Running).Wait(59_000, Beating(Role.Standby));
        Assert.Equal(1, node.State.Local.ServiceFailures);
        node.Wait(1_500, Beating(Role.Standby));
        Assert.Equal(0, node.State.Local.ServiceFailures);
    }

    [Fact]
    public void A_service_that_fails_within_the_minute_does_not_end_the_row()
    {
        var node = ActiveWithStandby();
        GiveAway(node);
        Return(node);
        node.Input(Running).Wait(40_000, Beating(Role.Standby)).Input(Restarting).Input(Running).Wait(40_000, Beating(Role.Standby));
        Assert.Equal(1, node.State.Local.ServiceFailures);
    }

    [Theory]
    [InlineData("handover")]
    [InlineData("takeover")]
    [InlineData("restart")]
    public void An_operator_ends_the_row(string command)
    {
        var node = ActiveWithStandby();
        GiveAway(node);
        if (command == "takeover") node.Input(new PauseRequested(true, "root")).Wait(1_000).Input(new TakeoverForced("root"));
        else Return(node).Input(Running).Input(command == "handover" ? new HandoverRequested("root") : new ServiceRestartRequested("root"));
        Assert.True(node.All<AnswerOperator>()[^1].Accepted, node.All<AnswerOperator>()[^1].Text);
        Assert.Equal(0, node.State.Local.ServiceFailures);
        Assert.Equal(command == "restart", node.Has<RestartService>());
    }

    [Fact]
    public void A_restart_of_the_service_is_refused_on_a_standby_and_where_there_is_none()
    {
        var standby = new Scenario().StandbyOf(3).Input(new ServiceRestartRequested("root"));
        Assert.Equal("this node is standby, not active: run it on b", standby.All<AnswerOperator>().Single().Text);
        var without = new Scenario().ActiveAlone().Input(new ServiceChanged(ServiceState.None, "")).Input(new ServiceRestartRequested("root"));
        Assert.Contains("no service", without.All<AnswerOperator>().Single().Text, StringComparison.Ordinal);
        Assert.False(without.Has<RestartService>());
    }

    [Fact]
    public void A_barred_node_takes_the_role_back_when_nobody_else_is_active()
    {
        var node = ActiveWithStandby();
        GiveAway(node);
        node.Wait(2_000, Beating(Role.Active));
        Assert.Equal(Role.Fault, node.Role);
        node.Wait(3_000);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void A_lease_that_ends_while_a_sick_service_stops_does_not_lift_the_bar()
    {
        var node = ActiveWithStandby().Input(GivenUp).Input(new LeaseLost("test")).Input(new AddressesReleased(""));
        Assert.Equal((Role.Fault, true), (node.Role, node.State.Local.FaultOfService));
    }

    [Fact]
    public void A_standby_with_a_check_that_is_down_is_not_eligible_and_says_why()
    {
        var node = new Scenario().StandbyOf(3).Forget().Input(new StandbyChecked("check uplink: no route (3 in a row)"));
        Assert.False(Eligibility.Judge(node.State, out var whyNot));
        Assert.Equal("check uplink: no route (3 in a row)", whyNot);
        Assert.True(node.Has<BeatNow>());
        Assert.Equal(whyNot, ElectionMachine.BeatOf(node.State, node.Now, node.Settings).WhyNot);
        node.Wait(3_000);
        Assert.Equal(Role.Standby, node.Role);
        node.Input(new StandbyChecked(""));
        node.Wait(1_000);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void A_slow_start_moves_nothing()
    {
        var node = ActiveWithStandby().Input(new ServiceChanged(ServiceState.Preparing, "")).Wait(20_000, Beating(Role.Standby)).Input(Running);
        Assert.Equal(Role.Active, node.Role);
        Assert.Empty(node.State.Raised);
    }

    private Scenario? _beating;

    /// <summary>An active node whose standby is ready.</summary>
    private Scenario ActiveWithStandby()
    {
        var node = _beating = new Scenario().ActiveAlone().Forget();
        node.Beat(Scenario.PeerIs(Role.Standby, highest: 2));
        return node;
    }

    /// <summary>The peer beats in this role, whenever the node looks.</summary>
    private Action Beating(Role role, bool paused = false) => () =>
    {
        var term = role == Role.Active ? _beating!.State.Terms.HighestSeen.Value : 0;
        _beating!.Input(new BeatHeard(Scenario.PeerIs(role, term, highest: 2) with { Paused = paused, PauseEpoch = _beating.State.PauseEpoch }));
        if (role == Role.Active) _beating.Advert(term);
    };

    /// <summary>The service fails, the node releases, the peer claims.</summary>
    private static void GiveAway(Scenario node)
    {
        node.Beat(Scenario.PeerIs(Role.Standby, highest: 2));
        node.Input(GivenUp).Input(new ServiceChanged(ServiceState.Stopped, "")).Input(new ReplicaFlushed()).Input(new AddressesReleased(""));
        var next = node.State.Terms.HighestSeen.Value + 1;
        node.Advert(next).Beat(Scenario.PeerIs(Role.Active, next));
    }

    /// <summary>The bar is over, and the peer releases.</summary>
    private Scenario Return(Scenario node)
    {
        node.Wait(11_000, Beating(Role.Active));
        TakeOver(node);
        return node;
    }

    private static void TakeOver(Scenario node)
    {
        var term = node.State.Terms.HighestSeen;
        node.Wait(200).Input(new PeerReleased(term, node.Now)).Beat(Scenario.PeerIs(Role.Standby, highest: term.Value));
        node.CompleteClaim();
        Assert.Equal(Role.Active, node.Role);
        node.Beat(Scenario.PeerIs(Role.Standby, highest: term.Value)).Input(Running);
    }
}
