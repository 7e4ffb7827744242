namespace AkkaFailover.Daemon.Configuration;

/// <summary>Whether the state directory keeps what is written: terms and journal depend on it.</summary>
internal static class StateDirectoryCheck
{
    private const string Path = "failover.state-dir";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Enough that a disk with a few free bytes left does not pass.</summary>
    private const int ProbeSize = 1 << 20;

    public static void Run(string directory, Findings findings)
    {
        try
        {
            if (!OperatingSystem.IsLinux()) return;
            Directory.CreateDirectory(directory, OwnerOnly);
            // Not mended: an administrator who named /var/lib by mistake must be able to mend that first.
            if ((File.GetUnixFileMode(directory) & ~OwnerOnly) != 0)
                findings.Warning(Path, directory, "others than its owner may look into it, and the journal holds secrets", $"chmod 700 {directory}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Error(Path, directory, $"cannot be created: {e.Message}", "name a directory on a writable disk, or create it for the daemon's user");
            return;
        }
        var probe = System.IO.Path.Combine(directory, $".probe-{Environment.ProcessId}");
        try
        {
            using var file = new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, 4096, FileOptions.DeleteOnClose);
            file.Write(new byte[ProbeSize]);
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Error(Path, directory, $"cannot be written: {e.Message}", "free space on its disk, mount it writable, or give it to the daemon's user");
        }
    }
}
