using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Scenarios;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>A failover is rehearsed on a standby: what it may touch, and what ends it.</summary>
public sealed class RehearsalTests(DefaultLab lab, ITestOutputHelper output) : IClassFixture<DefaultLab>
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Whatever_the_service_writes_is_forgotten_and_it_meets_nobody()
    {
        // The address must be there and the host's own with it; nothing of the host can be written, asked or ended.
        var probe = Path.Combine(lab.Network.Folder, "probe");
        File.WriteAllText(probe, "as it was");
        var start = Script($"""
            set -e
            ip -o address show eth0 | grep -q '{LabTopology.VirtualAddress}/'
            ip route get 203.0.113.1 | grep -q 'via 192.0.2.254'
            ! ping -c 1 -W 1 192.0.2.254 >/dev/null || [ -z "$(ip neigh show 192.0.2.254 | grep -i lladdr)" ]
            [ "$FAILOVER_ROLE" = active ]
            echo changed >{probe}
            [ "$(cat {probe})" = changed ]
            echo new >{probe}.new; echo x >/tmp/failover-rehearsal-probe; rm -f {lab.Network.Folder}/owner
            ! echo 1 >/proc/sys/kernel/panic
            echo 1 >/proc/sys/net/ipv4/ip_forward
            [ "$(ls /proc | grep -c '^[0-9]')" -lt 12 ]
            echo "all of it"
            """);
        await Start(start);
        var standby = lab.Standby;
        var (code, result, error) = Rehearsals.Run(standby);
        Assert.True(code == 0, $"{error}\n{lab.Pair.Describe()}");
        Assert.Equal(["configuration", "namespace", "service", "checks", "stop", "tear-down"], Rehearsals.Passed(result));
        Assert.Equal("as it was", File.ReadAllText(probe));
        Assert.True(File.Exists(Path.Combine(lab.Network.Folder, "owner")));
        Assert.False(File.Exists(probe + ".new") || File.Exists("/tmp/failover-rehearsal-probe"));
        Assert.Contains("\"kind\":\"rehearsal\",\"text\":\"rehearsed in ", standby.History, StringComparison.Ordinal);
        await Rehearsals.ExpectNothingLeft(standby);
    }

    [Fact]
    public async Task A_service_reads_the_replica_but_no_other_socket_of_the_host_answers_it()
    {
        var socket = Path.Combine(lab.Network.Folder, "listens.sock");
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        listener.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(socket));
        listener.Listen();
        var start = Script($"""
            [ "$({Artifacts.Client} --socket "$(dirname "$0")/$FAILOVER_NODE/control.sock" config get server/port)" = 1194 ] || exit 3
            {Artifacts.Client} --socket {socket} status 2>/dev/null && exit 4
            exit 0
            """);
        await Start(start);
        lab.Active.Ask("config", "set", "server/port", "1194");
        var standby = lab.Standby;
        Assert.True(Rehearsals.Run(standby) is { ExitCode: 0 }, lab.Pair.Describe());
        Assert.False(listener.Poll(0, System.Net.Sockets.SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_claim_ends_a_rehearsal_and_does_not_wait_for_it()
    {
        await Start(Script("exec sleep 50"));
        var (active, standby) = (lab.Active, lab.Standby);
        var rehearsal = await Begin(standby);
        lab.Observer.Reset();
        var at = LabClock.Now;
        active.Host.PowerOff();
        await LabClock.ExpectPromptly(() => lab.Observer.ClientHeard(standby.Host.Mac, at), lab.Deadline + TimeSpan.FromSeconds(1), "the standby answers, a rehearsal or not");
        await Rehearsals.ExpectNothingLeft(standby);
        var answer = await rehearsal;
        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("was given up: this node became replaying", answer.Error, StringComparison.Ordinal);
        await lab.Pair.Expect(() => standby.Status!.Service.State == "running", StartTime, "the service runs for its users");
        Assert.DoesNotContain("rehearsal-failed", standby.Status!.AlarmText, StringComparison.Ordinal);
        lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task Beside_one_that_takes_all_the_processor_it_can_get_the_standby_listens_and_claims_in_time()
    {
        await Start(Script("sleep 50 & while :; do :; done"));
        var claims = new List<double>();
        for (var run = 0; run < 3; run++)
        {
            await lab.Pair.Settle();
            var (active, standby) = (lab.Active, lab.Standby);
            var rehearsal = await Begin(standby);
            var paths = new HashSet<EvidenceStatus>();
            for (var end = LabClock.Now + lab.Deadline * 5; LabClock.Now < end; await Task.Delay(20)) paths.UnionWith([standby.Status!.Peers[0].Evidence, active.Status!.Peers[0].Evidence with { Heartbeat = "ok" }]);
            Assert.Equal([new EvidenceStatus("ok", "ok", "ok")], paths);
            claims.Add((await FaultRun.Measure(lab.Pair, Fault.HostDeath, "akka-failover", "default")).MovedMs!.Value);
            Assert.Equal(1, (await rehearsal).ExitCode);
        }
        // As the table of faults promises it without a rehearsal; every shell of it is ended in that time too.
        output.WriteLine($"claimed {string.Join(", ", claims.Order().Select(ms => $"{ms:0}"))} ms after the host died");
        Assert.True(claims.Order().ElementAt(1) <= 800 && claims.Max() <= 1500, string.Join(", ", claims));
        lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task Checks_are_tried_in_a_rehearsal_and_one_that_is_down_fails_it()
    {
        // What its start leaves is there for the check of the same rehearsal alone: not on the host.
        var start = WriteScript("start", "touch $(dirname $0)/up-$FAILOVER_NODE");
        var check = WriteScript("check", "cd $(dirname $0); [ -e up-$FAILOVER_NODE -a ! -e sick-$FAILOVER_NODE ] || { echo 'it does not answer'; exit 1; }");
        lab.Reset(group: $"service {{ type = commands, start = [\"{start}\"], stop = [\"/bin/true\"], start-timeout = 3s, checks {{ answers {{ type = exec, command = [\"{check}\"], interval = 200ms }} }} }}");
        foreach (var name in new[] { "a", "b" }) File.Delete(Path.Combine(lab.Network.Folder, $"up-{name}"));
        await lab.Pair.Settle();
        var standby = lab.Standby;
        var (code, result, error) = Rehearsals.Run(standby);
        Assert.True(code == 0, error);
        Assert.Contains("checks", Rehearsals.Passed(result));
        Assert.False(File.Exists(Path.Combine(lab.Network.Folder, $"up-{standby.Host.Name}")));

        File.WriteAllText(Path.Combine(lab.Network.Folder, $"sick-{standby.Host.Name}"), "");
        (code, result, error) = Rehearsals.Run(standby);
        Assert.Equal(1, code);
        Assert.Contains("it does not answer", $"{result} {error}", StringComparison.Ordinal);
        Assert.DoesNotContain("checks", Rehearsals.Passed(result));
        Assert.Contains("rehearsal-failed", standby.Status!.AlarmText, StringComparison.Ordinal);
        await Rehearsals.ExpectNothingLeft(standby);
    }

    [Fact]
    public async Task There_is_one_at_a_time_on_the_standby_alone_and_it_ends_with_its_daemon()
    {
        await Start(Script("exec sleep 50"));
        var standby = lab.Standby;
        Refused(lab.Active, "this node is active and has its users");
        var rehearsal = await Begin(standby);
        Refused(standby, "a rehearsal that root asked for is in its phase service");
        standby.KillDaemon();
        await LabClock.Expect(() => Rehearsals.ProcessesOf(standby).Count == 0, Rehearsals.Gone, "what it had started is gone with it");
        Assert.Equal(2, (await rehearsal).ExitCode);
        Assert.True(Directory.Exists(Path.Combine(standby.StateDirectory, $"{AkkaNode.Group}.rehearsal")));
        await lab.Pair.Settle();
        await Rehearsals.ExpectNothingLeft(standby);
    }

    [Fact]
    public async Task A_service_that_hangs_floods_and_ignores_its_end_is_bounded()
    {
        var start = Script("trap '' TERM; while :; do echo flood; done", otherwise: "exec sleep 1000");
        lab.Reset(group: $"stop-timeout = 1s\nservice {{ type = process, command = [\"{start}\"] }}");
        await lab.Pair.Settle();
        var standby = lab.Standby;
        var (code, result, error) = Rehearsals.Run(standby);
        Assert.True(code == 0, error);
        var stop = result["phases"]!.AsArray().Single(phase => (string)phase!["phase"]! == "stop")!;
        Assert.Equal("ended by force after stop-timeout (1 s)", (string)stop["text"]!);
        Assert.InRange(standby.Process!.Log.Length, 1, 200_000);
        await Rehearsals.ExpectNothingLeft(standby);
    }

    [Fact]
    public async Task A_configuration_file_that_the_daemon_has_not_read_is_not_rehearsed()
    {
        await Start(Script("exit 0"));
        var standby = lab.Standby;
        PairConfiguration.Override(standby.Host, $"failover.groups.{AkkaNode.Group}.service.start-timeout = 59s");
        var (code, _, error) = Rehearsals.Run(standby);
        Assert.Equal(1, code);
        Assert.Contains("the configuration file was edited since the daemon started", error, StringComparison.Ordinal);
        Assert.Contains("rehearsal-failed", standby.Status!.AlarmText, StringComparison.Ordinal);
        await Rehearsals.ExpectNothingLeft(standby);
    }

    private async Task Start(string start)
    {
        lab.Reset(group: $"service {{ type = commands, start = [\"{start}\"], stop = [\"/bin/true\"] }}");
        await lab.Pair.Settle();
    }

    /// <summary>Begins a rehearsal and waits until its service is being started.</summary>
    private async Task<Task<ToolResult>> Begin(AkkaNode standby)
    {
        var rehearsal = Task.Factory.StartNew(() => standby.Ctl("group", "rehearse"), TaskCreationOptions.LongRunning);
        await lab.Pair.Expect(() => Rehearsals.ProcessesOf(standby).Any(IsSleep), StartTime, "the rehearsed service is being started");
        return rehearsal;
    }

    private static bool IsSleep(int pid) => File.Exists($"/proc/{pid}/comm") && File.ReadAllText($"/proc/{pid}/comm").Trim() == "sleep";

    private static void Refused(AkkaNode node, string why)
    {
        var answer = node.Ctl("group", "rehearse");
        Assert.Equal(1, answer.ExitCode);
        Assert.Contains(why, answer.Error, StringComparison.Ordinal);
    }

    /// <summary>What the service does in a rehearsal, and otherwise.</summary>
    private string Script(string rehearsed, string otherwise = "exit 0") => WriteScript("start", $"[ \"$FAILOVER_REASON\" = rehearsal ] || {otherwise}\n{rehearsed}");

    private string WriteScript(string name, string body) => ServiceScripts.Write(Path.Combine(lab.Network.Folder, name), body);
}

/// <summary>A host that does not let the daemon make namespaces.</summary>
public sealed class RehearsalCapabilityTests
{
    [Fact]
    public async Task Without_the_capability_it_is_refused_with_what_to_do()
    {
        using var lab = new DefaultLab();
        var bounded = new AkkaNode(lab.Network.B, "setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin");
        lab.A.Start();
        await lab.Pair.Expect(() => lab.A.Status is { Role: "active" }, TimeSpan.FromSeconds(15), "node a is active");
        bounded.Start();
        await lab.Pair.Expect(() => bounded.IsReady(holder: false), TimeSpan.FromSeconds(15), "node b is standby");
        var answer = bounded.Ctl("group", "rehearse");
        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("the daemon lacks CAP_SYS_ADMIN", answer.Error, StringComparison.Ordinal);
        Assert.Contains("RestrictNamespaces=net mnt pid ipc uts", answer.Error, StringComparison.Ordinal);
    }
}
