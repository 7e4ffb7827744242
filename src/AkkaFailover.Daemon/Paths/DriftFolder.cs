namespace AkkaFailover.Daemon.Paths;

/// <summary>Keeps what somebody edited where the entries win: <c>state-dir/drift/GROUP/NAME/….TIMESTAMP</c>, the last ones.</summary>
internal sealed class DriftFolder(string folder)
{
    /// <summary>Most copies of one path; the oldest go.</summary>
    public const int MaxCopies = 256;

    /// <summary>Most bytes of all copies of one path but the last one; the oldest go.</summary>
    public const long MaxBytes = 1L << 30;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Keeps a copy of a file, or a link's target as a file.</summary>
    /// <exception cref="IOException">It could not be kept; nothing of it is left.</exception>
    public void Keep(string relative, Stream content, DateTimeOffset now)
    {
        // One flat folder: a slash becomes what no name of a file has to be told from, and the order of names within a path is that of time.
        var name = relative.Length == 0 ? "file" : relative.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);
        if (name.Length > 60) name = string.Concat("…", name.AsSpan(name.Length - 60));
        Directory.CreateDirectory(folder, OwnerOnly);
        Write(Path.Combine(folder, $"{name}.{now.UtcDateTime:yyyyMMdd'T'HHmmss.fffffff'Z'}"), content);
        var (copies, bytes) = (0, 0L);
        foreach (var copy in new DirectoryInfo(folder).GetFiles().OrderByDescending(copy => copy.LastWriteTimeUtc))
        {
            if (copies > 0) bytes += copy.Length;
            if (++copies > MaxCopies || bytes > MaxBytes) copy.Delete();
        }
    }

    private static void Write(string file, Stream content)
    {
        try
        {
            using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            content.CopyTo(stream);
            stream.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            File.Delete(file);
            throw;
        }
    }
}
