using AkkaFailover.Core.Ports;

namespace AkkaFailover.Linux.Heartbeat;

/// <summary>Counts how late adverts were; one thread adds without allocation, any thread reads.</summary>
internal sealed class LatenessHistogram
{
    private readonly long[] _bounds = [.. AdvertsSent.LatenessBounds.Select(ms => double.IsInfinity(ms) ? long.MaxValue : (long)(ms * TimeSpan.TicksPerMillisecond))];
    private readonly long[] _counts = new long[AdvertsSent.LatenessBounds.Count];

    /// <summary>Counts one advert.</summary>
    public void Add(TimeSpan late)
    {
        var bucket = 0;
        while (late.Ticks > _bounds[bucket]) bucket++;
        Volatile.Write(ref _counts[bucket], _counts[bucket] + 1);
    }

    /// <summary>The counts, in the order of the bounds.</summary>
    public IReadOnlyList<long> Counts => [.. _counts];
}
