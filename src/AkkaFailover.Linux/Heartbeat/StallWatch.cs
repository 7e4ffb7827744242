using AkkaFailover.Core;
using AkkaFailover.Core.Stalls;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Heartbeat;

/// <summary>
/// Notices how long its thread was held up, and by what. The thread looks each time that it has run; that neither waits nor allocates.
/// Any thread reads what was noticed.
/// </summary>
internal sealed class StallWatch
{
    private readonly Histogram _lengths = new(Stall.Bounds);
    private ThreadDelays? _delays;
    private TimeSpan _collected;
    private TimeSpan _starved;

    // Odd while the longest is being written: a reader tries again.
    private long _version;
    private Stall _longest;

    /// <summary>How many stalls there were, by <see cref="Stall.Bounds"/>.</summary>
    public IReadOnlyList<long> Counts => _lengths.Counts;

    /// <summary>The longest one; null before the first.</summary>
    public Stall? Longest
    {
        get
        {
            while (true)
            {
                var version = Volatile.Read(ref _version);
                var longest = _longest;
                Interlocked.MemoryBarrier();
                if (version % 2 == 0 && version == Volatile.Read(ref _version)) return version == 0 ? null : longest;
                Thread.Yield();
            }
        }
    }

    /// <summary>Begins, on the thread that is to be watched.</summary>
    public void Begin()
    {
        _delays = ThreadDelays.OfThisThread();
        _ = Look(Moment.Zero, Moment.Zero);
    }

    /// <summary>The thread has run.</summary>
    /// <param name="due">When it should have.</param>
    /// <param name="done">When it had.</param>
    /// <returns>What held it up meanwhile, however shortly.</returns>
    public Stall Look(Moment due, Moment done)
    {
        var (collected, starved) = (GC.GetTotalPauseDuration(), _delays?.Total ?? TimeSpan.Zero);
        var stall = new Stall(done, done > due ? done - due : TimeSpan.Zero, collected - _collected, starved - _starved);
        (_collected, _starved) = (collected, starved);
        if (stall.Length >= Stall.Shortest) Count(stall);
        return stall;
    }

    /// <summary>Closes what it reads from.</summary>
    public void End() => _delays?.Dispose();

    private void Count(in Stall stall)
    {
        _lengths.Add(stall.Length);
        if (_version > 0 && stall.Length <= _longest.Length) return;
        Volatile.Write(ref _version, _version + 1);
        Interlocked.MemoryBarrier();
        _longest = stall;
        Volatile.Write(ref _version, _version + 1);
    }
}
