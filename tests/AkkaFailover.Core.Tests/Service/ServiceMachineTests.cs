using AkkaFailover.Core.Election;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Service;

public partial class ServiceMachineTests
{
    private static readonly CommandsService Commands = new(["up"], ["down"]);
    private static readonly ProcessService Process = new(["run"], 2, TimeSpan.FromSeconds(1));
    private static readonly SystemdService Unit = new("vpn.service", 2, TimeSpan.FromSeconds(1));
    private static readonly TcpCheck Port = new("port", new HostPort("127.0.0.1", 1194));
    private static readonly HealthVerdict Down = new("check port: refused (3 in a row)", "check port: refused (3 in a row)");
    private static readonly ServiceInput Start = new ServiceInput.Start(new Term(2));
    private static readonly ServiceInput Stop = new ServiceInput.Stop(Graceful: true, "handover");
    private static readonly ServiceInput ForcedStop = new ServiceInput.Stop(Graceful: false, "lease lost");
    private static readonly ServiceInput Tick = new ServiceInput.Tick();

    private ServiceSettings _settings = Commands;
    private ServiceModel _model = ServiceModel.InitialFor(Commands);
    private Moment _now = Moment.Zero;

    [Fact]
    public void No_service_answers_none()
    {
        Use(new NoService());
        Assert.Equal(["none"], Do(Start));
        Assert.Equal(["none"], Do(Stop));
    }

    [Fact]
    public void A_stop_while_nothing_runs_is_answered_at_once() => Assert.Equal(["stopped"], Do(Stop));

    [Fact]
    public void Commands_run_on_start_and_stop()
    {
        Assert.Equal(["launch Start", "preparing"], Do(Start));
        Assert.Equal(["running"], Do(Ended(0)));
        Assert.Equal(["launch Stop", "stopping"], Do(Stop));
        Assert.Equal("handover", _model.Reason);
        Assert.Equal(["stopped"], Do(Ended(0)));
    }

    [Fact]
    public void A_start_command_that_fails_is_final_and_cleaned_up_after()
    {
        Do(Start);
        Assert.Equal(["failed: the start command exited with 3 after 0.0 s: no tun device (unfit)", "launch Stop"], Do(Ended(3, "no tun device")));
        Assert.Equal([], Do(Ended(0)));
        Assert.Equal(["stopped"], Do(Stop));
    }

    [Fact]
    public void A_stop_while_a_failed_start_is_being_cleaned_up_after_waits_for_that()
    {
        Run(Start, Ended(3));
        Assert.Equal(["stopping: the start command exited with 3 after 0.0 s"], Do(Stop));
        Assert.Equal(["stopped"], Do(Ended(0)));
    }

    [Fact]
    public void A_start_command_that_failed_is_tried_again_after_ten_seconds_then_after_twice_as_long()
    {
        Run(Start, Ended(3), Ended(0));
        Assert.Equal([], After(9.9));
        Assert.Equal(["launch Start"], After(0.1));
        Assert.Equal("failed: the start command exited with 3 after 0.0 s; given up after 2 failures in a row (unfit)", Do(Ended(3))[0]);
        Do(Ended(0));
        Assert.Equal([], After(19.9));
        Assert.Equal(["launch Start"], After(0.1));
        Assert.Equal(["running"], Do(Ended(0)));
    }

    [Fact]
    public void Cleaning_up_that_takes_longer_than_the_pause_puts_the_next_start_off()
    {
        Use(Commands with { StopTimeout = TimeSpan.FromMinutes(1) });
        Run(Start, Ended(3));
        Assert.Equal([], After(30));
        Do(Ended(0));
        Assert.Equal(["launch Start"], Do(Tick));
    }

    [Fact]
    public void A_start_command_that_takes_too_long_is_ended()
    {
        Do(Start);
        Assert.Equal([], After(59.9));
        Assert.Equal(["kill"], After(0.1));
        Assert.Equal(["failed: the start command was ended by signal 9 after 60.0 s (unfit)", "launch Stop"], Do(Ended(137)));
    }

    [Fact]
    public void A_stop_during_the_start_ends_the_start_command_and_then_runs_the_stop_command()
    {
        Do(Start);
        Assert.Equal(["terminate", "stopping"], Do(Stop));
        Assert.Equal(["kill"], After(0.5));
        Assert.Equal(["launch Stop", "stopping"], Do(Ended(137)));
        Assert.Equal(["stopped"], Do(Ended(0)));
    }

    [Fact]
    public void A_stop_command_that_takes_too_long_is_ended_and_the_service_counts_as_stopped()
    {
        Run(Start, Ended(0), Stop);
        Assert.Equal([], After(4.9));
        Assert.Equal(["kill"], After(0.1));
        Assert.Equal(["stopped: the stop command was ended by signal 9 after 5.0 s"], Do(Ended(137)));
    }

    [Fact]
    public void A_stop_command_that_fails_is_told()
    {
        Run(Start, Ended(0), Stop);
        Assert.Equal(["stopped: the stop command exited with 1 after 0.0 s: busy"], Do(Ended(1, "busy")));
    }

    [Fact]
    public void A_start_while_stopping_follows_the_stop()
    {
        Run(Start, Ended(0), Stop);
        Assert.Equal([], Do(new ServiceInput.Start(new Term(6))));
        Assert.Equal(["stopped", "launch Start", "preparing"], Do(Ended(0)));
        Assert.Equal(new Term(6), _model.Term);
    }

    [Fact]
    public void A_stop_after_that_start_takes_it_back()
    {
        Run(Start, Ended(0), Stop, Start, Stop);
        Assert.Equal(["stopped"], Do(Ended(0)));
    }

    [Fact]
    public void A_start_while_running_changes_the_term_only()
    {
        Run(Start, Ended(0));
        Assert.Equal(["running"], Do(new ServiceInput.Start(new Term(6))));
        Assert.Equal(new Term(6), _model.Term);
    }

    [Fact]
    public void What_an_earlier_run_left_is_stopped_by_the_stop_command()
    {
        Assert.Equal(["launch Stop", "stopping"], Do(new ServiceInput.LeftBehind()));
        Assert.Equal(["stopped"], Do(Ended(0)));
    }

    [Fact]
    public void A_process_runs_once_it_has_lived_a_moment()
    {
        Use(Process);
        Assert.Equal(["launch Main", "preparing"], Do(Start));
        Assert.Equal(["running"], After(0.25));
        Assert.Equal(["terminate", "stopping"], Do(Stop));
        Assert.Equal(["kill", "stopped"], Do(Ended(143)));
    }

    [Fact]
    public void A_process_that_ignores_the_stop_is_killed_after_the_timeout()
    {
        Use(Process);
        Run(Start, Tick, Stop);
        Assert.Equal([], After(4.9));
        Assert.Equal(["kill"], After(0.1));
    }

    [Fact]
    public void A_forced_stop_kills_after_half_a_second()
    {
        Use(Process);
        Do(Start);
        Assert.Equal(["terminate", "stopping"], Do(ForcedStop));
        Assert.Equal(["kill"], After(0.5));
    }

    [Fact]
    public void A_forced_stop_shortens_a_gentle_one_and_a_gentle_one_does_not_lengthen_it()
    {
        Use(Process);
        Run(Start, Stop, ForcedStop, Stop);
        Assert.Equal(["kill"], After(0.5));
    }

    [Fact]
    public void A_process_that_ends_is_restarted_with_a_doubling_pause_until_it_is_given_up()
    {
        Use(Process);
        Do(Start);
        Assert.Equal(["kill", "failing: the process exited with 1 after 0.0 s: port taken"], Do(Ended(1, "port taken")));
        Assert.Equal([], After(0.9));
        Assert.Equal(["launch Main"], After(0.1));
        Do(Ended(1));
        Assert.Equal([], After(1.9));
        Assert.Equal(["launch Main"], After(0.1));
        Assert.Equal(2, _model.Restarts);
        Assert.Equal(["kill", "failed: the process exited with 1 after 0.0 s; given up after 3 failures in a row (unfit)"], Do(Ended(1)));
        Assert.Equal(_now + TimeSpan.FromSeconds(10), _model.RetryAt);
        Assert.Equal(["stopped"], Do(Stop));
        Assert.Equal(Moment.Never, _model.Wake);
    }

    [Fact]
    public void A_restarted_process_is_failing_until_it_has_lived_a_moment()
    {
        Use(Process);
        Run(Start, Ended(1));
        After(1);
        Assert.Equal(ServiceState.Failing, _model.State);
        Assert.Equal(["running"], After(0.25));
    }

    [Fact]
    public void A_healthy_minute_ends_the_row_of_failures()
    {
        Use(Process);
        Do(Start);
        for (var i = 0; i < 10; i++)
        {
            After(0.25);
            _now += ServiceMachine.HealthyTime;
            Assert.Equal("failing", Do(Ended(1))[1].Split(':')[0]);
            Assert.Equal(["launch Main"], After(1));
        }
        Assert.Equal(10, _model.Restarts);
    }

    [Fact]
    public void A_stop_between_restarts_is_answered_at_once()
    {
        Use(Process);
        Run(Start, Ended(1));
        Assert.Equal(["stopped"], Do(Stop));
        Assert.Equal([], After(10));
    }

    [Fact]
    public void A_new_start_after_a_failure_begins_anew()
    {
        Use(Process);
        Run(Start, Ended(1));
        After(1);
        Do(Ended(1));
        After(2);
        Do(Ended(1));
        Do(Stop);
        Assert.Equal(["launch Main", "preparing"], Do(Start));
        Assert.Equal((0, 0), (_model.Restarts, _model.Failures));
    }

    [Fact]
    public void A_process_that_was_given_up_is_tried_again_with_pauses_that_double_up_to_ten_minutes()
    {
        Use(Process with { MaxRestarts = 0 });
        Run(Start, Ended(1));
        foreach (var pause in new[] { 10, 20, 40, 80, 160, 320, 600, 600 })
        {
            Assert.Equal([], After(pause - 0.1));
            Assert.Equal(["launch Main"], After(0.1));
            Assert.StartsWith("failed: ", Do(Ended(1))[1], StringComparison.Ordinal);
        }
        After(600);
        Assert.Equal(["running"], After(0.25));
        Assert.False(_model.Unfit);
    }

    [Fact]
    public void A_process_that_leaves_the_foreground_is_told_what_is_wrong()
    {
        Use(Process);
        Do(Start);
        Assert.Contains("exited with 0 after 0.0 s (it must stay in the foreground)", Do(Ended(0))[1], StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_restarts_the_service_in_place()
    {
        Use(Process);
        Do(Start);
        After(0.25);
        Assert.Equal(["terminate", "stopping"], Do(new ServiceInput.Restart("root asked")));
        Assert.Equal(["kill", "stopped", "launch Main", "preparing"], Do(Ended(143)));
        Assert.Equal(new Term(2), _model.Term);
        Do(Stop);
        Do(Ended(143));
        Assert.Equal([], Do(new ServiceInput.Restart("root asked")));
    }

    [Fact]
    public void Whatever_happens_there_is_one_child_at_a_time_and_a_stop_ends_in_stopped() =>
        Gen.Select(Gen.Int[0, 3], Gen.Select(Gen.Int[0, 10], Gen.Double[0, 70]).Array[0, 40]).Sample((isProcess, events) =>
        {
            Use(isProcess == 0 ? Process : isProcess == 1 ? Commands : isProcess == 2 ? Unit : Commands with { Checks = [Port] });
            foreach (var (kind, seconds) in events) Happen(kind, seconds);
            Do(Stop);
            for (var i = 0; i < 3 && _model.Child is not null; i++) Do(Ended(0));
            return _model.State == ServiceState.Stopped && _model.Child is null && _model.Wake == Moment.Never && !_model.Up && !_model.Unfit;
        }, threads: 1);

    private void Happen(int kind, double seconds)
    {
        var before = _model.Child;
        var outputs = kind switch
        {
            0 => Do(Start),
            1 => Do(Stop),
            2 => Do(ForcedStop),
            3 when before is not null => Do(Ended(0)),
            4 when before is not null => Do(Ended(1)),
            5 => Do(new ServiceInput.Restart("test")),
            6 => Do(new ServiceInput.Checked(HealthVerdict.Good)),
            7 => Do(new ServiceInput.Checked(Down)),
            8 => Do(new ServiceInput.UnitSeen(_model.Look, Seen(UnitActivity.Active))),
            9 => Do(new ServiceInput.UnitSeen(_model.Look, Seen(UnitActivity.Ended))),
            _ => After(seconds),
        };
        if (kind is not (3 or 4) && before is not null) Assert.DoesNotContain(outputs, output => output.StartsWith("launch", StringComparison.Ordinal));
    }

    private static UnitStatus Seen(UnitActivity activity) => new(activity, "loaded", activity == UnitActivity.Ended ? "failed (exit-code, status 3)" : "active (running)", 0, "", "no", "disabled");

    private void Use(ServiceSettings settings) => (_settings, _model, _now) = (settings, ServiceModel.InitialFor(settings), Moment.Zero);

    private static ServiceInput Ended(int exitCode, string lastWords = "") => new ServiceInput.ChildEnded(exitCode, lastWords);

    private void Run(params ServiceInput[] inputs)
    {
        foreach (var input in inputs) Do(input);
    }

    private string[] After(double seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return Do(Tick);
    }

    private string[] Do(ServiceInput input)
    {
        (_model, var outputs) = ServiceMachine.Step(_model, input, _now, _settings);
        return outputs.Select(output => output switch
        {
            ServiceOutput.Launch launch => $"launch {launch.Kind}",
            ServiceOutput.Terminate => "terminate",
            ServiceOutput.Kill => "kill",
            ServiceOutput.KillUnit => "kill unit",
            ServiceOutput.Look => "look",
            ServiceOutput.Announce announce => $"{Word(announce.State)}{(announce.Detail.Length > 0 ? $": {announce.Detail}" : "")}{(announce.Unfit ? " (unfit)" : "")}",
            _ => throw new InvalidOperationException(),
        }).ToArray();
    }

    private static string Word(ServiceState state) => state.ToString().ToLowerInvariant();
}
