namespace AkkaFailover.Daemon.Configuration;

/// <summary>The configuration file and the files that it names.</summary>
/// <param name="self">Full path of the configuration file.</param>
/// <param name="time">The clock that certificates are judged by.</param>
/// <param name="findings">Where errors go.</param>
internal sealed class ConfigurationFiles(string self, TimeProvider time, Findings findings)
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Full path of the configuration file.</summary>
    public string Self { get; } = self;

    /// <summary>Now, by the wall clock.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>The text of the configuration file; null, with an error, where it cannot be read.</summary>
    public string? ReadSelf(int largest)
    {
        try
        {
            if (new FileInfo(Self).Length <= largest) return File.ReadAllText(Self);
            findings.Error(Self, "", $"larger than {largest} bytes", "a configuration is a few kilobytes: is this the right file?");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Error(Self, "", $"cannot be read: {e.Message}", "name a configuration file that this user may read");
        }
        return null;
    }

    /// <summary>The full path of a file that the configuration names.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, Path.GetDirectoryName(Self)!);

    /// <summary>Warns where others than the owner may read or write a file with a secret.</summary>
    public static void WarnIfOpen(string path, Setting setting)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(path) || (File.GetUnixFileMode(path) & Others) == 0) return;
        setting.Warning($"others than its owner may read or write {path}, which holds a secret", $"chmod 600 {path}");
    }
}
