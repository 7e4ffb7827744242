using System.Globalization;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Simulation;

/// <summary>
/// Thousands of random stories. <c>FAILOVER_SIM_SEED</c> tells one of them, <c>FAILOVER_SIM_COUNT</c> how many there are.
/// </summary>
public class ScheduleTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(0, 51, 51)]
    [InlineData(1, 0, 0)]
    [InlineData(0, 51, 20)]
    public void Faults_never_make_two_holders_and_end_with_one(int advbase, int advskewOfA, int advskewOfB)
    {
        var seeds = Seeds();
        var events = 0L;
        foreach (var seed in seeds) events += Run(seed, Timing(advbase, advskewOfA), Timing(advbase, advskewOfB));
        output.WriteLine($"{seeds.Count} schedules, {events} events");
    }

    private static HeartbeatTiming Timing(int advbase, int advskew)
    {
        var interval = TimeSpan.FromSeconds(advbase) + TimeSpan.FromMicroseconds(advskew * 1_000_000L / 256);
        return new HeartbeatTiming(interval, interval * 3);
    }

    private static long Run(int seed, HeartbeatTiming timingOfA, HeartbeatTiming timingOfB)
    {
        var world = new World(seed, timingOfA, timingOfB);
        Faults.Plan(world, Trouble);
        world.RunFor(Trouble);
        // A fault of the last moment may last for nine seconds more.
        world.RunFor(TimeSpan.FromSeconds(10));
        Faults.Mend(world);
        world.RunFor(Calm);
        var active = world.Nodes.Count(node => node.Role == Role.Active && node.Answers);
        world.Require(active == 1, $"{active} active nodes half a minute after everything was mended: {string.Join(", ", world.Nodes.Select(n => $"{n.Name} {n.Role}"))}");
        world.Require(world.Nodes.Any(node => node.Role == Role.Standby), "the other node is not standby");
        return world.Events;
    }

    private static IReadOnlyList<int> Seeds()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("FAILOVER_SIM_SEED"), CultureInfo.InvariantCulture, out var one)) return [one];
        var count = int.TryParse(Environment.GetEnvironmentVariable("FAILOVER_SIM_COUNT"), CultureInfo.InvariantCulture, out var given) ? given : 2_000;
        return [.. Enumerable.Range(1, count)];
    }
}
