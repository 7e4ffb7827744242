using System.Globalization;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Health;
using AkkaFailover.Daemon.OpenVpn;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Service;
using AkkaFailover.Linux.Lan;
using AkkaFailover.Linux.Programs;
using AkkaFailover.Linux.Time;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Service;

/// <summary>Real processes under a real launcher.</summary>
public class ServiceActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Scripts _scripts = new();
    private readonly TestProbe _election;
    private readonly TestProbe _vip;

    public ServiceActorTests()
    {
        _election = CreateTestProbe();
        _vip = CreateTestProbe();
        _election.IgnoreMessages(message => message is Report);
    }

    [Fact]
    public void No_service_is_never_in_the_way()
    {
        var service = Service(new NoService());
        Expect(ServiceState.None);
        Tell(service, Start(2), ServiceState.None);
        Tell(service, Stop(), ServiceState.None);
    }

    [Fact]
    public async Task The_start_command_finds_the_facts_in_its_environment()
    {
        var service = Service(new CommandsService(_scripts.Command("env | grep ^FAILOVER_ | sort > start"), _scripts.Command("env | grep ^FAILOVER_ | sort > stop")));
        Expect(ServiceState.Stopped);
        Tell(service, Start(2), ServiceState.Preparing, ServiceState.Running);
        Tell(service, Stop("handover to b"), ServiceState.Stopping, ServiceState.Stopped);
        Assert.Equal(Facts("active", "claim"), await _scripts.Written("start"));
        Assert.Equal(Facts("standby", "handover to b"), await _scripts.Written("stop"));
    }

    [Fact]
    public void A_slow_start_command_leaves_the_service_preparing_and_the_actor_awake()
    {
        var service = Service(new CommandsService(_scripts.Command("sleep 60"), _scripts.Command("true")));
        Expect(ServiceState.Stopped);
        Tell(service, Start(2), ServiceState.Preparing);
        service.Tell(new GetService(), TestActor);
        Assert.Equal(ServiceState.Preparing, ExpectMsg<ServiceReport>(Patience).State);
        Tell(service, Stop(), ServiceState.Stopping, ServiceState.Stopping, ServiceState.Stopped);
    }

    [Fact]
    public void A_start_command_that_leaves_a_child_behind_is_done_when_it_ends()
    {
        var service = Service(new CommandsService(_scripts.Command("sleep 60 & echo $! > pid"), _scripts.Command("kill $(cat pid)")));
        Expect(ServiceState.Stopped);
        Tell(service, Start(2), ServiceState.Preparing, ServiceState.Running);
        Tell(service, Stop(), ServiceState.Stopping, ServiceState.Stopped);
    }

    [Fact]
    public void A_failed_start_command_says_why()
    {
        var service = Service(new CommandsService(_scripts.Command("echo no tun device >&2; exit 3"), _scripts.Command("true")));
        Expect(ServiceState.Stopped);
        service.Tell(Start(2));
        Expect(ServiceState.Preparing);
        Assert.Matches("^the start command exited with 3 after .* s: no tun device$", Expect(ServiceState.Failed));
    }

    [Fact]
    public void A_program_that_is_not_there_says_so()
    {
        var service = Service(new CommandsService(["/nonexistent/vpn", "up"], ["/bin/true"]));
        Expect(ServiceState.Stopped);
        service.Tell(Start(2));
        Expect(ServiceState.Preparing);
        Assert.Contains("/nonexistent/vpn", Expect(ServiceState.Failed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_leads_a_group_of_its_own_that_the_guard_is_told_of()
    {
        var service = Service(Process("echo $$ > pid; exec sleep 60"));
        Expect(ServiceState.Stopped);
        Tell(service, Start(2), ServiceState.Preparing, ServiceState.Running);
        var pid = int.Parse(await _scripts.Written("pid"), CultureInfo.InvariantCulture);
        Assert.Equal(pid, _vip.ExpectMsg<ServiceGroupChanged>(Patience).Process);
        Assert.Equal((pid, pid), GroupAndSessionOf(pid));
        service.Tell(new GetService(), TestActor);
        Assert.Equal(pid, ExpectMsg<ServiceReport>(Patience).Pid);
        Tell(service, Stop(), ServiceState.Stopping, ServiceState.Stopped);
        Assert.Equal(0, _vip.ExpectMsg<ServiceGroupChanged>(Patience).Process);
        await Gone(pid);
    }

    [Fact]
    public async Task A_stop_asks_gently_first()
    {
        var service = Service(Process("trap 'echo goodbye > bye; exit 0' TERM; echo ready > ready; while :; do sleep 0.05; done"));
        Expect(ServiceState.Stopped);
        Tell(service, Start(2), ServiceState.Preparing, ServiceState.Running);
        await _scripts.Written("ready");
        Tell(service, Stop(), ServiceState.Stopping, ServiceState.Stopped);
        Assert.Equal("goodbye\n", await _scripts.Written("bye"));
    }

    [Fact]
    public async Task A_group_that_ignores_the_stop_is_killed_with_all_its_children()
    {
        var service = Service(Process("trap '' TERM; sh -c \"trap '' TERM; echo \\$\\$ > child; sleep 60; sleep 60\" & wait; sleep 60") with { StopTimeout = TimeSpan.FromMilliseconds(300) });
        Expect(ServiceState.Stopped);
        Tell(service, Start(2), ServiceState.Preparing, ServiceState.Running);
        var child = int.Parse(await _scripts.Written("child"), CultureInfo.InvariantCulture);
        Tell(service, Stop(), ServiceState.Stopping, ServiceState.Stopped);
        await Gone(child);
    }

    [Fact]
    public async Task A_forced_stop_does_not_wait_for_the_stop_timeout()
    {
        var service = Service(Process("trap '' TERM; echo ready > ready; while :; do sleep 0.05; done") with { StopTimeout = TimeSpan.FromMinutes(5) });
        Expect(ServiceState.Stopped);
        Tell(service, Start(2), ServiceState.Preparing, ServiceState.Running);
        await _scripts.Written("ready");
        Tell(service, new StopService(Graceful: false, "lease lost"), ServiceState.Stopping, ServiceState.Stopped);
    }

    [Fact]
    public async Task A_process_that_dies_is_restarted_and_given_up_in_the_end()
    {
        var service = Service(Process("echo started >> starts; echo port taken; exit 4"));
        Expect(ServiceState.Stopped);
        service.Tell(Start(2));
        Expect(ServiceState.Preparing);
        Assert.Matches("^the process exited with 4 after .* s: port taken$", Expect(ServiceState.Failing));
        Expect(ServiceState.Failing);
        Assert.EndsWith("port taken; given up after 3 failures in a row", Expect(ServiceState.Failed), StringComparison.Ordinal);
        Assert.Equal("started\nstarted\nstarted\n", await _scripts.Written("starts"));
        Tell(service, Stop(), ServiceState.Stopped);
    }

    [Fact]
    public async Task What_a_dead_process_leaves_in_its_group_is_ended_before_the_restart()
    {
        var service = Service(Process("sleep 60 & echo $! > child; exit 1"));
        Expect(ServiceState.Stopped);
        service.Tell(Start(2));
        await Gone(int.Parse(await _scripts.Written("child"), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_service_does_not_outlive_its_actor()
    {
        var service = Service(Process("echo $$ > pid; exec sleep 60"));
        service.Tell(Start(2));
        var pid = int.Parse(await _scripts.Written("pid"), CultureInfo.InvariantCulture);
        Sys.Stop(service);
        await Gone(pid);
    }

    [Fact]
    public async Task What_a_killed_daemon_left_running_is_ended_at_the_next_start()
    {
        using var pretended = System.Diagnostics.Process.Start("setsid", ["sleep", "60"]);
        await File.WriteAllTextAsync(_scripts.Path("vpn.service"), await IdentityOf(pretended.Id));
        Service(Process("exec sleep 60"));
        await pretended.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(137, pretended.ExitCode);
    }

    [Fact]
    public async Task A_process_that_only_has_the_same_number_is_left_alone()
    {
        using var stranger = System.Diagnostics.Process.Start("setsid", ["sleep", "60"]);
        await File.WriteAllTextAsync(_scripts.Path("vpn.service"), await IdentityOf(stranger.Id) + "1");
        Service(Process("exec sleep 60"));
        Expect(ServiceState.Stopped);
        await WaitFor(() => !File.Exists(_scripts.Path("vpn.service")));
        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    [Fact]
    public async Task What_commands_of_a_killed_daemon_started_is_stopped_by_the_stop_command_at_the_next_start()
    {
        var commands = new CommandsService(_scripts.Command("true"), _scripts.Command("echo stopped > stopped"));
        var killed = Service(commands);
        Expect(ServiceState.Stopped);
        Tell(killed, Start(2), ServiceState.Preparing, ServiceState.Running);
        Sys.Stop(killed);
        Service(commands);
        Expect(ServiceState.Stopped);
        Expect(ServiceState.Stopping);
        Expect(ServiceState.Stopped);
        Assert.Equal("stopped\n", await _scripts.Written("stopped"));
    }

    [Fact]
    public void A_service_that_writes_without_end_is_logged_at_a_bounded_rate()
    {
        var lines = CreateTestProbe();
        Sys.EventStream.Subscribe(lines, typeof(Akka.Event.Info));
        var service = Service(Process("yes flood | head -n 100000; sleep 60"));
        Expect(ServiceState.Stopped);
        Tell(service, Start(2), ServiceState.Preparing, ServiceState.Running);
        Tell(service, Stop(), ServiceState.Stopping, ServiceState.Stopped);
        var logged = lines.ReceiveWhile(Patience, TimeSpan.FromMilliseconds(200), message => message as Akka.Event.Info)
            .Count(info => info!.ToString().Contains("flood", StringComparison.Ordinal));
        Assert.InRange(logged, 1, 50 * 11);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _scripts.Dispose();
    }

    [Fact]
    public void Who_follows_the_clients_of_a_VPN_server_and_fails_begins_anew_where_the_service_is()
    {
        var replica = CreateTestProbe();
        replica.IgnoreMessages(message => message is not GetHeld);
        var settings = Process("exec sleep 600") with { OpenVpn = new OpenVpnSettings(_scripts.Path("server.conf"), Kick: false) };
        var context = Context(settings);
        var ports = new ResetPorts(DatagramSender.Open, UnreachableFilter.Open);
        var service = Sys.ActorOf((context with { Vpn = OpenVpnContext.For(context.Group, context.Clock, _election, replica, context.Launcher, ports) }).Props());
        Expect(ServiceState.Stopped);
        Tell(service, Start(2), ServiceState.Preparing, ServiceState.Running);
        replica.ExpectMsg<GetHeld>(Patience);
        EventFilter.Exception<ArgumentOutOfRangeException>().ExpectOne(() => Sys.ActorSelection(service.Path / "openvpn").Tell(new Unknown()));
        replica.ExpectMsg<GetHeld>(Patience);
    }

    private IActorRef Service(ServiceSettings settings) => Sys.ActorOf(Context(settings).Props());

    private ServiceContext Context(ServiceSettings settings)
    {
        var launcher = new ProcessLauncher();
        return new ServiceContext(
            NodeName.Parse("a"), Scripts.Group(settings), _scripts.StateDir, launcher, BootClock.Instance, () => new HealthProbe(launcher), _election, _vip);
    }

    private ProcessService Process(string script) => new(_scripts.Command(script), 2, TimeSpan.FromMilliseconds(20));

    private static StartService Start(uint term) => new(new Term(term));

    private static StopService Stop(string reason = "handover") => new(Graceful: true, reason);

    private void Tell(IActorRef service, ServiceEffect effect, params ServiceState[] states)
    {
        service.Tell(effect);
        foreach (var state in states) Expect(state);
    }

    private string Expect(ServiceState state)
    {
        var changed = _election.ExpectMsg<ServiceChanged>(Patience);
        Assert.True(state == changed.State, $"expected {state}, but it is {changed}");
        return changed.Detail;
    }

    private static string Facts(string role, string reason) =>
        $"""
        FAILOVER_ADDRESSES=192.0.2.222/24 2001:db8::5/64
        FAILOVER_GROUP=vpn
        FAILOVER_INTERFACE=eth0
        FAILOVER_NODE=a
        FAILOVER_REASON={reason}
        FAILOVER_ROLE={role}
        FAILOVER_TERM=2

        """;

    private static (int Group, int Session) GroupAndSessionOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
    }

    /// <summary>As the launcher writes it; here from the outside, once setsid has made the group.</summary>
    private static async Task<string> IdentityOf(int pid)
    {
        await WaitFor(() => GroupAndSessionOf(pid).Group == pid);
        var stat = await File.ReadAllTextAsync($"/proc/{pid}/stat");
        var boot = await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id");
        return $"{boot.Trim()} {pid} {stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]}";
    }

    /// <summary>A killed orphan may stay a zombie where nobody reaps it; it does not run then.</summary>
    private static Task Gone(int pid) => WaitFor(() =>
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] == 'Z';
        }
        catch (IOException)
        {
            return true;
        }
    });

    private static async Task WaitFor(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition()) await Task.Delay(10, patience.Token);
    }

    /// <summary>What nobody sends.</summary>
    private sealed record Unknown : RecoveryInput;
}
