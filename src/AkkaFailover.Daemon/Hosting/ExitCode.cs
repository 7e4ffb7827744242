namespace AkkaFailover.Daemon.Hosting;

/// <summary>The daemon's exit codes.</summary>
public static class ExitCode
{
    /// <summary>Stopped in good order.</summary>
    public const int Done = 0;

    /// <summary>The daemon failed while it ran.</summary>
    public const int Failed = 1;

    /// <summary>The configuration is wrong, or this host is not as it wants it.</summary>
    public const int Configuration = 2;

    /// <summary>Wrong command line (EX_USAGE).</summary>
    public const int Usage = 64;
}
