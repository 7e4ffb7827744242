using AkkaFailover.Core.Election;
using AkkaFailover.Core.Rehearsal;
using AkkaFailover.Core.Settings;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Rehearsal;

public class RehearsalMachineTests
{
    private static readonly RehearsalInput Request = new RehearsalInput.Requested("root", Eligible: true, "", InSync: true, "");
    private static readonly RehearsalInput Written = new RehearsalInput.Written(7, "version 7");
    private static readonly RehearsalInput Removed = new RehearsalInput.Removed("");
    private static readonly RehearsalInput End = new RehearsalInput.ProgramEnded(0, "");

    private ServiceSettings _service = new ProcessService(["run"], 3, TimeSpan.FromSeconds(1)) { StartTimeout = TimeSpan.FromSeconds(60), StopTimeout = TimeSpan.FromSeconds(5) };
    private RehearsalModel _model = RehearsalModel.Initial;
    private Moment _now = Moment.Zero;

    [Fact]
    public void Every_phase_has_its_own_time_and_the_report_says_what_each_came_to()
    {
        Standby();
        Assert.Equal(["yes: the rehearsal begins", "write"], Do(Request));
        Assert.Equal(["ok configuration 12 ms: version 7", "launch"], After(12, Written));
        Assert.Equal(["ok namespace 180 ms: 192.0.2.222/24 on eth0"], After(180, Ended(RehearsalPhase.Namespace, "192.0.2.222/24 on eth0")));
        Assert.Equal(["ok service 250 ms: process: running"], After(250, Ended(RehearsalPhase.Service, "process: running")));
        Assert.Equal(["ok checks 1000 ms"], After(1000, Ended(RehearsalPhase.Checks)));
        Assert.Equal(["ok stop 40 ms"], After(40, Ended(RehearsalPhase.Stop)));
        Assert.Equal(["remove"], After(10, End));
        Assert.Equal(
            ["ok tear-down 15 ms",
             "rehearsed in 1.50 s: configuration 12, namespace 180, service 250, checks 1000, stop 40, tear-down 15 ms; version 7, asked for by root",
             "alarm ends"], After(5, Removed));
        Assert.Null(_model.Phase);
    }

    [Theory]
    [InlineData(Role.Active, "this node is active and has its users")]
    [InlineData(Role.Replaying, "a claim is under way")]
    [InlineData(Role.Claiming, "a claim is under way")]
    [InlineData(Role.Fault, "this node is fault, and only a standby can rehearse")]
    [InlineData(Role.Starting, "this node is starting, and only a standby can rehearse")]
    [InlineData(Role.Releasing, "this node is releasing, and only a standby can rehearse")]
    [InlineData(Role.Maintenance, "this node is maintenance, and only a standby can rehearse")]
    public void Only_a_standby_rehearses(Role role, string why)
    {
        Do(new RehearsalInput.RoleIs(role));
        Assert.StartsWith($"no: {why}", Assert.Single(Do(Request)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_would_not_claim_a_host_that_lacks_something_and_a_unit_of_systemd_are_refused_by_name()
    {
        Standby();
        Assert.Equal(["no: this node would not claim now, whatever a rehearsal said: no carrier on eth0"], Do(new RehearsalInput.Requested("root", false, "no carrier on eth0", true, "")));
        Assert.Equal(["no: the daemon lacks CAP_SYS_ADMIN"], Do(new RehearsalInput.Requested("root", true, "", true, "the daemon lacks CAP_SYS_ADMIN")));
        Assert.StartsWith("no: this node does not have every change yet", Assert.Single(Do(new RehearsalInput.Requested("root", true, "", false, ""))), StringComparison.Ordinal);
        _service = new Unit();
        Assert.StartsWith("no: systemd starts the unit", Assert.Single(Do(Request)), StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_one_at_a_time()
    {
        Standby();
        Do(Request);
        Assert.Equal(["no: a rehearsal that root asked for is in its phase configuration: wait for its end"], Do(Request));
    }

    [Fact]
    public void A_service_that_does_not_start_is_stopped_all_the_same_and_raises_the_alarm_until_one_passes()
    {
        Run(RehearsalPhase.Namespace);
        Assert.Equal(["failed service 20 ms: exited with 1: no such option"], After(20, new RehearsalInput.PhaseEnded(RehearsalPhase.Service, false, "exited with 1: no such option")));
        Assert.Equal(["ok stop 1 ms"], After(1, Ended(RehearsalPhase.Stop)));
        Assert.Equal(["remove"], Do(new RehearsalInput.ProgramEnded(1, "")));
        Assert.Equal(
            ["ok tear-down 0 ms",
             "rehearsal ended after 21 ms: configuration 0, namespace 0, service 20, stop 1, tear-down 0 ms; it failed there: service: exited with 1: no such option; version 7, asked for by root",
             "alarm: a failover to this node would not work as it is: service: exited with 1: no such option"], Do(Removed));
        Run(RehearsalPhase.Stop);
        Do(End);
        Assert.Contains("alarm ends", Do(Removed));
    }

    [Fact]
    public void A_program_that_ends_too_early_is_a_failure_of_its_phase_with_its_last_words()
    {
        Run(RehearsalPhase.Configuration);
        Assert.Equal(
            ["failed namespace 3 ms: the rehearsal's own process exited with 1: unshare: unshare failed: Operation not permitted", "remove"],
            After(3, new RehearsalInput.ProgramEnded(1, "unshare: unshare failed: Operation not permitted")));
        Assert.Contains("alarm: a failover to this node would not work as it is: namespace: the rehearsal's own process exited with 1: unshare: unshare failed: Operation not permitted", Do(Removed));
    }

    [Fact]
    public void A_configuration_that_cannot_be_written_ends_it_before_anything_starts()
    {
        Standby();
        Do(Request);
        Assert.Equal(["failed configuration 4 ms: no room", "remove"], After(4, new RehearsalInput.NotWritten("no room")));
        Assert.Contains("it failed there: configuration: no room", string.Join('\n', Do(Removed)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Replaying)]
    [InlineData(Role.Active)]
    [InlineData(Role.Fault)]
    public void A_claim_or_any_other_role_ends_it_at_once_and_proves_nothing(Role role)
    {
        Run(RehearsalPhase.Service);
        Assert.Contains("stop", Do(new RehearsalInput.RoleIs(role)));
        Assert.DoesNotContain("stop", Do(new RehearsalInput.RoleIs(Role.Active)));
        Assert.Equal(["failed checks 2 ms: this node became " + role.Word(), "remove"], After(2, new RehearsalInput.ProgramEnded(137, "")));
        Assert.Equal($"rehearsal ended after 2 ms: configuration 0, namespace 0, service 0, checks 2, tear-down 0 ms; it failed there: given up: this node became {role.Word()}; version 7, asked for by root", Do(Removed)[1]);
        Assert.Null(_model.Phase);
    }

    [Fact]
    public void A_claim_while_the_configuration_is_written_starts_nothing_any_more()
    {
        Standby();
        Do(Request);
        Assert.Equal(["stop"], Do(new RehearsalInput.RoleIs(Role.Replaying)));
        Assert.Equal(["failed configuration 0 ms: this node became replaying", "remove"], Do(Written));
    }

    [Fact]
    public void Whoever_becomes_active_has_no_alarm_of_a_rehearsal_any_more() =>
        Assert.Equal(["alarm ends"], Do(new RehearsalInput.RoleIs(Role.Active)));

    [Theory]
    [InlineData(RehearsalPhase.Namespace, 20)]
    [InlineData(RehearsalPhase.Service, 65)]
    [InlineData(RehearsalPhase.Checks, 65)]
    [InlineData(RehearsalPhase.Stop, 10.5)]
    public void A_phase_that_does_not_end_is_ended(RehearsalPhase phase, double seconds)
    {
        Run(phase - 1);
        Assert.Equal([], After((seconds * 1000) - 1, new RehearsalInput.Tick()));
        Assert.Equal(["stop"], After(1, new RehearsalInput.Tick()));
        Assert.Equal([$"failed {phase.Word()} {seconds * 1000} ms: it did not end within {seconds} s and was ended", "remove"], Do(new RehearsalInput.ProgramEnded(137, "")));
    }

    [Fact]
    public void Whatever_comes_in_whatever_order_there_is_one_report_for_each_begin_and_nothing_is_left_running() =>
        Gen.Int[0, 11].List[0, 60].Sample(steps =>
        {
            (_model, _now) = (RehearsalModel.Initial, Moment.Zero);
            var (writing, runs, removing, begun, concluded) = (false, false, false, 0, 0);
            Standby();
            foreach (var step in steps)
            {
                var outputs = Feed(step);
                if (outputs.Contains("write")) (writing, begun) = (true, begun + 1);
                if (outputs.Contains("launch")) runs = true;
                if (outputs.Contains("remove")) removing = true;
                concluded += outputs.Count(output => output.Contains("asked for by", StringComparison.Ordinal));
                Assert.True(_model.Phase is null ? !writing && !runs && !removing : writing || runs || removing, $"{_model}");
            }
            Assert.Equal(begun - (_model.Phase is null ? 0 : 1), concluded);

            List<string> Feed(int step)
            {
                switch (step)
                {
                    case 0 or 1: return Do(Request);
                    case 2 when writing: writing = false; return After(5, Written);
                    case 3 when writing: writing = false; return After(5, new RehearsalInput.NotWritten("no room"));
                    case >= 4 and <= 6 when runs: return After(5, Ended((RehearsalPhase)(step - 3)));
                    case 7 when runs: runs = false; return After(5, new RehearsalInput.ProgramEnded(1, "words"));
                    case 8 when removing: removing = false; return After(5, Removed);
                    case 9: return Do(new RehearsalInput.RoleIs(Role.Replaying));
                    case 10: return Do(new RehearsalInput.RoleIs(Role.Standby));
                    default: return After(30_000, new RehearsalInput.Tick());
                }
            }
        }, iter: 2_000, threads: 1);

    private void Standby() => Do(new RehearsalInput.RoleIs(Role.Standby));

    /// <summary>A new rehearsal, up to the end of a phase.</summary>
    private void Run(RehearsalPhase last)
    {
        Standby();
        Do(Request);
        Do(Written);
        foreach (var phase in Enum.GetValues<RehearsalPhase>().Where(phase => phase > RehearsalPhase.Configuration && phase <= last)) Do(Ended(phase));
    }

    private static RehearsalInput Ended(RehearsalPhase phase, string text = "") => new RehearsalInput.PhaseEnded(phase, true, text);

    private List<string> After(double milliseconds, RehearsalInput input)
    {
        _now += TimeSpan.FromMilliseconds(milliseconds);
        return Do(input);
    }

    private List<string> Do(RehearsalInput input)
    {
        (_model, var outputs) = RehearsalMachine.Step(_model, input, _now, _service);
        return [.. outputs.Select(Text)];
    }

    private static string Text(RehearsalOutput output) => output switch
    {
        RehearsalOutput.Answer answer => $"{(answer.Accepted ? "yes" : "no")}: {answer.Text}",
        RehearsalOutput.Show { Result: var result } =>
            $"{(result.Ok ? "ok" : "failed")} {result.Phase.Word()} {result.Took.TotalMilliseconds} ms{(result.Text.Length > 0 ? $": {result.Text}" : "")}",
        RehearsalOutput.Conclude conclude => conclude.Report.ByPhases.Text,
        RehearsalOutput.Alarm { Text: { } text } => $"alarm: {text}",
        RehearsalOutput.Alarm => "alarm ends",
        _ => output.GetType().Name.ToLowerInvariant(),
    };

    private sealed record Unit : ServiceSettings
    {
        public override string Type => "systemd";
    }
}
