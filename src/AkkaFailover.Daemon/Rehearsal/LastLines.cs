namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>The last lines of a program: the very last one is often only a hint where to read on. Any thread.</summary>
internal sealed class LastLines
{
    private const int Kept = 3;
    private readonly Queue<string> _lines = new();

    /// <summary>Takes a line.</summary>
    public void Take(string line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Kept) _lines.Dequeue();
        }
    }

    /// <summary>In one line; empty where there was none.</summary>
    public override string ToString()
    {
        lock (_lines) return string.Join(" | ", _lines);
    }
}
