using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>Services and checks that give trouble, on the real pair: what becomes of the role, and what is said about it.</summary>
public sealed class ServiceTests(DefaultLab lab, ITestOutputHelper output) : IClassFixture<DefaultLab>
{
    // A handover, with the stop of the one service and the start of the other.
    private static readonly TimeSpan MoveTime = TimeSpan.FromSeconds(5);

    // What the machine may add to the time between two adverts, sent and received.
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_start_of_twenty_seconds_disturbs_no_heartbeat_and_moves_no_role()
    {
        await Begin("type = commands", Script("start", "sleep 20"), stop: true);
        var (old, next) = (lab.Active, lab.Standby);
        await lab.Pair.Expect(() => old.Status!.Service.State == "running", TimeSpan.FromSeconds(30), "the service runs");
        old.Host.PowerOff();
        await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([next.Host.Name]), lab.Deadline * 3, "the other node claimed");
        lab.Observer.Reset();
        await lab.Pair.Expect(() => next.Status!.Service.State == "preparing", TimeSpan.FromSeconds(1), "its service is preparing");
        old.Host.PowerOn();
        old.Clear();
        old.Start();

        var worst = await LongestSilence(TimeSpan.FromSeconds(15));
        Assert.Equal("preparing", next.Status!.Service.State);
        Assert.Equal("standby", old.Status!.Role);
        await lab.Pair.Expect(() => next.Status!.Service.State == "running", TimeSpan.FromSeconds(15), "the service runs");
        output.WriteLine($"between two adverts at most {worst.TotalMilliseconds:0} ms");
        Assert.InRange(worst, TimeSpan.Zero, Timing.Default.Heartbeat.Interval + lab.Observer.Noise(Noise));
        lab.ExpectNothingMoved(next);
    }

    [Fact]
    public async Task A_node_that_cannot_run_it_says_why_and_the_other_is_asked_again()
    {
        await Begin("type = commands", Script("start", "[ $FAILOVER_NODE = a ] || { echo 'no licence for this host'; exit 3; }"), stop: true);
        Assert.Same(lab.A, lab.Active);
        lab.Observer.Reset();
        lab.A.Ask("group", "handover");
        await lab.Pair.Expect(() => lab.B.Status!.Role == "fault", MoveTime, "b has tried and is in fault");
        await lab.Pair.Expect(() => lab.A.Status is { Role: "active", Service.State: "running" }, MoveTime, "a serves again");
        Assert.Contains("no licence for this host", lab.B.Ctl("group", "explain").Output, StringComparison.Ordinal);
        Assert.Contains("no licence for this host", lab.B.History, StringComparison.Ordinal);
        Assert.Contains("vpn service: no licence for this host", lab.B.Process!.Log, StringComparison.Ordinal);

        // The row ends by itself: b is a standby again, and nobody gives it the role.
        await lab.Pair.Expect(() => lab.B.Status is { Role: "standby", Eligible: true }, TimeSpan.FromSeconds(15), "b is back from its fault");
        await Task.Delay(lab.Deadline * 5);
        Assert.Equal(["a", "b", "a"], Holders());
        lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task Where_neither_can_run_it_the_address_stays_and_the_moves_are_few()
    {
        await Begin("type = commands", Script("start", "[ ! -e $(dirname $0)/broken ] || { echo 'the disk is full'; exit 1; }"), stop: true);
        File.WriteAllText(Path.Combine(lab.Network.Folder, "broken"), "");
        lab.Observer.Reset();
        lab.Active.Ask("group", "handover");
        await Task.Delay(TimeSpan.FromMinutes(1));
        var moves = Holders().Count - 1;
        var record = lab.Observer.Snapshot();
        var gap = Outage.LongestGap(record.Pings, record.From, record.To);
        output.WriteLine($"{moves} moves in the first minute; the address without an answer for {gap.TotalMilliseconds:0} ms at most");
        // The handover, the four that the simulation has, and one that a slow start of the minute may add.
        Assert.InRange(moves, 2, 6);
        Assert.InRange(gap, TimeSpan.Zero, lab.Deadline + TimeSpan.FromSeconds(1));
        // Who was active when it was looked for may just have given the role back: then the other one says so.
        AkkaNode[] nodes = [lab.A, lab.B];
        await lab.Pair.Expect(() => nodes.Any(node => node.Status is { Role: "active" } status && status.AlarmText.Contains("service-failing", StringComparison.Ordinal)
            && node.Ctl("group", "explain").Output.Contains("the disk is full", StringComparison.Ordinal)), MoveTime, "the active says what fails, and why");
        lab.ExpectNeverBoth();

        File.Delete(Path.Combine(lab.Network.Folder, "broken"));
        await lab.Pair.Expect(() => nodes.Any(node => node.Ctl("service", "restart").ExitCode == 0), MoveTime, "the active takes the restart");
        await lab.Pair.Expect(() => nodes.Any(node => node.Status is { Role: "active", Service.State: "running" }), TimeSpan.FromSeconds(10), "mended, it runs");
    }

    [Fact]
    public async Task A_falling_check_hands_over_to_a_standby_whose_own_is_up()
    {
        var check = Script("check", "[ ! -e $(dirname $0)/sick-$FAILOVER_NODE ] || { echo \"$FAILOVER_NODE is sick\"; exit 1; }");
        await Begin($"type = none, checks {{ health {{ type = exec, command = [\"{check}\"], interval = 500ms, on = both }} }}");
        Assert.Same(lab.A, lab.Active);
        var (sickA, sickB) = (Path.Combine(lab.Network.Folder, "sick-a"), Path.Combine(lab.Network.Folder, "sick-b"));

        // A standby that could not serve is not asked to, and says so; the active keeps what it has when it fails too.
        File.WriteAllText(sickB, "");
        await lab.Pair.Expect(() => !lab.B.Status!.Eligible, MoveTime, "the sick standby is not eligible");
        Assert.Contains("b is sick", lab.B.Ctl("group", "explain").Output, StringComparison.Ordinal);
        lab.Observer.Reset();
        File.WriteAllText(sickA, "");
        await lab.Pair.Expect(() => lab.A.Status!.AlarmText.Contains("service-failing", StringComparison.Ordinal), MoveTime, "the sick active says so");
        Assert.Equal("active", lab.A.Status!.Role);
        lab.ExpectNothingMoved(lab.A);

        var mended = LabClock.Now;
        File.Delete(sickB);
        await lab.Pair.Expect(() => lab.B.Status is { Role: "active" }, MoveTime, "the standby that is well again takes over");
        output.WriteLine($"taken over {(LabClock.Now - mended).TotalSeconds:0.0} s after the standby was mended");
        Assert.Contains("a is sick", lab.A.Ctl("group", "explain").Output, StringComparison.Ordinal);
        Assert.False(lab.A.Status!.Eligible);
        File.Delete(sickA);
        await lab.Pair.Expect(() => lab.A.Status is { Role: "standby", Eligible: true }, TimeSpan.FromSeconds(15), "a is a standby again");
        Assert.Equal(["a", "b"], Holders());
        lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task A_process_that_ends_is_started_again_and_at_last_moves_the_role()
    {
        await Begin($"type = process, command = [\"{Script("main", "exec sleep 1000")}\"], max-restarts = 1, restart-backoff = 100ms");
        var (old, next) = (lab.Active, lab.Standby);
        var term = old.Status!.Term;
        await KillService(old);
        await lab.Pair.Expect(() => old.Status!.Service.State == "running", MoveTime, "it runs again");
        Assert.Equal(term, old.Status!.Term);
        lab.Observer.Reset();
        await KillService(old);
        await lab.Pair.Expect(() => next.Status is { Role: "active", Service.State: "running" }, MoveTime, "it runs on the other node");
        Assert.Contains("was ended by signal 9", old.History, StringComparison.Ordinal);
        lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task A_process_that_floods_and_ignores_its_end_keeps_nobody()
    {
        await Begin($"type = process, command = [\"{Script("main", "trap '' TERM; while :; do echo flood; done")}\"]\n}}\nstop-timeout = 1s\nservice {{");
        var (old, next) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        var before = old.Process!.Log.Length;
        var worst = await LongestSilence(TimeSpan.FromSeconds(5));
        Assert.InRange(worst, TimeSpan.Zero, Timing.Default.Heartbeat.Interval + lab.Observer.Noise(Noise));
        Assert.Contains("more lines were not logged", old.Process!.Log, StringComparison.Ordinal);
        Assert.InRange(old.Process!.Log.Length - before, 1, 50_000);
        lab.ExpectNothingMoved(old);
        old.Ask("group", "handover");
        await lab.Pair.Expect(() => next.Status is { Role: "active" }, MoveTime, "the other node has the role");
        await lab.Pair.ExpectRest();
        lab.ExpectNeverBoth();
    }

    private async Task Begin(string service, string? start = null, bool stop = false)
    {
        var commands = (start is null ? "" : $", start = [\"{start}\"]") + (stop ? ", stop = [\"/bin/true\"]" : "");
        lab.Reset(group: $"service {{ {service}{commands} }}");
        lab.A.Start();
        await lab.Pair.Expect(() => lab.A.Status is { Role: "active" }, TimeSpan.FromSeconds(15), "a is active");
        await lab.Pair.Settle();
    }

    /// <summary>The longest time between two adverts, as a third host hears them.</summary>
    private async Task<TimeSpan> LongestSilence(TimeSpan duration) => await Task.Factory.StartNew(() =>
    {
        using var tap = new LanTap(lab.Network.Client);
        Assert.NotNull(tap.NextAdvert(lab.Deadline));
        var (end, last, worst) = (LabClock.Now + duration, LabClock.Now, TimeSpan.Zero);
        while (LabClock.Now < end && tap.NextAdvert(lab.Deadline) is not null)
        {
            var now = LabClock.Now;
            (worst, last) = (now - last > worst ? now - last : worst, now);
        }
        Assert.True(last >= end - lab.Deadline, "no advert within a deadline");
        return worst;
    }, TaskCreationOptions.LongRunning);

    private async Task KillService(AkkaNode node)
    {
        await lab.Pair.Expect(() => node.ServiceProcess is not null, MoveTime, "the service has a process");
        var process = node.ServiceProcess;
        node.KillService();
        await lab.Pair.Expect(() => node.ServiceProcess != process, MoveTime, "the daemon noticed");
    }

    private IReadOnlyList<string> Holders()
    {
        var record = lab.Observer.Snapshot();
        return [.. Holdings.Of(record.Changes, record.To).Select(holding => holding.Host)];
    }

    private string Script(string name, string body) => ServiceScripts.Write(Path.Combine(lab.Network.Folder, name), body);
}
