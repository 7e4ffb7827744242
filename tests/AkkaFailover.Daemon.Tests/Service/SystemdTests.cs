using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Configuration;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Health;
using AkkaFailover.Daemon.Service;
using AkkaFailover.Linux.Programs;
using AkkaFailover.Linux.Time;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Service;

/// <summary>Real units of a real systemd.</summary>
public class SystemdTests(PrivateSystemd systemd) : TestKit, IClassFixture<PrivateSystemd>
{
    private const string Unit = "vpn.service";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Scripts _scripts = new();

    [SystemdFact]
    public void A_unit_is_started_known_to_the_guard_and_stopped()
    {
        systemd.Write(Unit, "ExecStart=/bin/sleep 600");
        var (service, election, vip) = Service();
        Start(service, election);
        Expect(election, ServiceState.Running);
        var guarded = vip.ExpectMsg<ServiceGroupChanged>(Patience);
        Assert.True(guarded.Process > 1);
        Assert.Equal("/system.slice/vpn.service", guarded.ControlGroup);
        service.Tell(new GetService(), TestActor);
        Assert.Equal(guarded.Process, ExpectMsg<ServiceReport>(Patience).Pid);
        Stop(service, election);
        Assert.Equal(new ServiceGroupChanged(0), vip.ExpectMsg<ServiceGroupChanged>(Patience));
        Assert.Equal("inactive", Property("ActiveState"));
    }

    [SystemdFact]
    public void A_unit_that_runs_already_when_the_daemon_starts_is_stopped()
    {
        systemd.Write(Unit, "ExecStart=/bin/sleep 600");
        systemd.Run("start", Unit);
        Assert.Equal("active", Property("ActiveState"));
        Service();
        Assert.Equal("inactive", Property("ActiveState"));
    }

    [SystemdFact]
    public void A_unit_that_dies_is_started_again()
    {
        systemd.Write(Unit, "ExecStart=/bin/sleep 600");
        var (service, election, _) = Service();
        Start(service, election);
        Expect(election, ServiceState.Running);
        systemd.Run("kill", "--signal=SIGKILL", Unit);
        Assert.Contains("the unit is failed (signal, status 9)", Expect(election, ServiceState.Failing), StringComparison.Ordinal);
        Expect(election, ServiceState.Running);
        Stop(service, election);
    }

    [SystemdFact]
    public void A_unit_that_cannot_run_is_given_up_with_its_last_words()
    {
        systemd.Write(Unit, "ExecStart=/bin/sh -c 'exit 3'");
        var (service, election, _) = Service();
        Start(service, election);
        // systemctl start may have ended before the process has, or after it.
        var last = "";
        for (var state = ServiceState.Preparing; state != ServiceState.Failed;)
        {
            var changed = election.ExpectMsg<ServiceChanged>(Patience);
            (state, last) = (changed.State, changed.Detail);
        }
        Assert.Contains("failed (exit-code, status 3)", last, StringComparison.Ordinal);
        Assert.EndsWith("given up after 3 failures in a row", last, StringComparison.Ordinal);
        service.Tell(new StopService(Graceful: true, "test"));
        ExpectStopped(election);
    }

    [SystemdFact]
    public void A_unit_that_is_not_there_says_so_by_name()
    {
        var (service, election, _) = Service(new SystemdService("nobody.service", 0, TimeSpan.FromMilliseconds(20)));
        Start(service, election);
        Assert.Contains("Unit nobody.service not found", Expect(election, ServiceState.Failed), StringComparison.Ordinal);
    }

    [SystemdFact]
    public void A_unit_that_never_becomes_active_is_ended_by_a_stop_and_nobody_waits_meanwhile()
    {
        systemd.Write(Unit, "Type=notify\nExecStart=/bin/sleep 600");
        var (service, election, vip) = Service();
        Start(service, election);
        Assert.Equal("/system.slice/vpn.service", vip.ExpectMsg<ServiceGroupChanged>(Patience).ControlGroup);
        service.Tell(new GetService(), TestActor);
        Assert.Equal(ServiceState.Preparing, ExpectMsg<ServiceReport>(Patience).State);
        service.Tell(new StopService(Graceful: true, "test"));
        ExpectStopped(election);
        Assert.NotEqual("active", Property("ActiveState"));
        Assert.Equal("0", Property("MainPID"));
    }

    [SystemdFact]
    public void A_unit_that_does_not_start_in_time_has_failed_and_should_leave()
    {
        systemd.Write(Unit, "Type=notify\nExecStart=/bin/sleep 600");
        var (service, election, _) = Service(Settings() with { StartTimeout = TimeSpan.FromSeconds(2) });
        Start(service, election);
        var failed = election.ExpectMsg<ServiceChanged>(Patience);
        Assert.Equal((ServiceState.Failing, true), (failed.State, failed.Unfit));
        service.Tell(new StopService(Graceful: true, "test"));
        ExpectStopped(election);
        Assert.Equal("0", Property("MainPID"));
    }

    [SystemdFact]
    public void A_unit_that_ignores_the_stop_is_killed_with_its_children()
    {
        systemd.Write(Unit, $"ExecStart=/bin/sh -c \"trap '' TERM; setsid sleep 600 & echo up > {_scripts.Path("up")}; while :; do sleep 1; done\"");
        var (service, election, _) = Service(Settings() with { StopTimeout = TimeSpan.FromMilliseconds(500) });
        Start(service, election);
        Expect(election, ServiceState.Running);
        AwaitCondition(() => File.Exists(_scripts.Path("up")), Patience);
        service.Tell(new StopService(Graceful: true, "test"));
        ExpectStopped(election);
        Assert.Equal("0", Property("MainPID"));
        Assert.Equal("", Property("ControlGroup"));
    }

    [SystemdFact]
    public void What_the_start_of_the_daemon_says_of_units()
    {
        systemd.Write("restarts.service", "ExecStart=/bin/sleep 600\nRestart=always");
        Assert.Contains("this host has no such unit", Judged("nobody.service").Errors.Single().Problem, StringComparison.Ordinal);
        var warning = Assert.Single(Judged("restarts.service").Warnings);
        Assert.Contains("Restart=always", warning.Problem, StringComparison.Ordinal);
        systemd.Write("plain.service", "ExecStart=/bin/sleep 600");
        Assert.Empty(Judged("plain.service").Errors);
        Assert.Empty(Judged("plain.service").Warnings);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _scripts.Dispose();
    }

    private static SystemdService Settings() => new(Unit, 2, TimeSpan.FromMilliseconds(50));

    /// <summary>A service of a node that has just started.</summary>
    private (IActorRef Service, TestProbe Election, TestProbe Vip) Service(SystemdService? settings = null)
    {
        var (election, vip, launcher) = (CreateTestProbe(), CreateTestProbe(), new ProcessLauncher());
        election.IgnoreMessages(message => message is Report);
        var service = Sys.ActorOf(new ServiceContext(
            NodeName.Parse("a"), Scripts.Group(settings ?? Settings()), _scripts.StateDir, launcher, BootClock.Instance, () => new HealthProbe(launcher), election, vip)
        {
            Systemctl = systemd.Systemctl,
        }.Props());
        Expect(election, ServiceState.Stopped);
        Expect(election, ServiceState.Stopping);
        Expect(election, ServiceState.Stopped);
        return (service, election, vip);
    }

    private static void Start(IActorRef service, TestProbe election)
    {
        service.Tell(new StartService(new Term(2)));
        Expect(election, ServiceState.Preparing);
    }

    private static void Stop(IActorRef service, TestProbe election)
    {
        service.Tell(new StopService(Graceful: true, "test"));
        Expect(election, ServiceState.Stopping);
        Expect(election, ServiceState.Stopped);
    }

    private static string Expect(TestProbe election, ServiceState state)
    {
        var changed = election.ExpectMsg<ServiceChanged>(Patience);
        Assert.True(state == changed.State, $"expected {state}, but it is {changed}");
        return changed.Detail;
    }

    private static void ExpectStopped(TestProbe election) => election.FishForMessage(message => message is ServiceChanged { State: ServiceState.Stopped }, Patience);

    private string Property(string name) => systemd.Run("show", Unit, "--property", name, "--value").Trim();

    private Findings Judged(string unit)
    {
        var findings = new Findings();
        UnitCheck.Judge("path", unit, UnitStatus.Parse(systemd.Run("show", unit, $"--property={UnitStatus.Properties}").Split('\n')), findings);
        return findings;
    }
}
