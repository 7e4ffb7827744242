using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Native;

/// <summary>One entry of poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry(int descriptor)
{
    public const short Readable = 1;

    public int Descriptor = descriptor;
    public short Wanted = Readable;
    public short Happened;

    /// <summary>Readable, at its end, or broken: reading it tells which.</summary>
    public readonly bool Ready => Happened != 0;
}

/// <summary>Calls on file descriptors: pipes, timers, wake-ups.</summary>
internal static partial class Descriptors
{
    private const int SetFlags = 4;
    private const int GetFlags = 3;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int ClockBootTime = 7;
    private const int AbsoluteTime = 1;
    private const int SemaphoreUnits = 1;

    /// <summary>Waits until an entry is ready.</summary>
    /// <param name="entries">What to wait for; a negative descriptor is left out.</param>
    /// <param name="timeoutMilliseconds">Negative: for ever.</param>
    public static unsafe void Poll(Span<PollEntry> entries, int timeoutMilliseconds)
    {
        foreach (ref var entry in entries) entry.Happened = 0;
        fixed (PollEntry* first = entries)
        {
            // An interrupted wait looks like one that timed out; callers look at the clock anyway.
            _ = Poll(first, (nuint)entries.Length, timeoutMilliseconds);
        }
    }

    /// <summary>Reads what is there.</summary>
    /// <returns>Bytes read; 0 at the end; negative where there is nothing now or the read failed (<see cref="Errno.Last"/>).</returns>
    public static unsafe int Read(SafeHandle descriptor, Span<byte> buffer)
    {
        fixed (byte* first = buffer) return (int)Read(descriptor, first, (nuint)buffer.Length);
    }

    /// <summary>Reads a file of the kernel anew, which is written as it is read.</summary>
    /// <returns>Bytes read; negative where that failed.</returns>
    public static unsafe int ReadFromStart(SafeHandle descriptor, Span<byte> buffer)
    {
        fixed (byte* first = buffer) return (int)ReadAt(descriptor, first, (nuint)buffer.Length, 0);
    }

    /// <summary>Writes once.</summary>
    /// <returns>True where all of it was taken.</returns>
    public static unsafe bool Write(SafeHandle descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes) return Write(descriptor, first, (nuint)bytes.Length) == bytes.Length;
    }

    /// <summary>Makes reads and writes return at once.</summary>
    public static void SetNonBlocking(SafeHandle descriptor) =>
        _ = Control(descriptor, SetFlags, Control(descriptor, GetFlags, 0) | NonBlocking);

    /// <summary>A timer on CLOCK_BOOTTIME, readable once its moment has come; it also comes due during a sleep of the host.</summary>
    public static SafeFileHandle CreateTimer() => Own(TimerCreate(ClockBootTime, NonBlocking | CloseOnExec), "timerfd_create");

    /// <summary>Sets the timer's moment; a moment in the past is due at once, 0 never.</summary>
    public static unsafe void SetTimer(SafeHandle timer, long nanoseconds)
    {
        var setting = stackalloc long[4] { 0, 0, nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000 };
        _ = TimerSet(timer, AbsoluteTime, setting, null);
    }

    /// <summary>A counter that one thread raises and another waits for.</summary>
    public static SafeFileHandle CreateWakeUp() => Own(EventCreate(0, NonBlocking | CloseOnExec), "eventfd");

    /// <summary>A counter of which each read takes one, and waits for it where there is none.</summary>
    public static SafeFileHandle CreateSemaphore() => Own(EventCreate(0, SemaphoreUnits | CloseOnExec), "eventfd");

    /// <summary>Raises a wake-up.</summary>
    public static void Wake(SafeHandle wakeUp) => _ = Write(wakeUp, [1, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>Clears a wake-up or a timer that was ready.</summary>
    public static void Clear(SafeHandle counter)
    {
        Span<byte> count = stackalloc byte[8];
        _ = Read(counter, count);
    }

    /// <summary>Takes a new descriptor over.</summary>
    /// <exception cref="IOException">The call failed.</exception>
    public static SafeFileHandle Own(int descriptor, string call) => descriptor >= 0
        ? new SafeFileHandle(descriptor, ownsHandle: true)
        : throw new IOException($"{call}: {Errno.Describe(Errno.Last)}");

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint Read(SafeHandle descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static unsafe partial nint ReadAt(SafeHandle descriptor, byte* buffer, nuint count, nint offset);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint Write(SafeHandle descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    private static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    private static unsafe partial int TimerSet(SafeHandle timer, int flags, long* setting, long* old);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventCreate(uint initial, int flags);
}
