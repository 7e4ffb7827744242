using System.Globalization;
using System.Net;

namespace AkkaFailover.Core.Settings;

/// <summary>One validated configuration of a daemon; built by the HOCON loader, never partly valid.</summary>
/// <param name="Node">This node's name.</param>
/// <param name="StateDir">Journal, terms, replica; mode 0700.</param>
/// <param name="ControlSocket">Path of the control socket.</param>
/// <param name="Cluster">Addresses and certificates of the pair.</param>
/// <param name="Journal">Where configuration changes are journaled.</param>
/// <param name="Log">Sinks and level.</param>
/// <param name="Groups">At least one.</param>
/// <param name="StopTimeout">How long a stop may take in all before the addresses are released without further waiting.</param>
/// <param name="Notify">Command run on each role change with the facts in its environment; empty for none.</param>
public sealed record FailoverSettings(
    NodeName Node,
    string StateDir,
    string ControlSocket,
    ClusterSettings Cluster,
    JournalSettings Journal,
    LogSettings Log,
    IReadOnlyList<GroupSettings> Groups,
    TimeSpan StopTimeout,
    IReadOnlyList<string> Notify)
{
    /// <summary>The terms that are this node's own.</summary>
    public TermSeries TermSeries => TermSeries.For(Node, Cluster.Peers.Keys);
}

/// <summary>A host (name or address) and a TCP port.</summary>
public sealed record HostPort(string Host, int Port)
{
    /// <summary>Reads <c>HOST</c>, <c>HOST:PORT</c>, <c>[IPV6]:PORT</c>.</summary>
    /// <returns>False where the text has another form.</returns>
    public static bool TryParse(string text, int defaultPort, out HostPort? value)
    {
        value = null;
        var host = text;
        var port = defaultPort;
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        if (colon > bracket && (bracket > 0 || text.IndexOf(':', StringComparison.Ordinal) == colon))
        {
            host = text[..colon];
            if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)) return false;
        }
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        if (port is < 1 or > 65535 || Uri.CheckHostName(host) == UriHostNameType.Unknown) return false;
        value = new HostPort(host, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

/// <summary>The cluster link.</summary>
/// <param name="Listen">Where this node listens.</param>
/// <param name="Peers">The other nodes; exactly one for a pair.</param>
/// <param name="Tls">Null only where <c>tls.enabled = off</c>.</param>
public sealed record ClusterSettings(HostPort Listen, IReadOnlyDictionary<NodeName, HostPort> Peers, TlsSettings? Tls);

/// <summary>PEM files of the mutual TLS.</summary>
public sealed record TlsSettings(string CertificateFile, string KeyFile, string CaFile);

/// <summary>Where configuration changes are journaled.</summary>
/// <param name="Provider">The database.</param>
/// <param name="ConnectionString">For PostgreSQL, in UTF-8; null for SQLite, whose file lies in the state directory.</param>
public sealed record JournalSettings(JournalProvider Provider, Secret? ConnectionString);

/// <summary>A journal's database.</summary>
public enum JournalProvider
{
    /// <summary>Embedded, in the state directory, WAL with synchronous FULL.</summary>
    Sqlite,

    /// <summary>A server.</summary>
    PostgreSql,
}

/// <summary>Where log lines go.</summary>
/// <param name="Level">verbose, debug, information, warning or error.</param>
/// <param name="File">A rolling file of structured JSON lines; null for none.</param>
public sealed record LogSettings(string Level, string? File)
{
    /// <summary>Whether lines for people go to stderr.</summary>
    public bool Console { get; init; } = true;
}

/// <summary>One group: addresses, heartbeat, replica and service that fail over as one.</summary>
/// <param name="Name">Unique within the daemon and the same on both nodes.</param>
/// <param name="Interface">Heartbeats, and addresses that name no other interface.</param>
/// <param name="VirtualAddresses">At least one.</param>
/// <param name="Heartbeat">Protocol and timing.</param>
/// <param name="ProbeAddress">Rule 3, see it gone; off for switches that suppress ARP.</param>
/// <param name="Witnesses">Addresses a claimer must reach one of; empty for none.</param>
/// <param name="Config">The replica.</param>
/// <param name="Service">The managed service.</param>
public sealed record GroupSettings(
    GroupName Name,
    string Interface,
    IReadOnlyList<VirtualAddress> VirtualAddresses,
    HeartbeatSettings Heartbeat,
    bool ProbeAddress,
    IReadOnlyList<IPAddress> Witnesses,
    ReplicaSettings Config,
    ServiceSettings Service)
{
    /// <summary>The address that rule 3 asks for; null where none is on the heartbeat's interface.</summary>
    public VirtualAddress? ProbedAddress => VirtualAddresses.FirstOrDefault(address => address.Interface == Interface);
}

/// <summary>The replica's rules.</summary>
/// <param name="ClaimWhenStale">Whether a standby that knows it is behind may claim.</param>
/// <param name="Acknowledge">When a change counts.</param>
/// <param name="StartWait">How long a node that was neither active nor in sync waits for its peer before a stale claim.</param>
public sealed record ReplicaSettings(bool ClaimWhenStale, AcknowledgeMode Acknowledge, TimeSpan StartWait)
{
    /// <summary>What judges a change before it is acknowledged; null for nothing.</summary>
    public ValidationSettings? Validation { get; init; }

    /// <summary>Watched files and folders: name and where it lives on this node.</summary>
    public IReadOnlyDictionary<string, string> Paths { get; init; } = new Dictionary<string, string>();

    /// <summary>SQLite databases: name and where it lives on this node.</summary>
    public IReadOnlyDictionary<string, string> Databases { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a claim waits for the watched paths to be written.</summary>
    public TimeSpan PathsTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two full comparisons of the watched paths.</summary>
    public TimeSpan PathsInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The keys whose values are shown as fingerprints.</summary>
    public SecretKeys SecretKeys { get; init; } = SecretKeys.None;
}

/// <summary>A command that judges changes.</summary>
/// <param name="Command">Program and arguments.</param>
/// <param name="Timeout">How long it may take for one change.</param>
public sealed record ValidationSettings(IReadOnlyList<string> Command, TimeSpan Timeout);

/// <summary>When a change is acknowledged.</summary>
public enum AcknowledgeMode
{
    /// <summary>By both nodes while both are there, else by the active alone.</summary>
    Both,

    /// <summary>By both nodes, else refused.</summary>
    BothOrRefuse,

    /// <summary>By the active alone; the standby follows.</summary>
    Local,
}
