using Akka.Actor.Setup;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// Connections of the cluster port whose certificate was refused: written by the transport, read by <see cref="PeerLinkActor"/>, which finds it among the
/// ActorSystem's setups.
/// </summary>
internal sealed class RefusedConnections : Setup
{
    /// <summary>The counter's name.</summary>
    public const string Reason = "refused-certificate";

    private readonly Lock _gate = new();
    private long _count;
    private string _last = "";

    /// <summary>How many there were, and what was wrong with the last one.</summary>
    public (long Count, string Last) Now
    {
        get
        {
            lock (_gate) return (_count, _last);
        }
    }

    /// <summary>One more.</summary>
    /// <param name="peer">Who it was.</param>
    /// <param name="why">What was wrong.</param>
    /// <returns>Whether it is worth a line in the log: the 1st, 10th, 100th … is.</returns>
    public bool Add(string? peer, string why)
    {
        lock (_gate)
        {
            _last = $"{peer ?? "a client"}: {why}";
            return RefusalCounters.IsPowerOfTen(++_count);
        }
    }
}
