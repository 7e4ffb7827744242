using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Service;

/// <summary>One run of a short program: its last lines and its exit code. Whatever it leaves in its process group ends with it.</summary>
internal sealed class OneRun
{
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private readonly int _mostLines;
    private IChildProcess? _child;
    private Timer? _late;
    private bool _ended;

    private OneRun(int mostLines) => _mostLines = mostLines;

    /// <summary>Starts it.</summary>
    /// <param name="launcher">Starts programs.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">Added to the daemon's own.</param>
    /// <param name="mostLines">How many of its last lines are kept.</param>
    /// <param name="done">Takes exit code and lines once, also after <see cref="Kill"/>; any thread.</param>
    public static OneRun Start(
        IProcessLauncher launcher, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, int mostLines, Action<int, IReadOnlyList<string>> done)
    {
        var run = new OneRun(mostLines);
        var child = launcher.Start(command, environment, run.Take, exitCode => done(exitCode, run.End()));
        lock (run._lock)
        {
            run._child = child;
            if (run._ended) child.Kill();
        }
        return run;
    }

    /// <summary>Starts it, and ends it with its children where it takes longer than <paramref name="bound"/>.</summary>
    /// <inheritdoc cref="Start(IProcessLauncher, IReadOnlyList{string}, IReadOnlyDictionary{string, string}, int, Action{int, IReadOnlyList{string}})"/>
    public static OneRun Start(
        IProcessLauncher launcher, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, int mostLines, TimeSpan bound, Action<int, IReadOnlyList<string>> done)
    {
        var run = Start(launcher, command, environment, mostLines, done);
        lock (run._lock)
        {
            if (!run._ended) run._late = new Timer(_ => run.Kill(), null, bound, Timeout.InfiniteTimeSpan);
        }
        return run;
    }

    /// <summary>Ends it, with its children.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (!_ended) _child?.Kill();
        }
    }

    private void Take(string line)
    {
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > _mostLines) _lines.Dequeue();
        }
    }

    private IReadOnlyList<string> End()
    {
        lock (_lock)
        {
            _ended = true;
            _late?.Dispose();
            _child?.Kill();
            return [.. _lines];
        }
    }
}
