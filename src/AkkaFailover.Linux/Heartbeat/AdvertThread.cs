using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
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
    private readonly LatenessHistogram _lateness = new();
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
    public AdvertsSent Sent => new(Volatile.Read(ref _sent), Volatile.Read(ref _failures), new Moment(Volatile.Read(ref _last)), _lateness.Counts, _realTime);

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
        while (!_ended)
        {
            if (Step() is { } lapse) _options.Lapsed(lapse);
            var wake = NextWake;
            _timer.Set(wake);
            // A command given in between has set the timer too, and was overwritten: it shows in the state.
            if (!_ended && NextWake >= wake) _timer.Wait();
        }
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

    private Moment NextWake
    {
        get
        {
            lock (_gate) return _run?.NextWake ?? Moment.Never;
        }
    }

    /// <summary>Sends what is due.</summary>
    /// <returns>Why the lease has ended; null where it goes on.</returns>
    private string? Step()
    {
        lock (_gate)
        {
            if (_run is not { } run) return null;
            var before = BootClock.Instance.Now;
            if (before < run.NextWake) return null;
            if (before >= run.LeaseEnd) return Lapse(run, before);
            var length = _adverts.WriteNext(_frame);
            var left = _port.TrySend(_frame.AsSpan(0, length));
            Count(left, before, before - run.Due);
            // Whatever held the thread up while it sent held the lease up too: the guard has ended it by now.
            var after = BootClock.Instance.Now;
            if (after >= run.LeaseEnd) return Lapse(run, after);
            run.Advance(before, left);
            if (left) _options.Lease.Extend(run.LeaseEnd);
            return null;
        }
    }

    private string Lapse(AdvertRun run, Moment now)
    {
        _run = null;
        var late = (now - run.Due).TotalMilliseconds;
        return run.Unsent > 0
            ? $"no advert has left for {(now - run.LeaseStart).TotalMilliseconds:F0} ms: the last {run.Unsent} could not be sent"
            : $"the advert of term {run.Term} was {late:F0} ms late, and the lease of {run.Lease.TotalMilliseconds:F0} ms has ended";
    }

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
