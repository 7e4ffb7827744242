using AkkaFailover.Lab.Native;

namespace AkkaFailover.Lab.Chaos;

/// <summary>
/// How long the machine lets a thread of ordinary priority wait, as most of a daemon's are: one that wants to run each 10 ms looks how late it is. The
/// observer's own threads have real-time priority and do not see other work.
/// </summary>
internal sealed class Pace : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private readonly Thread _thread;
    private long _worst;
    private volatile bool _stopped;

    public Pace()
    {
        _thread = new Thread(Look) { IsBackground = true, Name = "pace" };
        _thread.Start();
    }

    /// <summary>How late it was at worst since the last <see cref="Reset"/>.</summary>
    public TimeSpan Worst => TimeSpan.FromTicks(Volatile.Read(ref _worst));

    /// <summary>Forgets what was.</summary>
    public void Reset() => Volatile.Write(ref _worst, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
    }

    private void Look()
    {
        while (!_stopped)
        {
            var next = LabClock.Now + Interval;
            Posix.SleepUntil(next);
            var late = LabClock.Now - next;
            if (late.Ticks > Volatile.Read(ref _worst)) Volatile.Write(ref _worst, late.Ticks);
        }
    }
}
