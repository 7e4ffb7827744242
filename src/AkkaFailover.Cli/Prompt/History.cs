namespace AkkaFailover.Cli.Prompt;

/// <summary>Typed lines, kept in $XDG_STATE_HOME/failoverctl/history (mode 0600); without a place to keep them, only for this session.</summary>
internal sealed class History
{
    private const int Most = 1_000;

    private readonly string? _file;

    private History(string? file, List<string> lines) => (_file, Lines) = (file, lines);

    /// <summary>Oldest first.</summary>
    public List<string> Lines { get; }

    /// <summary>Reads the lines of earlier sessions.</summary>
    public static History Open(Func<string, string?> environment)
    {
        var state = environment("XDG_STATE_HOME") is { Length: > 0 } given ? given
            : environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "state")
            : null;
        if (state is null) return new History(null, []);
        var file = Path.Combine(state, "failoverctl", "history");
        return new History(file, TryOr(() => File.Exists(file) ? [.. File.ReadLines(file).TakeLast(Most)] : [], new List<string>()));
    }

    /// <summary>Adds a line, unless it repeats the last one. Values of <c>config set</c> are as secret as the file is.</summary>
    public void Add(string line)
    {
        if (Lines.Count > 0 && Lines[^1] == line) return;
        Lines.Add(line);
        if (Lines.Count > Most) Lines.RemoveAt(0);
        if (_file is not null) TryOr(() => Write(_file), false);
    }

    private bool Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var writer = new StreamWriter(stream);
        foreach (var line in Lines) writer.WriteLine(line);
        return true;
    }

    private static T TryOr<T>(Func<T> act, T otherwise)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return otherwise;
        }
    }
}
