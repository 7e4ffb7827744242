using System.Diagnostics;

namespace AkkaFailover.Linux.Tests.Support;

/// <summary>
/// How long this process has run since some moment: what a machine that stands still, and everything on it, takes no part of. For upper bounds; a
/// lower one is of the time that has passed.
/// </summary>
public readonly struct RunningTime
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    /// <summary>What a thread that sleeps for the pace is late at most while the machine runs.</summary>
    private static readonly TimeSpan MostAtOnce = Pace * 4;

    private static long _total;

    private readonly long _begun;

    static RunningTime() => new Thread(Count) { IsBackground = true, Name = "running-time" }.Start();

    private RunningTime(long begun) => _begun = begun;

    /// <summary>How long it has run.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _total) - _begun);

    /// <summary>From now on.</summary>
    public static RunningTime StartNew() => new(Volatile.Read(ref _total));

    private static void Count()
    {
        for (var last = Stopwatch.GetTimestamp(); ;)
        {
            Thread.Sleep(Pace);
            var now = Stopwatch.GetTimestamp();
            var ran = Stopwatch.GetElapsedTime(last, now);
            Interlocked.Add(ref _total, Math.Min(ran.Ticks, MostAtOnce.Ticks));
            last = now;
        }
    }
}
