using System.Net;
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
    string PeerFile)
{
    /// <summary>Source address of adverts and questions.</summary>
    /// <exception cref="LanUnavailableException">The interface has no IPv4 address of its own.</exception>
    public IPAddress Source() =>
        Group.Heartbeat.SourceAddress
        ?? Lan.Addresses(Group.Interface).Except(Group.VirtualAddresses.Select(a => a.Address)).FirstOrDefault()
        ?? throw new LanUnavailableException($"interface {Group.Interface} has no IPv4 address of its own to send adverts from: add one, or set heartbeat.source-address");

    /// <summary>Opens the interface for adverts, and for the answers on the LAN.</summary>
    /// <exception cref="LanUnavailableException">No such interface, not permitted, or libpcap is missing.</exception>
    public ILanPort Open(FrameHandler receive) =>
        Lan.Open(new LanRequest(Group.Interface, LanFrames.Filter(Group), [Group.Heartbeat.Carp.Destination], receive));

    /// <summary>Finds out at start what would end the heartbeat later.</summary>
    /// <exception cref="LanUnavailableException">The interface cannot be used, or has no IPv4 address.</exception>
    public void Check()
    {
        _ = Source();
        Open((_, _) => { }).Dispose();
    }
}
