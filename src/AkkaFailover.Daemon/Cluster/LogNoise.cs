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

    /// <summary>Whether a line is one of these, or tells what Akka does without a fault; what the daemon's own actors log never is.</summary>
    /// <param name="source">Akka's name of who logged it; null where it was no part of the actor system.</param>
    /// <param name="isWarning">Whether it is a warning or worse.</param>
    /// <param name="line">The rendered line.</param>
    public static bool Matches(string? source, bool isWarning, string line) =>
        source?.Contains("/user/", StringComparison.Ordinal) != true
        && ((source is not null && !isWarning) || Array.Exists(Texts, text => line.Contains(text, StringComparison.Ordinal)));
}
