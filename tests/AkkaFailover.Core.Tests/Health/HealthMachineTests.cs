using AkkaFailover.Core.Health;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using CsCheck;
using Xunit;

namespace AkkaFailover.Core.Tests.Health;

public class HealthMachineTests
{
    private static readonly TcpCheck Port = new("port", new HostPort("127.0.0.1", 1194)) { Timeout = TimeSpan.FromMilliseconds(500) };
    private static readonly TcpCheck Uplink = new("uplink", new HostPort("192.0.2.1", 53)) { On = CheckPlace.Standby };
    private static readonly TcpCheck Disk = new("disk", new HostPort("127.0.0.1", 9)) { On = CheckPlace.Both, Rise = 2, Fall = 1 };

    private HealthCheckSettings[] _settings = [Port];
    private HealthState _state = HealthState.Idle;
    private Moment _now = Moment.Zero;

    [Fact]
    public void Each_place_has_its_own_checks_and_begins_without_a_memory()
    {
        _settings = [Port, Uplink, Disk];
        Assert.Equal(["try port", "try disk"], Do(new HealthInput.Moved(true)));
        Good("port");
        Assert.Equal(["give up disk", "try uplink", "try disk"], Do(new HealthInput.Moved(false)));
        Assert.All(_state.Checks, check => Assert.Equal(CheckStatus.Unknown, check.Status));
        Assert.Equal(["give up uplink", "give up disk"], Do(new HealthInput.Moved(null)));
        Assert.Equal(Moment.Never, _state.Wake);
        Assert.True(_state.Verdict.AllUp);
    }

    [Fact]
    public void A_check_is_up_after_its_rise_and_down_after_its_fall()
    {
        _settings = [Port with { Rise = 2, Fall = 3 }];
        Do(new HealthInput.Moved(true));
        Assert.False(_state.Verdict.AllUp);
        Good("port");
        Assert.Equal(CheckStatus.Unknown, Status);
        After(1);
        Good("port");
        Assert.Equal(CheckStatus.Up, Status);
        for (var i = 1; i <= 3; i++)
        {
            After(1);
            Bad("port", "refused");
            Assert.Equal(i < 3 ? CheckStatus.Up : CheckStatus.Down, Status);
        }
        Assert.Equal("check port: refused (3 in a row)", _state.Verdict.Fallen);
        After(1);
        Good("port");
        Assert.Equal(CheckStatus.Down, Status);
        After(1);
        Good("port");
        Assert.Equal(CheckStatus.Up, Status);
    }

    [Fact]
    public void A_good_answer_ends_a_row_of_bad_ones()
    {
        Do(new HealthInput.Moved(true));
        for (var i = 0; i < 30; i++)
        {
            if (i % 3 == 0) Good("port");
            else Bad("port", "refused");
            After(1);
        }
        Assert.Equal(CheckStatus.Up, Status);
    }

    [Fact]
    public void The_next_try_begins_an_interval_after_the_last_one_began()
    {
        Do(new HealthInput.Moved(true));
        Assert.Equal([], After(0.3));
        Good("port");
        Assert.Equal(TimeSpan.FromSeconds(0.3), _state.Checks[0].LastDuration);
        Assert.Equal([], After(0.6));
        Assert.Equal(["try port"], After(0.1));
    }

    [Fact]
    public void A_try_that_is_not_answered_is_given_up_and_bad_and_what_it_says_later_does_not_count()
    {
        Do(new HealthInput.Moved(true));
        Assert.Equal(["give up port"], After(0.5));
        Assert.Equal("no answer within 0.5 s", _state.Checks[0].Reason);
        var late = _state.Checks[0].Try;
        Assert.Equal(["try port"], After(0.5));
        Do(new HealthInput.Answered("port", late, new ProbeAnswer(true, "late")));
        Assert.NotNull(_state.Checks[0].TryingSince);
        Assert.Equal(1, _state.Checks[0].InARow);
    }

    [Fact]
    public void A_timeout_longer_than_the_interval_lets_tries_follow_each_other_and_never_overlap()
    {
        _settings = [Port with { Timeout = TimeSpan.FromSeconds(5) }];
        Do(new HealthInput.Moved(true));
        Assert.Equal([], After(4.9));
        Assert.Equal(["give up port"], After(0.1));
        // What is given up has a moment to end.
        Assert.Equal([], After(0.19));
        Assert.Equal(["try port"], After(0.01));
    }

    [Fact]
    public void Whatever_happens_one_try_of_a_check_is_under_way_at_most_and_the_next_moment_is_known() =>
        Gen.Select(Gen.Int[0, 6], Gen.Double[0, 3]).Array[0, 60].Sample(events =>
        {
            (_settings, _state, _now) = ([Port, Uplink, Disk], HealthState.Idle, Moment.Zero);
            var trying = new HashSet<string>();
            foreach (var (kind, seconds) in events)
            {
                _now += TimeSpan.FromSeconds(seconds);
                var name = _settings[kind % 3].Name;
                HealthInput input = kind switch
                {
                    0 => new HealthInput.Moved(true),
                    1 => new HealthInput.Moved(false),
                    2 => new HealthInput.Moved(null),
                    3 or 4 => new HealthInput.Answered(name, _state.LastTry, new ProbeAnswer(kind == 3, "test")),
                    _ => new HealthInput.Tick(),
                };
                if (input is HealthInput.Answered && _state.Checks.Any(check => check.Check.Name == name && check.Try == _state.LastTry)) trying.Remove(name);
                foreach (var output in Do(input))
                {
                    if (output.StartsWith("give up ", StringComparison.Ordinal)) Assert.True(trying.Remove(output["give up ".Length..]));
                    else Assert.True(trying.Add(output["try ".Length..]));
                }
                Assert.Equal(trying.Order(), _state.Checks.Where(check => check.TryingSince is not null).Select(check => check.Check.Name).Order());
                Assert.True(_state.Wake > _now);
            }
        }, threads: 1);

    private CheckStatus Status => _state.Checks[0].Status;

    private void Good(string check) => Answer(check, new ProbeAnswer(true, "connected"));

    private void Bad(string check, string reason) => Answer(check, new ProbeAnswer(false, reason));

    private void Answer(string check, ProbeAnswer answer) =>
        Do(new HealthInput.Answered(check, _state.Checks.Single(state => state.Check.Name == check).Try, answer));

    private string[] After(double seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return Do(new HealthInput.Tick());
    }

    private string[] Do(HealthInput input)
    {
        (_state, var outputs) = HealthMachine.Step(_state, input, _now, _settings);
        return [.. outputs.Select(output => output switch
        {
            HealthOutput.Try attempt => $"try {attempt.Check.Name}",
            HealthOutput.GiveUp given => $"give up {given.Check}",
            _ => throw new InvalidOperationException(),
        })];
    }
}
