using AkkaFailover.Core;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Time;

/// <summary>
/// A timer on the clock of <see cref="Moment"/>. One thread waits on it; any thread may set it, also to wake the waiting one.
/// Unlike a timeout of poll or a sleep it has no slack, so it is exact without real-time priority too.
/// </summary>
internal sealed class BootTimer : IDisposable
{
    private const int Endless = -1;

    private readonly SafeFileHandle _timer = Descriptors.CreateTimer();

    /// <summary>For waiting on it beside others; readable from the set moment on.</summary>
    public int Descriptor => (int)_timer.DangerousGetHandle();

    /// <summary>Sets when <see cref="Wait"/> returns; replaces what was set before.</summary>
    public void Set(Moment at) => Descriptors.SetTimer(_timer, at == Moment.Never ? 0 : Math.Max(at.Nanoseconds, 1));

    /// <summary>Lets <see cref="Wait"/> return now.</summary>
    public void Wake() => Set(Moment.Zero);

    /// <summary>Blocks until the set moment has come.</summary>
    public void Wait()
    {
        Span<PollEntry> entry = [new PollEntry(Descriptor)];
        Descriptors.Poll(entry, Endless);
        Descriptors.Clear(_timer);
    }

    /// <summary>Closes the timer; nobody may be waiting.</summary>
    public void Dispose() => _timer.Dispose();
}
