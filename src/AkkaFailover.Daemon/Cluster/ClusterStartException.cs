namespace AkkaFailover.Daemon.Cluster;

/// <summary>The link cannot be set up as configured; the message says where, what and how to mend it.</summary>
public sealed class ClusterStartException : Exception
{
    /// <summary>Makes one.</summary>
    public ClusterStartException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
