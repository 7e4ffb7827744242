using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>A pair whose daemons are units, as the project ships them, of a real systemd, and whose service is another one.</summary>
public sealed class SystemdPair : IAsyncLifetime
{
    /// <summary>The managed unit.</summary>
    public const string Service = "lab-service.service";

    /// <summary>The daemon's unit.</summary>
    public const string Daemon = "akka-failover.service";

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    private readonly DefaultLab _lab = new();
    private readonly Dictionary<string, PrivateSystemd> _systemd = [];

    public Observer Observer => _lab.Observer;

    public DefaultLab Lab => _lab;

    public async Task InitializeAsync()
    {
        PairConfiguration.Write(_lab.Network, Timing.Default, group: $"stop-timeout = 2s\nservice {{ type = systemd, unit = \"{Service}\" }}");
        foreach (var node in new[] { _lab.A, _lab.B })
        {
            var systemd = _systemd[node.Host.Name] = await PrivateSystemd.Start(node.Host);
            // A child in a session of its own, as daemons have them, and none of them ends when asked.
            systemd.Write(Service, "[Service]\nExecStart=/bin/sh -c \"trap '' TERM; setsid sleep 600 & echo up; while :; do sleep 1; done\"\n");
            systemd.Write(Daemon, File.ReadAllText(Path.Combine(Artifacts.Repository, "src", "systemd", Daemon)));
            systemd.Write($"{Daemon}.d/lab.conf", $"[Service]\nExecStart=\nExecStart={Artifacts.Daemon} --config {node.ConfigurationFile}\nExecStopPost=\nExecStopPost=-{Artifacts.Daemon} --release {node.ConfigurationFile}\n"
                + $"StandardError=append:{Path.Combine(node.Host.Directory, "daemon.log")}\n");
        }
    }

    public Task DisposeAsync()
    {
        foreach (var systemd in _systemd.Values) systemd.Dispose();
        _lab.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The systemd of a node.</summary>
    public PrivateSystemd On(AkkaNode node) => _systemd[node.Host.Name];

    /// <summary>Starts what does not run; node a first where none does.</summary>
    public async Task Settle()
    {
        foreach (var node in new[] { _lab.A, _lab.B })
        {
            On(node).Ask("start", Daemon);
            await Expect(() => _lab.Observer.Holders.Count == 1, "one holds the address");
        }
        await Expect(() => Active.Status is { Role: "active", HoldsAddresses: true, Config.InSync: true, Service.State: "running" } && Standby.Status is { Role: "standby", Eligible: true, Config.InSync: true }, "the pair is at rest");
    }

    public AkkaNode Active => _lab.Observer.Holders is ["a"] ? _lab.A : _lab.B;

    public AkkaNode Standby => Active == _lab.A ? _lab.B : _lab.A;

    public async Task Expect(Func<bool> condition, string what)
    {
        if (await LabClock.Until(condition, StartTime)) return;
        throw new LabException($"still not: {what}\n{string.Join('\n', new[] { _lab.A, _lab.B }.Select(node => $"--- {node.Host.Name}\n{Tail(node)}\n{On(node).Ctl("status", Daemon, Service).Output}"))}");
    }

    public int DaemonOf(AkkaNode node) => On(node).ProcessesOf(Daemon).Single(pid => LabHost.NameOf(pid) == "akka-failover");

    private static string Tail(AkkaNode node) => Path.Combine(node.Host.Directory, "daemon.log") is var log && File.Exists(log) ? string.Join('\n', File.ReadLines(log).TakeLast(30)) : "no log";
}

/// <summary>The unit that the project ships, and a unit as the managed service, with a systemd that is no stand-in.</summary>
public sealed class SystemdTests(SystemdPair pair, ITestOutputHelper output) : IClassFixture<SystemdPair>
{
    // What a look at /proc takes, and the machine.
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task A_handover_stops_the_unit_here_and_starts_it_there()
    {
        await pair.Settle();
        var (old, next) = (pair.Active, pair.Standby);
        Assert.Equal("active", pair.On(old).Property(SystemdPair.Service, "ActiveState"));
        Assert.Empty(pair.On(next).ProcessesOf(SystemdPair.Service));
        old.Ask("group", "handover", "--wait");
        await pair.Settle();
        Assert.Same(next, pair.Active);
        // It ignores SIGTERM: at the end of stop-timeout it is killed, and the address goes all the same.
        await pair.Expect(() => pair.On(old).ProcessesOf(SystemdPair.Service).Count == 0, "the unit is gone");
        Assert.Equal("active", pair.On(next).Property(SystemdPair.Service, "ActiveState"));
        pair.Lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task A_stop_that_somebody_cancels_leaves_no_unit_behind()
    {
        await pair.Settle();
        var (old, next) = (pair.Active, pair.Standby);
        old.Ask("group", "handover");
        await pair.Expect(() => pair.On(old).Property(SystemdPair.Service, "ActiveState") == "deactivating", "the unit is being stopped");
        // The start replaces the stop, and would follow as soon as the unit has ended.
        pair.On(old).Ask("start", "--no-block", SystemdPair.Service);
        await pair.Settle();
        Assert.Same(next, pair.Active);
        await pair.Expect(() => pair.On(old).ProcessesOf(SystemdPair.Service).Count == 0 && pair.On(old).Ask("list-jobs").Contains("No jobs", StringComparison.Ordinal), "the unit is gone, and no job that would start it");
        pair.Lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task A_killed_daemon_takes_its_unit_with_it_whatever_that_does_about_it()
    {
        await pair.Settle();
        var (old, next) = (pair.Active, pair.Standby);
        var processes = pair.On(old).ProcessesOf(SystemdPair.Service);
        Assert.True(processes.Count >= 3, "the unit has its children");
        pair.Observer.Reset();
        var at = LabClock.Now;
        LabHost.KillTogether([pair.DaemonOf(old)]);
        await LabClock.ExpectPromptly(() => !processes.Any(pid => Directory.Exists($"/proc/{pid}")), TimeSpan.FromSeconds(2), "all processes of the unit are gone");
        var took = LabClock.Now - at;
        output.WriteLine($"{processes.Count} processes gone {took.TotalMilliseconds:0} ms after the daemon was killed");
        Assert.InRange(took, TimeSpan.Zero, pair.Observer.Noise(Noise));
        await pair.Expect(() => next.Status is { Role: "active", Service.State: "running" }, "the other node serves");
        await pair.Settle();
        Assert.Same(next, pair.Active);
        pair.Lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task A_stopped_daemon_hands_over_and_leaves_nothing()
    {
        await pair.Settle();
        var (old, next) = (pair.Active, pair.Standby);
        pair.Observer.Reset();
        pair.On(old).Ask("stop", SystemdPair.Daemon);
        Assert.Equal("success", pair.On(old).Property(SystemdPair.Daemon, "Result"));
        Assert.Empty(pair.On(old).ProcessesOf(SystemdPair.Service));
        Assert.Empty(pair.On(old).ProcessesOf(SystemdPair.Daemon));
        await pair.Expect(() => next.Status is { Role: "active", Service.State: "running" }, "the other node serves");
        pair.Lab.ExpectNeverBoth();
        await pair.Settle();
    }

    [Fact]
    public async Task A_unit_that_is_killed_is_started_again()
    {
        await pair.Settle();
        var (active, term) = (pair.Active, pair.Active.Status!.Term);
        var main = pair.On(active).Property(SystemdPair.Service, "MainPID");
        pair.On(active).Ask("kill", "--signal=SIGKILL", SystemdPair.Service);
        await pair.Expect(() => active.Status is { Service.State: "running" } && pair.On(active).Property(SystemdPair.Service, "MainPID") is var now && now != main && now != "0", "it runs again");
        Assert.Equal(term, active.Status!.Term);
        Assert.Contains("the unit is failed (signal, status 9)", active.History, StringComparison.Ordinal);
    }
}
