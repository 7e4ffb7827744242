using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Cluster;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// Published on the EventStream: this ActorSystem cannot be linked with the peer's any more, whatever happens, and no group
/// here is active. The daemon ends, to be started again.
/// </summary>
/// <param name="Reason">For the log.</param>
public sealed record LinkBroken(string Reason);

/// <summary>Takes this node into the one cluster of the pair; <see cref="MembershipRule"/> decides, this does it.</summary>
internal sealed class ClusterMembership(ActorSystem system, Address peer, bool first)
{
    /// <summary>Two clusters must be seen for this long before a node yields: gossip needs a moment to tell.</summary>
    public static readonly TimeSpan IslandGrace = TimeSpan.FromSeconds(5);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(system);
    private ulong? _joined;
    private Moment? _islandSince;
    private string? _broken;
    private bool _told;

    /// <summary>This run's number, the one by which Akka itself tells runs apart.</summary>
    public ulong Incarnation => IncarnationOf(_cluster.SelfUniqueAddress);

    /// <summary>This node's place now.</summary>
    /// <param name="peerIncarnation">The peer's present run; null where it is not known.</param>
    public Membership Own(ulong? peerIncarnation)
    {
        var members = _cluster.State.Members;
        return new Membership(
            members.Any(member => member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)),
            members.Any(member => member.Address.Equals(peer) && IncarnationOf(member.UniqueAddress) == peerIncarnation));
    }

    /// <summary>Takes the next step, knowing what the peer just said of its own place.</summary>
    public void Consider(Membership other, ulong peerIncarnation, bool ownBusy, bool peerBusy, Moment now)
    {
        if (_cluster.IsTerminated)
        {
            Break("this node was removed from the cluster");
            return;
        }
        var step = MembershipRule.Next(Own(peerIncarnation), other, first, ownBusy, peerBusy);
        _islandSince = step == MembershipStep.Yield ? _islandSince ?? now : null;
        switch (step)
        {
            case MembershipStep.Form when _joined != Incarnation:
                Join(_cluster.SelfAddress, Incarnation);
                break;
            case MembershipStep.JoinOther when _joined != peerIncarnation:
                Join(peer, peerIncarnation);
                break;
            case MembershipStep.Yield when now - _islandSince > IslandGrace:
                Break("both nodes are members, but of two clusters");
                break;
        }
    }

    /// <summary>Notes why this ActorSystem is of no use any more.</summary>
    public void Break(string reason) => _broken ??= reason;

    /// <summary>Says so, once, as soon as nothing here is in use.</summary>
    public void TellBroken(bool busy)
    {
        if (_broken is null || busy || _told) return;
        _told = true;
        system.EventStream.Publish(new LinkBroken(_broken));
    }

    /// <summary>The members as commands show them.</summary>
    public IReadOnlyList<ClusterMember> Members() =>
        [.. _cluster.State.Members.Select(member =>
            new ClusterMember(member.Address.ToString(), member.Status.ToString().ToLowerInvariant(), !_cluster.State.Unreachable.Contains(member)))];

    /// <summary>Akka repeats an attempt by itself; once for each run of the target is enough.</summary>
    private void Join(Address target, ulong incarnation)
    {
        _joined = incarnation;
        _cluster.Join(target);
    }

    private static ulong IncarnationOf(Akka.Cluster.UniqueAddress address) => (uint)address.Uid;
}
