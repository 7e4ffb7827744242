namespace AkkaFailover.Daemon.Control;

/// <summary>The software's version.</summary>
public static class DaemonVersion
{
    /// <summary>Such as 0.1.0.</summary>
    public static readonly string Text = typeof(DaemonVersion).Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
