namespace AkkaFailover.Lab;

/// <summary>The published programs, as <c>scripts/build.sh</c> leaves them.</summary>
public static class Artifacts
{
    /// <summary>The root of the working copy that this tool was built in.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder that was published to: <c>FAILOVER_ARTIFACTS</c>, or <c>artifacts</c>.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("FAILOVER_ARTIFACTS") is { Length: > 0 } folder ? Path.GetFullPath(folder) : Path.Combine(Repository, "artifacts");

    /// <summary>The daemon.</summary>
    public static string Daemon => Published("akka-failover");

    /// <summary>The command line client.</summary>
    public static string Client => Published("failoverctl");

    private static string Published(string program)
    {
        var path = Path.Combine(Folder, "bin", program);
        return File.Exists(path) ? path : throw new LabException($"{path} does not exist: run scripts/build.sh first");
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "AkkaFailover.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new LabException($"no AkkaFailover.sln above {AppContext.BaseDirectory}: run the lab from a working copy");
    }
}
