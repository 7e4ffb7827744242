using AkkaFailover.Core.Paths;

namespace AkkaFailover.Daemon.Paths;

/// <summary>Keeps what somebody edited where the entries win: <c>state-dir/drift/GROUP/NAME/….TIMESTAMP</c>, the last ones.</summary>
internal sealed class DriftFolder(string folder)
{
    /// <summary>Most copies of one path; the oldest go.</summary>
    public const int MaxCopies = 256;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Keeps a copy of a file, or a link's target as a file; a folder has nothing to keep.</summary>
    /// <exception cref="IOException">It could not be kept.</exception>
    public void Keep(string relative, PathRecord record, DateTimeOffset now)
    {
        if (record.Kind == PathKind.Folder) return;
        // One flat folder: a slash becomes what no name of a file has to be told from, and the order of names within a path is that of time.
        var name = relative.Length == 0 ? "file" : relative.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);
        if (name.Length > 60) name = string.Concat("…", name.AsSpan(name.Length - 60));
        Directory.CreateDirectory(folder, OwnerOnly);
        var file = Path.Combine(folder, $"{name}.{now.UtcDateTime:yyyyMMdd'T'HHmmss.fffffff'Z'}");
        using (var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            stream.Write(record.Content);
            stream.Flush(flushToDisk: true);
        }
        foreach (var old in new DirectoryInfo(folder).GetFiles().OrderByDescending(copy => copy.LastWriteTimeUtc).Skip(MaxCopies)) old.Delete();
    }
}
