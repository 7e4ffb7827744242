using Akka.Event;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Service;

/// <summary>
/// Takes the output of one child into the log, at a bounded rate, and keeps its last words. A child that writes more is told
/// so, once for each interval. Called by whichever thread reads.
/// </summary>
internal sealed class OutputLog(string prefix, ILoggingAdapter log, IMonotonicClock clock)
{
    /// <summary>Lines that are logged in each interval.</summary>
    public const int MaxLines = 50;

    /// <summary>The interval.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Moment _intervalEnd = Moment.Zero;
    private int _lines;
    private volatile string _lastWords = "";

    /// <summary>The last line; empty where there was none.</summary>
    public string LastWords => _lastWords;

    /// <summary>Takes one line.</summary>
    public void Take(string line)
    {
        _lastWords = line;
        int suppressed;
        bool take;
        lock (_lock)
        {
            suppressed = BeginInterval();
            take = ++_lines <= MaxLines;
        }
        if (suppressed > 0) log.Warning("{0}: {1} more lines were not logged", prefix, suppressed);
        if (take) log.Info("{0}: {1}", prefix, line);
    }

    /// <summary>Begins the next interval if it is time; how many lines of the one before were not logged.</summary>
    private int BeginInterval()
    {
        if (clock.Now < _intervalEnd) return 0;
        _intervalEnd = clock.Now + Interval;
        var suppressed = Math.Max(0, _lines - MaxLines);
        _lines = 0;
        return suppressed;
    }
}
