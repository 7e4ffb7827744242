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
    private readonly ConcurrentBag<int> _violations = [];
    private readonly Stopwatch _watch = new();
    private long _schedules;
    private long _events;
    private long _fewestEvents = long.MaxValue;
    private long _virtualSeconds;

    /// <summary>Schedules that have been run.</summary>
    public long Schedules => Interlocked.Read(ref _schedules);

    /// <summary>Events in them.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>In the shortest of them.</summary>
    public long FewestEvents => Interlocked.Read(ref _fewestEvents);

    /// <summary>The time that passed in them.</summary>
    public TimeSpan VirtualTime => TimeSpan.FromSeconds(Interlocked.Read(ref _virtualSeconds));

    /// <summary>The time that it took.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Seeds whose schedules broke an invariant, smallest first.</summary>
    public IReadOnlyList<int> Violations => [.. _violations.Order()];

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
        try
        {
            var world = Schedule.Run(seed, unlike, tells: false);
            Interlocked.Add(ref _events, world.Events);
            Interlocked.Add(ref _virtualSeconds, (long)world.Lived.TotalSeconds);
            for (var fewest = FewestEvents; world.Events < fewest && Interlocked.CompareExchange(ref _fewestEvents, world.Events, fewest) != fewest; fewest = FewestEvents) { }
        }
        catch (InvariantException)
        {
            _violations.Add(seed);
            if (_violations.Count >= MostViolations) state.Stop();
        }
        Interlocked.Increment(ref _schedules);
    }
}
