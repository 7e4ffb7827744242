using Akka.Event;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// Keeps out of the log what Akka.Remote says each time a connection to an absent peer fails, and each time the peer's
/// <see cref="TcpProbe"/> connects and hangs up; the link says the same once, and when it changes.
/// </summary>
internal static class LogNoise
{
    /// <summary>The filter for the ActorSystem.</summary>
    public static LogFilterSetup Filter() => new LogFilterBuilder()
        .ExcludeMessageContaining("address is now gated for")
        .ExcludeMessageContaining("Tried to associate with unreachable remote address")
        .ExcludeMessageContaining("Connection was reset by the remote peer")
        .ExcludeMessageContaining("Error: Channel is closed")
        .ExcludeMessageContaining("due to TLS handshake failure")
        .ExcludeMessageContaining("CoordinatedShutdown invoked")
        .Build();
}
