using System.Collections.Concurrent;
using System.Diagnostics;

namespace AkkaFailover.Simulation;

/// <summary>Many schedules, on all cores.</summary>
/// <param name="first">The seed of the first one.</param>
/// <param name="count">How many.</param>
/// <param name="unlike">The nodes' timings differ.</param>
public sealed class Search(int first, int count, bool unlike)
{
    private const int MostViolations = 5;
    private readonly Lock _lock = new();
    private readonly SortedSet<int> _violations = [];
    private readonly Stopwatch _watch = new();

    /// <summary>Schedules that have been run.</summary>
    public long Schedules { get; private set; }

    /// <summary>Events in them.</summary>
    public long Events { get; private set; }

    /// <summary>In the shortest of them.</summary>
    public long FewestEvents { get; private set; } = long.MaxValue;

    /// <summary>The time that passed in them.</summary>
    public TimeSpan VirtualTime { get; private set; }

    /// <summary>The time that it took.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Seeds whose schedules broke an invariant, smallest first.</summary>
    public IReadOnlyList<int> Violations
    {
        get
        {
            lock (_lock) return [.. _violations];
        }
    }

    /// <summary>Runs them; ends early where five have broken an invariant.</summary>
    public void Run(CancellationToken stop = default)
    {
        _watch.Start();
        Parallel.ForEach(Partitioner.Create(0, count, rangeSize: Math.Clamp(count / 100, 1, 100)), (range, state) =>
        {
            for (var i = range.Item1; i < range.Item2 && !state.IsStopped && !stop.IsCancellationRequested; i++) One(first + i, state);
        });
        _watch.Stop();
    }

    private void One(int seed, ParallelLoopState state)
    {
        World? world = null;
        try
        {
            world = Schedule.Run(seed, unlike, tells: false);
        }
        catch (InvariantException)
        {
            // Told again afterwards, with its story.
        }
        lock (_lock) Count(seed, world, state);
    }

    private void Count(int seed, World? world, ParallelLoopState state)
    {
        Schedules++;
        if (world is null)
        {
            _violations.Add(seed);
            if (_violations.Count >= MostViolations) state.Stop();
            return;
        }
        Events += world.Events;
        FewestEvents = Math.Min(FewestEvents, world.Events);
        VirtualTime += world.Lived;
    }
}
