using System.Text.Json;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Scenarios;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>What <c>group history --last</c> says of a failover beside what the lab's own clock and captures say.</summary>
public sealed class FailoverReportTests(DefaultLab lab, ITestOutputHelper output) : IClassFixture<DefaultLab>
{
    // What stands between the node's moments and the lab's: frames under way, the wake-up of the observer's thread, and a ping every 5 ms.
    private static readonly TimeSpan Noise = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task The_phases_of_a_host_death_add_up_to_what_the_client_saw()
    {
        lab.Reset();
        await lab.Pair.Settle();
        var next = lab.Standby;
        var run = await FaultRun.Measure(lab.Pair, Fault.HostDeath, "akka-failover", "default");
        var report = await LastReport(next, "failover");
        Assert.Equal("ok", report.GetProperty("result").GetString());
        var phases = Phases(report);
        Assert.Equal(["detection", "confirmation", "replay", "address", "announcement"], phases.Select(phase => phase.Name));
        Assert.Equal(report.GetProperty("totalMilliseconds").GetDouble(), phases.Sum(phase => phase.Milliseconds), 0.01);

        // The report counts from the last sign of the old active, which came up to an interval before its host died.
        var interval = Timing.Default.Heartbeat.Interval.TotalMilliseconds;
        var total = report.GetProperty("totalMilliseconds").GetDouble();
        output.WriteLine($"client {run.MovedMs:0} ms after the fault; {report.GetProperty("phases")}");
        var noise = lab.Observer.Noise(Noise).TotalMilliseconds;
        Assert.InRange(total, run.MovedMs!.Value - noise, run.MovedMs.Value + interval + noise);

        var deadline = lab.Deadline.TotalMilliseconds;
        Assert.InRange(phases[0].Milliseconds, deadline, deadline + noise);
        Assert.Contains("heartbeat lost, cluster lost", report.GetProperty("evidence").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handover_leaves_a_report_on_both_nodes()
    {
        lab.Reset();
        await lab.Pair.Settle();
        var (old, next) = (lab.Active, lab.Standby);
        var run = await FaultRun.Measure(lab.Pair, Fault.Handover, "akka-failover", "default");
        var released = await LastReport(old, "release");
        var claimed = await LastReport(next, "failover");
        Assert.Equal(["service", "replica", "addresses"], Phases(released).Select(phase => phase.Name));
        Assert.True(claimed.GetProperty("term").GetInt32() > released.GetProperty("term").GetInt32(), $"{released}\n{claimed}");
        output.WriteLine($"client without an answer for {run.OutageMs:0} ms; {released.GetProperty("phases")}; {claimed.GetProperty("phases")}");
        // The client's outage lies between the end of the one and the last phase of the other, and a ping's interval on each side.
        Assert.InRange(run.OutageMs, 0, Phases(released)[^1].Milliseconds + claimed.GetProperty("totalMilliseconds").GetDouble() + lab.Observer.Noise(Noise).TotalMilliseconds);
    }

    [Fact]
    public async Task The_release_of_a_daemon_that_stops_is_found_by_its_next_start()
    {
        lab.Reset();
        await lab.Pair.Settle();
        var old = lab.Active;
        await FaultRun.Measure(lab.Pair, Fault.Terminate, "akka-failover", "default");
        await lab.Pair.Settle();
        var released = await LastReport(old, "release");
        Assert.Equal(("ok", 3), (released.GetProperty("result").GetString(), Phases(released).Count));
    }

    private static async Task<JsonElement> LastReport(AkkaNode node, string kind)
    {
        JsonElement report = default;
        await LabClock.Expect(
            () =>
            {
                report = JsonDocument.Parse(node.Ask("group", "history", "--last", "--output", "json")).RootElement;
                return report.TryGetProperty("kind", out var word) && word.GetString() == kind;
            },
            TimeSpan.FromSeconds(10),
            $"{node.Host.Name} has a report of its {kind}");
        return report;
    }

    private static List<(string Name, double Milliseconds)> Phases(JsonElement report) =>
        [.. report.GetProperty("phases").EnumerateArray().Select(phase => (phase.GetProperty("name").GetString()!, phase.GetProperty("milliseconds").GetDouble()))];
}
