using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Phases;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Health;
using AkkaFailover.Daemon.Service;
using AkkaFailover.Linux.Programs;
using AkkaFailover.Linux.Time;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Service;

/// <summary>A service actor with real checks of a real process.</summary>
public class ServiceCheckTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Scripts _scripts = new();
    private readonly TestProbe _election;
    private readonly TcpListener _port = new(IPAddress.Loopback, FreePort.Next());

    public ServiceCheckTests()
    {
        _election = CreateTestProbe();
        _election.IgnoreMessages(message => message is Report);
        _port.Start();
    }

    [Fact]
    public async Task A_service_is_preparing_until_its_checks_are_up_failing_while_one_is_down_and_running_again_after()
    {
        var service = Service(Process(Exec("[ -e good ] || { echo not there; exit 1; }")));
        Expect<ServiceChanged>(change => change.State == ServiceState.Stopped);
        service.Tell(new StartService(new Term(2)));
        Expect<ServiceChanged>(change => change.State == ServiceState.Preparing);
        Expect<ServiceStarted>(started => started.Detail.StartsWith("process ", StringComparison.Ordinal));
        await Reported(service, report => report is { State: ServiceState.Preparing, Checks: [{ LastGood: false, Detail: "exit code 1: not there" }] } && report.Detail.Contains("not there", StringComparison.Ordinal));
        await File.WriteAllTextAsync(_scripts.Path("good"), "");
        Expect<ServiceChanged>(change => change is { State: ServiceState.Running, Unfit: false });
        File.Delete(_scripts.Path("good"));
        Expect<ServiceChanged>(change => change is { State: ServiceState.Failing, Unfit: true, Detail: "check own: exit code 1: not there (3 in a row)" });
        await File.WriteAllTextAsync(_scripts.Path("good"), "");
        Expect<ServiceChanged>(change => change is { State: ServiceState.Running, Unfit: false });
    }

    [Fact]
    public void A_check_of_the_standby_says_why_the_node_could_not_serve_and_ends_when_the_service_starts()
    {
        var service = Service(Process(Port() with { On = CheckPlace.Standby }));
        Expect<ServiceChanged>(change => change.State == ServiceState.Stopped);
        Expect<StandbyChecked>(found => found.Fallen == "check port: not answered yet");
        Expect<StandbyChecked>(found => found.Fallen.Length == 0);
        var port = ((IPEndPoint)_port.LocalEndpoint).Port;
        _port.Stop();
        Expect<StandbyChecked>(found => found.Fallen == $"check port: 127.0.0.1:{port} refuses connections (3 in a row)");
        service.Tell(new StartService(new Term(2)));
        Expect<ServiceChanged>(change => change.State == ServiceState.Preparing);
        Expect<StandbyChecked>(found => found.Fallen.Length == 0);
        Expect<ServiceChanged>(change => change.State == ServiceState.Running);
    }

    [Fact]
    public async Task A_check_that_never_returns_is_down_and_one_command_of_it_runs_at_most()
    {
        var service = Service(Process(Exec("echo $$ >> pids; trap '' TERM; sleep 600")));
        service.Tell(new StartService(new Term(2)));
        await Reported(service, report => report.Checks is [{ State: "down", Detail: "no answer within 0.2 s" }]);
        var pids = await File.ReadAllLinesAsync(_scripts.Path("pids"));
        Assert.InRange(pids.Length, 3, 100);
        Assert.InRange(pids.Count(pid => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal)), 0, 1);
    }

    [Fact]
    public async Task Checks_that_fail_themselves_begin_anew_where_the_service_is()
    {
        var service = Service(Process(Exec("echo >> tries")));
        service.Tell(new StartService(new Term(2)));
        await Reported(service, report => report.Checks is [{ LastGood: true }]);
        EventFilter.Exception<ArgumentOutOfRangeException>().ExpectOne(() => Sys.ActorSelection(service.Path / "checks").Tell(new Unknown()));
        File.Delete(_scripts.Path("tries"));
        // One may have been under way.
        for (var end = Environment.TickCount64 + Patience.TotalMilliseconds; (await _scripts.Written("tries")).Length < 3; await Task.Delay(20))
            Assert.True(Environment.TickCount64 < end, "the service is not checked any more");
    }

    [Fact]
    public async Task Checks_are_tried_once_when_an_operator_asks()
    {
        var service = Service(Process(Port() with { Interval = TimeSpan.FromHours(1) }, Exec("echo no; exit 1") with { Interval = TimeSpan.FromHours(1) }));
        Assert.Empty(await service.Ask<IReadOnlyList<CheckResult>>(new CheckNow(), Patience));
        service.Tell(new StartService(new Term(2)));
        await Reported(service, report => report.Checks.All(check => check.LastGood is not null));
        var asked = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => service.Ask<IReadOnlyList<CheckResult>>(new CheckNow(), Patience)));
        Assert.All(asked, results => Assert.Equal([("port", true), ("own", false)], results.Select(result => (result.Name, result.Good))));
    }

    [Fact]
    public async Task A_start_that_does_not_become_ready_ends_the_process_and_says_what_was_missing()
    {
        var service = Service(Process(Exec("exit 1")) with { StartTimeout = TimeSpan.FromSeconds(3) });
        service.Tell(new StartService(new Term(2)));
        Expect<ServiceChanged>(change => change.State == ServiceState.Stopped);
        Expect<ServiceChanged>(change => change.State == ServiceState.Preparing);
        Expect<ServiceStarted>(_ => true);
        var failed = Expect<ServiceChanged>(change => change is { State: ServiceState.Failing, Unfit: true });
        Assert.StartsWith("not ready within 3 s: check own: exit code 1 (", failed.Detail, StringComparison.Ordinal);
        await Reported(service, report => report.Restarts > 0);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _port.Stop();
        _scripts.Dispose();
    }

    private IActorRef Service(ServiceSettings settings)
    {
        var launcher = new ProcessLauncher();
        return Sys.ActorOf(new ServiceContext(
            NodeName.Parse("a"), Scripts.Group(settings), _scripts.StateDir, launcher, BootClock.Instance, () => new HealthProbe(launcher), _election, CreateTestProbe()).Props());
    }

    private ProcessService Process(params HealthCheckSettings[] checks) =>
        new(_scripts.Command("exec sleep 600"), 2, TimeSpan.FromMilliseconds(20)) { Checks = checks };

    private TcpCheck Port() => new("port", new HostPort("127.0.0.1", ((IPEndPoint)_port.LocalEndpoint).Port)) { Interval = TimeSpan.FromMilliseconds(100) };

    private ExecCheck Exec(string script) =>
        new("own", _scripts.Command(script)) { Interval = TimeSpan.FromMilliseconds(100), Timeout = script.Contains("sleep", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(10) };

    private T Expect<T>(Func<T, bool> expected)
    {
        var message = _election.ExpectMsg<T>(Patience);
        Assert.True(expected(message), $"unexpected: {message}");
        return message;
    }

    private static async Task Reported(IActorRef service, Func<ServiceReport, bool> condition)
    {
        for (var end = Environment.TickCount64 + Patience.TotalMilliseconds; await service.Ask<ServiceReport>(new GetService(), Patience) is var report && !condition(report); await Task.Delay(20))
            if (Environment.TickCount64 > end) Assert.Fail($"it did not come about: {report}, {string.Join("; ", report.Checks)}");
    }

    /// <summary>What nobody sends.</summary>
    private sealed record Unknown : HealthInput;
}
