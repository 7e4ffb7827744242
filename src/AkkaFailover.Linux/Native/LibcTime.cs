using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Native;

/// <summary>Clocks and timers of libc.</summary>
internal static partial class LibcTime
{
    /// <summary>Monotonic, and it goes on while the host is suspended.</summary>
    public const int ClockBoottime = 7;

    private const int TimerCloseOnExec = 0x80000;
    private const int TimerAbsolute = 1;

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimerSpec
    {
        public TimeSpec Interval;
        public TimeSpec Value;
    }

    /// <summary>Nanoseconds of <see cref="ClockBoottime"/>.</summary>
    public static long BoottimeNanoseconds()
    {
        _ = ClockGetTime(ClockBoottime, out var now);
        return (now.Seconds * 1_000_000_000) + now.Nanoseconds;
    }

    /// <summary>Makes a timer on <see cref="ClockBoottime"/>; reading it waits until it has expired.</summary>
    /// <exception cref="Win32Exception">No file descriptor is left.</exception>
    public static SafeFileHandle CreateBoottimeTimer()
    {
        var timer = TimerCreate(ClockBoottime, TimerCloseOnExec);
        return timer.IsInvalid ? throw new Win32Exception(Marshal.GetLastPInvokeError(), "timerfd_create failed") : timer;
    }

    /// <summary>Lets a timer expire once, at an absolute time; a time in the past expires at once, 0 never.</summary>
    /// <returns>0, or -1.</returns>
    public static int SetTimer(SafeFileHandle timer, long nanoseconds)
    {
        var spec = new TimerSpec { Value = { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 } };
        return TimerSetTime(timer, TimerAbsolute, in spec, 0);
    }

    /// <summary>Waits until a timer has expired.</summary>
    public static void WaitTimer(SafeFileHandle timer) => _ = Read(timer, out _, sizeof(ulong));

    // The clock is read in user space (vDSO) in some tens of nanoseconds: a GC transition would cost more than the call.
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [SuppressGCTransition]
    private static partial int ClockGetTime(int clock, out TimeSpec now);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    private static partial SafeFileHandle TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    private static partial int TimerSetTime(SafeFileHandle timer, int flags, in TimerSpec value, nint previous);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, out ulong value, nint length);
}
