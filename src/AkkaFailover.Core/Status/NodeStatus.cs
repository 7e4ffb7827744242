using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Status;

/// <summary>The status of a node as scripts read it: <c>failoverctl status --output json</c>. Fields are added, never renamed or removed.</summary>
/// <param name="Schema">1.</param>
/// <param name="Node">The node that answered.</param>
/// <param name="Groups">In the configuration's order.</param>
public sealed record NodeStatus(int Schema, string Node, IReadOnlyList<GroupStatus> Groups)
{
    /// <summary>The schema that these records are.</summary>
    public const int CurrentSchema = 1;

    /// <summary>As JSON.</summary>
    public JsonNode ToJson() => JsonSerializer.SerializeToNode(this, StatusJson.Default.NodeStatus)!;
}

/// <summary>One group.</summary>
/// <param name="Role">A role's word; "unknown" where the election did not answer.</param>
/// <param name="Term">The term held or claimed under; 0 where none.</param>
/// <param name="HighestTerm">The highest term seen.</param>
/// <param name="SinceSeconds">Seconds in this role.</param>
/// <param name="Eligible">Whether it would claim.</param>
/// <param name="WhyNot">Why not; empty where it would.</param>
/// <param name="Paused">Whether roles are frozen.</param>
/// <param name="Addresses">The group's addresses.</param>
/// <param name="HoldsAddresses">Whether this node has them now.</param>
/// <param name="LeaseSeconds">Seconds the lease still runs; null where nothing is held.</param>
/// <param name="Config">The replicated configuration.</param>
/// <param name="Service">The managed service.</param>
/// <param name="Peers">The other nodes.</param>
/// <param name="Alarms">Alarms now; empty where all is well.</param>
public sealed record GroupStatus(
    string Name,
    string Role,
    uint Term,
    uint HighestTerm,
    double SinceSeconds,
    bool Eligible,
    string WhyNot,
    bool Paused,
    IReadOnlyList<string> Addresses,
    bool HoldsAddresses,
    double? LeaseSeconds,
    ConfigStatus Config,
    ServiceStatus Service,
    IReadOnlyList<PeerStatus> Peers,
    IReadOnlyList<AlarmStatus> Alarms);

/// <summary>The replicated configuration.</summary>
/// <param name="Version">Number of the last change; 0 for none.</param>
/// <param name="Digest">Hash chain up to it.</param>
/// <param name="InSync">On the active: the standby has all of it. Elsewhere: this node has all that was acknowledged.</param>
/// <param name="Unreplicated">What was acknowledged by this node alone.</param>
public sealed record ConfigStatus(long Version, string Digest, bool InSync, UnreplicatedStatus Unreplicated);

/// <summary>What only this node has.</summary>
public sealed record UnreplicatedStatus(long Versions, double Seconds);

/// <summary>The managed service.</summary>
/// <param name="RetrySeconds">Seconds until it is started again; null where it is not between two starts.</param>
public sealed record ServiceStatus(string Type, string State, int? Pid, int Restarts, string Detail, double? RetrySeconds);

/// <summary>Another node, as this one sees it.</summary>
/// <param name="Role">From its last beat; "unknown" without one.</param>
/// <param name="Term">The term it holds or claims under; 0 where none is known.</param>
/// <param name="Version">Its configuration's version as last heard; null before.</param>
public sealed record PeerStatus(string Node, string Role, uint Term, long? Version, bool? Eligible, EvidenceStatus Evidence);

/// <summary>What each path says of a peer: ok, late, lost, silent or unknown.</summary>
public sealed record EvidenceStatus(string Heartbeat, string Cluster, string Lan);

/// <summary>An alarm.</summary>
/// <param name="Kind">Its name in kebab case.</param>
/// <param name="Since">When it began; null where that is not known.</param>
public sealed record AlarmStatus(string Kind, string Text, DateTimeOffset? Since);

/// <summary>The status as JSON, made at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NodeStatus))]
internal sealed partial class StatusJson : JsonSerializerContext;

/// <summary>What the actors of one group reported; null for one that did not answer in time.</summary>
/// <param name="Peers">The other nodes' names.</param>
/// <param name="ServiceType">As configured.</param>
public sealed record GroupFacts(
    string Name,
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> Peers,
    string ServiceType,
    ElectionReport? Election,
    VipReport? Vip,
    ReplicaReport? Replica,
    ServiceReport? Service)
{
    /// <summary>The status that the facts amount to. A part that did not answer is an alarm, and never makes a status fail.</summary>
    public GroupStatus ToStatus() => new(
        Name,
        Election?.Role.Word() ?? "unknown",
        Election?.Term.Value ?? 0,
        Election?.HighestTerm.Value ?? 0,
        Math.Round(Election?.SinceSeconds ?? 0, 3),
        Election?.Eligible ?? false,
        Election is null ? "the election did not answer" : Election.WhyNot,
        Election?.Paused ?? false,
        Addresses,
        Vip?.Holds ?? false,
        Election?.LeaseSeconds is { } lease ? Math.Round(lease, 3) : null,
        Configuration(),
        new ServiceStatus(
            Service?.Type ?? ServiceType, (Service?.State ?? Unanswered).ToString().ToLowerInvariant(),
            Service?.Pid, Service?.Restarts ?? 0, Service?.Detail ?? "", Service?.RetrySeconds is { } retry ? Math.Round(retry, 3) : null),
        [.. Peers.Select(Peer)],
        [.. Alarms()]);

    private ServiceState Unanswered => ServiceType == "none" ? ServiceState.None : ServiceState.Failed;

    private ConfigStatus Configuration()
    {
        var position = Replica?.Position ?? ReplicaPosition.Unread;
        return new ConfigStatus(position.Version, position.Digest, InSync(position),
            new UnreplicatedStatus(Replica?.UnreplicatedVersions ?? 0, Math.Round(Replica?.UnreplicatedSeconds ?? 0, 3)));
    }

    /// <summary>The active asks whether the standby could take over with everything; the standby, whether it could itself.</summary>
    private bool InSync(ReplicaPosition own)
    {
        if (Election?.Role != Role.Active) return own.InSync;
        return Replica is { UnreplicatedVersions: 0, Position.Journal: JournalState.Usable }
            && Election.Peer?.Replica is { InSync: true } peer
            && (peer.Version != own.Version || peer.Digest == own.Digest);
    }

    private PeerStatus Peer(string node)
    {
        var evidence = Election?.Evidence ?? new EvidenceSummary(PathEvidence.Unknown, PathEvidence.Unknown, PathEvidence.Unknown);
        return new PeerStatus(
            node,
            Election?.Peer?.Role.Word() ?? "unknown",
            Election?.Peer?.Term.Value ?? 0,
            Election?.Peer?.Replica.Version ?? Replica?.Peer?.Version,
            Election?.Peer?.Eligible,
            new EvidenceStatus(EvidenceSummary.Word(evidence.Heartbeat), EvidenceSummary.Word(evidence.Cluster), EvidenceSummary.Word(evidence.Lan)));
    }

    private IEnumerable<AlarmStatus> Alarms()
    {
        foreach (var alarm in Election?.Alarms ?? [])
            yield return new AlarmStatus(JsonNamingPolicy.KebabCaseLower.ConvertName(alarm.Kind.ToString()), alarm.Text, alarm.Since);
        foreach (var (part, answered) in new[] { ("election", Election is not null), ("address owner", Vip is not null), ("replica", Replica is not null), ("service", Service is not null) })
            if (!answered) yield return new AlarmStatus("part-unanswered", $"the {part} did not answer: see the daemon's log", null);
    }
}
