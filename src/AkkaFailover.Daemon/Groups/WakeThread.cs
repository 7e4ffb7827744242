using AkkaFailover.Core;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Groups;

/// <summary>
/// Wakes one actor at a moment, to the millisecond. A thread of its own: the actor system's scheduler ticks too coarsely
/// for it, and the shared pool may be starved just when a deadline matters.
/// </summary>
public sealed class WakeThread : IDisposable
{
    // Also the wait for Never: no value of a time left may mean "wait for ever", -1 ms (Timeout.Infinite) least of all.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _changed = new(initialState: false);
    private readonly IMonotonicClock _clock;
    private readonly Action _wake;
    private readonly Thread _thread;
    private Moment _at = Moment.Never;
    private bool _stopped;

    /// <summary>Starts the thread.</summary>
    /// <param name="clock">The time line of <see cref="At"/>.</param>
    /// <param name="wake">Called on the thread; must not block.</param>
    /// <param name="name">Of the thread.</param>
    public WakeThread(IMonotonicClock clock, Action wake, string name)
    {
        _clock = clock;
        _wake = wake;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Wakes at this moment, instead of any moment given before.</summary>
    public void At(Moment moment)
    {
        bool sooner;
        lock (_gate)
        {
            sooner = moment < _at;
            _at = moment;
        }
        if (sooner) _changed.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate) _stopped = true;
        _changed.Set();
        _thread.Join();
        _changed.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            TimeSpan left;
            lock (_gate)
            {
                if (_stopped) return;
                left = _at - _clock.Now;
                if (left <= TimeSpan.Zero) _at = Moment.Never;
            }
            if (left <= TimeSpan.Zero) _wake();
            else _changed.WaitOne((int)Math.Ceiling(Math.Min(left.TotalMilliseconds, LongestWait.TotalMilliseconds)));
        }
    }
}
