using AkkaFailover.Core;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Time;

/// <summary>
/// A timerfd on the clock of <see cref="Moment"/>. One thread waits on it; any thread may set it, also to wake the waiting one.
/// Unlike poll and nanosleep it has no timer slack, so it is exact without real-time priority too.
/// </summary>
internal sealed class BootTimer : IDisposable
{
    private readonly SafeFileHandle _timer = LibcTime.CreateBoottimeTimer();

    /// <summary>For waiting on it beside others; readable from the set moment on.</summary>
    public int Descriptor => (int)_timer.DangerousGetHandle();

    /// <summary>Sets when <see cref="Wait"/> returns; replaces what was set before.</summary>
    public void Set(Moment at) => _ = LibcTime.SetTimer(_timer, at == Moment.Never ? 0 : Math.Max(at.Nanoseconds, 1));

    /// <summary>Lets <see cref="Wait"/> return now.</summary>
    public void Wake() => Set(Moment.Zero);

    /// <summary>Blocks until the set moment has come.</summary>
    public void Wait() => LibcTime.WaitTimer(_timer);

    /// <summary>Closes the timer; nobody may be waiting.</summary>
    public void Dispose() => _timer.Dispose();
}
