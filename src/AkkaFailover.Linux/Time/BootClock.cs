using System.Runtime.InteropServices;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Linux.Time;

/// <summary>CLOCK_BOOTTIME: monotonic, goes on while the host sleeps, the same for every process of the host.</summary>
public sealed partial class BootClock : IMonotonicClock
{
    private const int ClockBootTime = 7;

    /// <summary>The host's clock; it has no state.</summary>
    public static readonly BootClock Instance = new();

    /// <inheritdoc/>
    public Moment Now
    {
        get
        {
            // It cannot fail: the clock exists since Linux 2.6.39 and the address is that of a local.
            _ = ReadClock(ClockBootTime, out var time);
            return new Moment((time.Seconds * 1_000_000_000L) + time.Nanoseconds);
        }
    }

    // Read in user space (vDSO) within some tens of nanoseconds: a GC transition would cost more than the call.
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static partial int ReadClock(int clock, out TimeSpec time);

    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
