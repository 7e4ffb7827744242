using System.Text;

namespace AkkaFailover.Linux.Rehearsal;

/// <summary>What a service wrote into log files of the rehearsal, which end with it.</summary>
/// <param name="roots">Where everything is that was written.</param>
/// <param name="since">Younger files are its own.</param>
internal sealed class RoomLogs(IReadOnlyList<string> roots, DateTime since)
{
    private const int MostFiles = 10_000;
    private const int LastLines = 3;
    private const int LastBytes = 4096;

    private static readonly EnumerationOptions All = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    /// <summary>The end of the log that was written last; empty where there is none.</summary>
    public string End()
    {
        try
        {
            var newest = roots.Where(Directory.Exists).SelectMany(root => new DirectoryInfo(root).EnumerateFiles("*", All)).Take(MostFiles)
                .Where(file => file.Name.Contains("log", StringComparison.OrdinalIgnoreCase) && file.LastWriteTimeUtc >= since && file.Length > 0)
                .MaxBy(file => file.LastWriteTimeUtc);
            return newest is null ? "" : $"{newest.Name} ends: {string.Join(" | ", LinesOf(newest))}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it explains a failure, and is none
        }
    }

    private static IEnumerable<string> LinesOf(FileInfo file)
    {
        using var stream = file.OpenRead();
        stream.Position = Math.Max(0, stream.Length - LastBytes);
        var bytes = new byte[LastBytes];
        var text = Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, LastBytes, throwOnEndOfStream: false));
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(LastLines)
            .Select(line => string.Concat(line.Select(c => char.IsControl(c) ? ' ' : c)));
    }
}
