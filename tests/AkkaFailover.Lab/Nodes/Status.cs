using System.Text.Json;

namespace AkkaFailover.Lab.Nodes;

/// <summary>What <c>failoverctl status --output json</c> answers, as far as the contract fixes it.</summary>
public sealed record Status(int Schema, string Node, IReadOnlyList<GroupStatus> Groups)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The only group of the lab.</summary>
    public GroupStatus Group => Groups.Single();

    /// <summary>Reads the answer.</summary>
    public static Status Parse(string json) => JsonSerializer.Deserialize<Status>(json, Json) ?? throw new LabException("an empty status");
}

/// <summary>One group.</summary>
public sealed record GroupStatus(
    string Name,
    string Role,
    uint Term,
    bool Eligible,
    IReadOnlyList<string> Addresses,
    bool HoldsAddresses,
    ConfigStatus Config,
    ServiceStatus Service,
    IReadOnlyList<PeerStatus> Peers,
    IReadOnlyList<JsonElement> Alarms)
{
    /// <summary>The alarms as one text.</summary>
    public string AlarmText => string.Join('\n', Alarms.Select(alarm => alarm.GetRawText()));

    /// <summary>Since when an alarm stands, by the node's own wall clock; null where it does not.</summary>
    public DateTimeOffset? AlarmSince(string kind) =>
        Alarms.Where(alarm => alarm.GetProperty("kind").GetString() == kind).Select(alarm => (DateTimeOffset?)alarm.GetProperty("since").GetDateTimeOffset()).FirstOrDefault();
}

/// <summary>The replica.</summary>
public sealed record ConfigStatus(long Version, string Digest, bool InSync, Unreplicated Unreplicated);

/// <summary>What the peer does not have yet.</summary>
public sealed record Unreplicated(long Versions, double Seconds);

/// <summary>The managed service.</summary>
public sealed record ServiceStatus(string Type, string State);

/// <summary>The other node, as this one sees it.</summary>
public sealed record PeerStatus(string Node, string Role, long? Version, EvidenceStatus Evidence);

/// <summary>What each path says.</summary>
public sealed record EvidenceStatus(string Heartbeat, string Cluster, string Lan);
