using Akka.Event;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>Counts what was dropped, by reason, and says it at the 1st, 10th, 100th … time.</summary>
internal sealed class RefusalCounters(ILoggingAdapter log)
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>The counts now.</summary>
    public IReadOnlyDictionary<string, long> Snapshot() => new SortedDictionary<string, long>(_counts, StringComparer.Ordinal);

    /// <summary>One more.</summary>
    public void Count(string reason)
    {
        var count = _counts[reason] = _counts.GetValueOrDefault(reason) + 1;
        if (IsPowerOfTen(count)) log.Warning("cluster link: dropped, {0} ({1} so far)", reason, count);
    }

    /// <summary>Whether it is the 1st, 10th, 100th … time.</summary>
    internal static bool IsPowerOfTen(long count)
    {
        while (count % 10 == 0) count /= 10;
        return count == 1;
    }
}
