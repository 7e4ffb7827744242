using AkkaFailover.Core.Election;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Service;

/// <content>Checks and units of systemd.</content>
public partial class ServiceMachineTests
{
    private static readonly ServiceInput Up = new ServiceInput.Checked(HealthVerdict.Good);
    private static readonly ServiceInput Fallen = new ServiceInput.Checked(Down);

    [Fact]
    public void With_checks_the_service_is_preparing_until_all_are_up()
    {
        Use(Process with { Checks = [Port] });
        Do(Start);
        Assert.Equal([], After(0.25));
        Assert.Equal((ServiceState.Preparing, true), (_model.State, _model.Place));
        Assert.Equal([], Do(Fallen));
        Assert.Equal(["running"], Do(Up));
    }

    [Fact]
    public void Checks_that_are_not_up_within_the_start_timeout_are_a_failed_start()
    {
        Use(Process with { Checks = [Port], StartTimeout = TimeSpan.FromSeconds(20) });
        Do(Start);
        After(0.25);
        Do(Fallen);
        Assert.Equal([], After(19.7));
        Assert.Equal(["failing: not ready within 20 s: check port: refused (3 in a row) (unfit)", "terminate"], After(0.05));
        Assert.Null(_model.Place);
        Assert.Equal(["kill"], Do(Ended(143)));
        Assert.Equal(["launch Main"], After(1));
        After(0.25);
        Assert.Equal(["running"], Do(Up));
    }

    [Fact]
    public void A_process_that_ignores_the_end_of_its_late_start_is_killed_before_the_next_one()
    {
        Use(Process with { Checks = [Port], StartTimeout = TimeSpan.FromSeconds(20) });
        Do(Start);
        After(0.25);
        After(20);
        Assert.Equal([], After(4.9));
        Assert.Equal(["kill"], After(0.1));
        Assert.Equal(["kill"], Do(Ended(137)));
        Assert.Equal(["launch Main"], Do(Tick));
    }

    [Fact]
    public void A_check_that_falls_makes_a_running_service_fail_without_ending_it_and_running_again_when_it_rises()
    {
        Use(Commands with { Checks = [Port] });
        Run(Start, Ended(0), Up);
        Assert.Equal(["failing: check port: refused (3 in a row) (unfit)"], Do(Fallen));
        Assert.Equal([], Do(Fallen));
        Assert.Equal(["running"], Do(Up));
    }

    [Fact]
    public void A_restarted_process_with_checks_is_failing_until_they_are_up_and_its_failures_are_a_row()
    {
        Use(Process with { Checks = [Port] });
        Do(Start);
        for (var i = 1; i <= 2; i++)
        {
            After(0.25);
            Do(Up);
            Assert.StartsWith("failing", Do(Ended(1))[1], StringComparison.Ordinal);
            After(i);
            Assert.Equal(ServiceState.Failing, _model.State);
        }
        After(0.25);
        Do(Up);
        Assert.EndsWith("given up after 3 failures in a row (unfit)", Do(Ended(1))[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_service_checks_alone_say_whether_the_node_serves()
    {
        Use(new NoService { Checks = [Port] });
        Assert.Equal(ServiceState.Stopped, _model.State);
        Assert.Equal(["preparing"], Do(Start));
        Assert.Equal(["running"], Do(Up));
        Assert.Equal(["failing: check port: refused (3 in a row) (unfit)"], Do(Fallen));
        Assert.Equal(["stopped"], Do(Stop));
    }

    [Fact]
    public void Without_a_service_checks_of_the_standby_do_not_run_while_the_node_is_active()
    {
        Use(new NoService { Checks = [Port with { On = CheckPlace.Standby }] });
        Assert.False(_model.Place);
        Assert.Equal(["none"], Do(Start));
        Assert.True(_model.Place);
        Assert.Equal(["none"], Do(Stop));
        Assert.False(_model.Place);
    }

    [Fact]
    public void A_unit_is_started_looked_at_each_second_and_stopped()
    {
        Use(Unit);
        Assert.Equal(["launch Start", "preparing"], Do(Start));
        Assert.Equal(["look"], Do(Ended(0)));
        Assert.Equal(["running"], Do(See(UnitActivity.Active)));
        Assert.Equal([], After(0.9));
        Assert.Equal(["look"], After(0.1));
        Assert.Equal([], Do(See(UnitActivity.Unknown)));
        Assert.Equal(["look"], After(1));
        Assert.Equal([], Do(See(UnitActivity.Active)));
        Assert.Equal(["launch Stop", "stopping"], Do(Stop));
        Assert.Equal(["stopped"], Do(Ended(0)));
    }

    [Fact]
    public void A_unit_that_ends_is_cleaned_up_after_and_started_again()
    {
        Use(Unit);
        RunUnit();
        After(1);
        Assert.Equal(["failing: the unit is failed (exit-code, status 3) after 1.0 s", "launch Stop"], Do(See(UnitActivity.Ended)));
        Assert.Equal([], Do(Ended(0)));
        Assert.Equal(["launch Start"], After(1));
        Assert.Equal(["look"], Do(Ended(0)));
        Assert.Equal(["running"], Do(See(UnitActivity.Active)));
    }

    [Fact]
    public void What_was_seen_before_a_restart_counts_no_more()
    {
        Use(Unit);
        RunUnit();
        After(1);
        var late = See(UnitActivity.Ended);
        Run(Stop, Ended(0), Start, Ended(0));
        Assert.Equal([], Do(late));
        Assert.Equal(ServiceState.Preparing, _model.State);
    }

    [Fact]
    public void A_unit_that_takes_too_long_to_start_is_stopped_and_leaves_the_node()
    {
        Use(Unit);
        Do(Start);
        Assert.Equal(["look"], After(1));
        Assert.Equal([], Do(See(UnitActivity.Changing)));
        Assert.Equal(["kill", "look"], After(59));
        Assert.Equal(["failing: systemctl start was ended by signal 9 after 60.0 s (unfit)", "launch Stop"], Do(Ended(137)));
    }

    [Fact]
    public void A_unit_that_does_not_stop_is_killed_and_then_nobody_waits_for_systemctl()
    {
        Use(Unit);
        RunUnit();
        Do(Stop);
        Assert.Equal([], After(4.9));
        Assert.Equal(["kill unit"], After(0.1));
        Assert.Equal(["kill"], After(1));
        var last = Do(Ended(137));
        Assert.Equal("kill unit", last[0]);
        Assert.StartsWith("stopped: the stop command was ended by signal 9", last[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_unit_whose_stop_somebody_cancels_is_killed_and_stopped_again_before_it_counts_as_stopped()
    {
        Use(Unit);
        RunUnit();
        Do(Stop);
        for (var repeat = 0; repeat < ServiceMachine.StopRepeats; repeat++) Assert.Equal(["kill unit", "launch Stop"], Do(Ended(1)));
        Assert.Equal(["kill unit", "stopped: the stop command exited with 1 after 0.0 s: Job for vpn.service canceled."], Do(Ended(1, "Job for vpn.service canceled.")));
    }

    [Fact]
    public void A_unit_that_starts_is_not_looked_at_again_before_systemd_has_answered()
    {
        Use(Unit);
        Do(Start);
        Assert.Equal(["look"], After(1));
        var unanswered = See(UnitActivity.Unknown);
        Assert.Equal([], After(1));
        Assert.Equal([], After(1));
        Do(unanswered);
        Assert.Equal(["look"], After(1));
    }

    [Fact]
    public void A_forced_stop_kills_a_unit_after_half_a_second_also_where_a_gentle_one_is_under_way()
    {
        Use(Unit);
        RunUnit();
        Do(Stop);
        Assert.Equal(["stopping"], Do(ForcedStop));
        Assert.Equal(["kill unit"], After(0.5));
    }

    [Fact]
    public void A_stop_during_the_start_of_a_unit_ends_systemctl_and_stops_the_unit()
    {
        Use(Unit);
        Do(Start);
        Assert.Equal(["terminate", "stopping"], Do(Stop));
        Assert.Equal(["launch Stop", "stopping"], Do(Ended(143)));
        Assert.Equal(["stopped"], Do(Ended(0)));
    }

    [Fact]
    public void A_unit_that_was_started_and_not_seen_yet_is_stopped_too()
    {
        Use(Unit);
        Run(Start, Ended(0));
        Assert.Equal(["launch Stop", "stopping"], Do(Stop));
    }

    private void RunUnit()
    {
        Run(Start, Ended(0));
        Do(See(UnitActivity.Active));
    }

    private ServiceInput See(UnitActivity activity) => new ServiceInput.UnitSeen(_model.Look, Seen(activity));
}
