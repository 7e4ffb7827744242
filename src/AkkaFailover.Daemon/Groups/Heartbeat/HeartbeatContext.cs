using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Groups;

/// <summary>What a heartbeat works with.</summary>
/// <param name="Group">The group's settings.</param>
/// <param name="Terms">The terms that are this node's own.</param>
/// <param name="Clock">Time.</param>
/// <param name="Lan">The host's interfaces.</param>
/// <param name="Keeper">Gets the lease, and the release advert it sends when this process cannot.</param>
/// <param name="Link">The cluster link; gets <see cref="Cluster.GroupLan"/>.</param>
/// <param name="PeerFile">Path of <c>state-dir/GROUP.peer</c>.</param>
public sealed record HeartbeatContext(
    GroupSettings Group,
    TermSeries Terms,
    IMonotonicClock Clock,
    ILanHost Lan,
    IAddressKeeper Keeper,
    IActorRef Link,
    string PeerFile);
