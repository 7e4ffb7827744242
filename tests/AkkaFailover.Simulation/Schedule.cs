using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Simulation;

/// <summary>One random story: trouble, then everything is mended, and one is active and one standby. A seed is all there is to it.</summary>
public static class Schedule
{
    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(20);

    // A fault of the last moment may last for nine seconds.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    // What is slow is too slow at times.
    private static readonly ProcessService Checked = HostedService.Checked with { StartTimeout = TimeSpan.FromSeconds(2) };

    /// <summary>Runs it.</summary>
    /// <param name="seed">All that is random.</param>
    /// <param name="unlike">The nodes' timings differ.</param>
    /// <param name="tells">Whether the story is kept.</param>
    /// <param name="decisions">What decides; null for what the daemon runs.</param>
    /// <exception cref="InvariantException">Something happened that never may.</exception>
    public static World Run(int seed, bool unlike, bool tells, Decisions? decisions = null)
    {
        var world = new World(seed, PairTiming.For(seed, unlike), Traits.For(seed), tells, decisions);
        try
        {
            Live(world);
        }
        catch (Exception e) when (e is not InvariantException)
        {
            throw new InvariantException(world, $"a decision failed: {e}");
        }
        return world;
    }

    private static void Live(World world)
    {
        if (world.Traits.Service)
        {
            foreach (var node in world.Nodes) node.Serve(world.Traits.Checks ? Checked : HostedService.Plain);
        }
        Faults.Plan(world, Trouble);
        world.RunFor(Trouble + Rest);
        Faults.Mend(world);
        world.RunFor(Calm);
        world.Require(world.Nodes.Count(node => node.Role == Role.Active && node.Answers) == 1 && world.Nodes.Any(IsBack),
            $"half a minute after everything was mended: {string.Join(", ", world.Nodes.Select(node => $"{node.Name} {node.Role} ({node.Why})"))}");
        world.ClientsWrite = false;
        world.RunFor(LastWords);
        world.Acknowledged?.Conclude();
    }

    // Who gave the role away because of its service is not asked again for a while.
    private static bool IsBack(Host node) => node.Role == Role.Standby || (node is { Role: Role.Fault, Service: not null });
}
