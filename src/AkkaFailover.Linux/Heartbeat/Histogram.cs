namespace AkkaFailover.Linux.Heartbeat;

/// <summary>Counts times by their length; one thread adds without allocation, any thread reads.</summary>
/// <param name="bounds">Upper bounds of the buckets, in milliseconds; the last one is infinite.</param>
internal sealed class Histogram(IReadOnlyList<double> bounds)
{
    private readonly long[] _bounds = [.. bounds.Select(ms => double.IsInfinity(ms) ? long.MaxValue : (long)(ms * TimeSpan.TicksPerMillisecond))];
    private readonly long[] _counts = new long[bounds.Count];

    /// <summary>Counts one.</summary>
    public void Add(TimeSpan time)
    {
        var bucket = 0;
        while (time.Ticks > _bounds[bucket]) bucket++;
        Volatile.Write(ref _counts[bucket], _counts[bucket] + 1);
    }

    /// <summary>The counts, in the order of the bounds.</summary>
    public IReadOnlyList<long> Counts => [.. _counts];
}
