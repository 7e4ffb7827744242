namespace AkkaFailover.Daemon.Replica;

/// <summary>The first lines that a command writes, for who asked; called by whichever thread reads.</summary>
internal sealed class CommandWords
{
    /// <summary>Lines that are kept; more are only counted.</summary>
    public const int MaxLines = 20;

    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private int _more;

    /// <summary>Takes a line.</summary>
    public void Take(string line)
    {
        lock (_lock)
        {
            if (_lines.Count < MaxLines) _lines.Add(line);
            else _more++;
        }
    }

    /// <summary>Behind a sentence: a colon and the lines; nothing where it said nothing.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            if (_lines.Count == 0) return ", without a word";
            var more = _more > 0 ? $"\n({_more} more lines)" : "";
            return $":\n{string.Join('\n', _lines)}{more}";
        }
    }
}
