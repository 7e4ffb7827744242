using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Stalls;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Time;

namespace AkkaFailover.Linux.Heartbeat;

/// <summary>
/// Sends adverts at absolute deadlines from a thread of its own, with real-time priority where permitted: neither the shared
/// pool nor the host's load delays them. The loop does not allocate. Each advert that left extends the lease, counted from the
/// moment before its sending; when the lease has ended all the same, nothing more is sent and the lapse is reported.
/// </summary>
public sealed class AdvertThread : IAdvertSender
{
    /// <summary>Above every ordinary thread, below the kernel's own real-time threads (50).</summary>
    private const int Priority = 10;

    private readonly ILanPort _port;
    private readonly IAdvertWriter _adverts;
    private readonly AdvertSenderOptions _options;
    private readonly BootTimer _timer = new();
    private readonly byte[] _frame = new byte[AdvertSenderOptions.MaxFrame];
    private readonly Histogram _lateness = new(AdvertsSent.LatenessBounds);
    private readonly StallWatch _stalls = new();
    private readonly Thread _thread;

    // Held by the thread while it sends one advert, and by Start and Stop for an assignment: no advert leaves after Stop.
    private readonly Lock _gate = new();
    private AdvertRun? _run;
    private long _sent;
    private long _failures;
    private long _last;
    private volatile bool _realTime;
    private volatile bool _ended;

    /// <summary>Makes the thread, silent until it is started.</summary>
    public AdvertThread(ILanPort port, IAdvertWriter adverts, AdvertSenderOptions options)
    {
        _port = port;
        _adverts = adverts;
        _options = options;
        _thread = new Thread(Run) { IsBackground = true, Name = $"adverts {options.Name}" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public AdvertsSent Sent =>
        new(Volatile.Read(ref _sent), Volatile.Read(ref _failures), new Moment(Volatile.Read(ref _last)), _lateness.Counts, _realTime, _stalls.Counts, _stalls.Longest);

    /// <inheritdoc/>
    public void Start(Term term, TimeSpan lease)
    {
        lock (_gate)
        {
            _adverts.Begin(term);
            _run = new AdvertRun(term, _options.Interval, lease, BootClock.Instance.Now);
        }
        _timer.Wake();
    }

    /// <inheritdoc/>
    public void Stop()
    {
        lock (_gate) _run = null;
    }

    /// <summary>Ends the thread and waits for it.</summary>
    public void Dispose()
    {
        if (_ended) return;
        Stop();
        _ended = true;
        _timer.Wake();
        _thread.Join();
        _timer.Dispose();
    }

    private void Run()
    {
        _realTime = Processes.TryRealTime(Priority);
        WarmUp();
        _stalls.Begin();
        while (!_ended)
        {
            var wake = NextWake;
            _timer.Set(wake);
            // A command given in between has set the timer too, and was overwritten: it shows in the state.
            if (!_ended && NextWake >= wake) _timer.Wait();
            if (Step(wake) is { } lapse) _options.Lapsed(lapse);
        }
        _stalls.End();
    }

    /// <summary>Has the writer compiled now rather than while the first advert is due.</summary>
    private void WarmUp()
    {
        lock (_gate)
        {
            if (_run is not null) return;
            _adverts.Begin(Term.None);
            _ = _adverts.WriteNext(_frame);
        }
    }

    // Without a term the thread wakes all the same: stalls are noticed on a standby too.
    private Moment NextWake
    {
        get
        {
            lock (_gate) return _run?.NextWake ?? BootClock.Instance.Now + _options.Interval;
        }
    }

    /// <summary>Sends what is due, and looks at the clock.</summary>
    /// <param name="wake">When the thread was to wake.</param>
    /// <returns>Why the lease has ended; null where it goes on.</returns>
    private string? Step(Moment wake)
    {
        lock (_gate)
        {
            var run = _run;
            var lapsed = run is not null && !TrySend(run);
            var stall = _stalls.Look(wake, BootClock.Instance.Now);
            if (!lapsed) return null;
            _run = null;
            return Lapse(run!, stall);
        }
    }

    /// <summary>Sends an advert if it is time.</summary>
    /// <returns>False where the lease has ended.</returns>
    private bool TrySend(AdvertRun run)
    {
        var before = BootClock.Instance.Now;
        if (before < run.NextWake) return true;
        if (before >= run.LeaseEnd) return false;
        var length = _adverts.WriteNext(_frame);
        var left = _port.TrySend(_frame.AsSpan(0, length));
        Count(left, before, before - run.Due);
        // Whatever held the thread up while it sent held the lease up too: the guard has ended it by now.
        if (BootClock.Instance.Now >= run.LeaseEnd) return false;
        run.Advance(before, left);
        if (left) _options.Lease.Extend(run.LeaseEnd);
        return true;
    }

    private static string Lapse(AdvertRun run, Stall stall) => run.Unsent > 0
        ? $"no advert has left for {(stall.At - run.LeaseStart).TotalMilliseconds:F0} ms: the last {run.Unsent} could not be sent"
        : $"the advert of term {run.Term} was {(stall.At - run.Due).TotalMilliseconds:F0} ms late, and the lease of {run.Lease.TotalMilliseconds:F0} ms has ended; held up for {stall}";

    private void Count(bool left, Moment at, TimeSpan late)
    {
        _lateness.Add(late);
        if (left)
        {
            Volatile.Write(ref _sent, _sent + 1);
            Volatile.Write(ref _last, at.Nanoseconds);
        }
        else
        {
            Volatile.Write(ref _failures, _failures + 1);
        }
    }
}
