using Akka.Event;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// Keeps out of the log what Akka.Remote says each time a connection to an absent peer fails, and each time the peer's
/// <see cref="TcpProbe"/> connects and hangs up; the link says the same once, and when it changes.
/// </summary>
internal static class LogNoise
{
    private static readonly string[] Texts =
    [
        "address is now gated for",
        "Tried to associate with unreachable remote address",
        "Connection was reset by the remote peer",
        "Error: Channel is closed",
        "due to TLS handshake failure",
        "No response from remote",
        "Disassociated",
        "is reported as quarantined, but address cannot be",
        "CoordinatedShutdown invoked",
    ];

    /// <summary>The filter for an ActorSystem with Akka's own loggers; Akka.Hosting's logger does not ask it.</summary>
    public static LogFilterSetup Filter() => Texts.Aggregate(new LogFilterBuilder(), (filter, text) => filter.ExcludeMessageContaining(text)).Build();

    /// <summary>Whether a rendered line is one of these.</summary>
    public static bool Matches(string line) => Array.Exists(Texts, text => line.Contains(text, StringComparison.Ordinal));
}
