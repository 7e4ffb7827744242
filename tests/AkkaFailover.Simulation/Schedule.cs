using AkkaFailover.Core.Election;

namespace AkkaFailover.Simulation;

/// <summary>One random story: trouble, then everything is mended, and one is active and one standby. A seed is all there is to it.</summary>
public static class Schedule
{
    private static readonly TimeSpan Trouble = TimeSpan.FromSeconds(20);

    // A fault of the last moment may last for nine seconds.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    /// <summary>Runs it.</summary>
    /// <param name="seed">All that is random.</param>
    /// <param name="unlike">The nodes' timings differ.</param>
    /// <param name="tells">Whether the story is kept.</param>
    /// <exception cref="InvariantException">Something happened that never may.</exception>
    public static World Run(int seed, bool unlike, bool tells)
    {
        var timing = PairTiming.For(seed, unlike);
        var world = new World(seed, timing.OfA, timing.OfB, tells);
        Faults.Plan(world, Trouble);
        world.RunFor(Trouble + Rest);
        Faults.Mend(world);
        world.RunFor(Calm);
        world.Require(world.Nodes.Count(node => node.Role == Role.Active && node.Answers) == 1 && world.Nodes.Any(node => node.Role == Role.Standby),
            $"half a minute after everything was mended: {string.Join(", ", world.Nodes.Select(node => $"{node.Name} {node.Role}"))}");
        return world;
    }
}
