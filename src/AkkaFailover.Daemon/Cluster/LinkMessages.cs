using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>Something one group says to its other half over the cluster link; serialized with Protobuf, never polymorphically.</summary>
public abstract record LinkPayload;

/// <summary>Payloads for the peer's election.</summary>
public abstract record ElectionPayload : LinkPayload;

/// <summary>A beat.</summary>
public sealed record Beat(PeerBeat Value) : ElectionPayload;

/// <summary>The sender's addresses are off.</summary>
/// <param name="Term">The term that was held.</param>
/// <param name="Echo">When the receiver sent the last beat that the sender has heard, by the receiver's clock; null for none.</param>
public sealed record Released(Term Term, Moment? Echo) : ElectionPayload;

/// <summary>Payloads for the peer's replica; their records are in the Replica folder.</summary>
public abstract record ReplicaPayload : LinkPayload;

/// <summary>Hosts of the group's LAN that have answered the sender lately: the peer asks the same ones when it asks whether it is alone.</summary>
/// <param name="Addresses">At most <see cref="Most"/>.</param>
public sealed record NeighboursHeard(IReadOnlyList<IPAddress> Addresses) : LinkPayload
{
    /// <summary>How many are asked in a round, and told to the peer.</summary>
    public const int Most = 8;
}

/// <summary>To the link: send this to the same group of the peer. Never queued for a peer that is not connected: it is dropped then.</summary>
public sealed record SendToPeer(GroupName Group, LinkPayload Payload);

/// <summary>From the link to a group's replica: the peer's replica said this.</summary>
public sealed record FromPeer(ReplicaPayload Payload);

/// <summary>
/// To the link: this group's actors. The link sends <see cref="BeatHeard"/>, <see cref="PeerReleased"/>,
/// <see cref="LinkChanged"/>, <see cref="PeerGreeted"/> and alarms to the election, <see cref="FromPeer"/> and
/// <see cref="LinkChanged"/> to the replica, and <see cref="PeerLanKnown"/> to the heartbeat.
/// </summary>
public sealed record RegisterGroup(GroupHandle Group);

/// <summary>From a group's heartbeat to the link: what this node is on the LAN; part of the greeting.</summary>
public sealed record GroupLan(GroupName Group, IPAddress Source, MacAddress Mac);

/// <summary>From the link to a group's heartbeat: what the peer is on the LAN.</summary>
public sealed record PeerLanKnown(IPAddress Source, MacAddress Mac);

/// <summary>Asks the link for a <see cref="ClusterReport"/>.</summary>
public sealed record GetCluster;

/// <summary>The link and the membership as commands show them.</summary>
/// <param name="Node">This node.</param>
/// <param name="Listen">Where it listens.</param>
/// <param name="Members">Members of the Akka.Cluster: address and status word; empty where this node is in none.</param>
/// <param name="Peers">The configured peers.</param>
public sealed record ClusterReport(string Node, string Listen, IReadOnlyList<ClusterMember> Members, IReadOnlyList<ClusterPeer> Peers);

/// <summary>A member of the Akka.Cluster.</summary>
public sealed record ClusterMember(string Address, string Status, bool Reachable);

/// <summary>A configured peer.</summary>
/// <param name="Node">Its name.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Status">The link's transport.</param>
/// <param name="ProtocolVersion">What was agreed on; 0 before a greeting.</param>
/// <param name="Software">The peer's software version; empty before a greeting.</param>
/// <param name="RoundTripMilliseconds">Of the last greeting or keep-alive; null before.</param>
/// <param name="Differences">How its configuration differs from ours; empty where it does not.</param>
/// <param name="Refused">What arrived and was dropped, or could not be sent, by reason.</param>
public sealed record ClusterPeer(
    string Node,
    string Address,
    LinkStatus Status,
    int ProtocolVersion,
    string Software,
    double? RoundTripMilliseconds,
    IReadOnlyList<string> Differences,
    IReadOnlyDictionary<string, long> Refused);
