using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>This node's groups as the link serves them: whom it tells what, and what it has told already.</summary>
internal sealed class PeerGroups(IReadOnlyList<GroupSettings> settings)
{
    private readonly Dictionary<GroupName, GroupHandle> _handles = [];
    private readonly Dictionary<GroupName, LanStation> _lans = [];
    private readonly Dictionary<GroupName, IReadOnlyList<string>> _differences = [];
    private readonly HashSet<GroupName> _busy = [];
    private readonly HashSet<GroupName> _peerBusy = [];
    private LinkChanged? _link;
    private Greeting? _peer;

    /// <summary>The groups as this node greets with them.</summary>
    public IReadOnlyList<GroupGreeting> Own => [.. settings.Select(group => GroupGreeting.Of(group, _lans.GetValueOrDefault(group.Name)))];

    /// <summary>A group of this node holds its addresses or is about to.</summary>
    public bool Busy => _busy.Count > 0;

    /// <summary>The same for the peer's groups, as it last said.</summary>
    public bool PeerBusy => _peerBusy.Count > 0;

    /// <summary>The registered groups.</summary>
    public IEnumerable<GroupHandle> Handles => _handles.Values;

    /// <summary>How the peer's configuration differs, over all groups.</summary>
    public IReadOnlyList<string> Differences => [.. _differences.Values.SelectMany(texts => texts).Distinct()];

    /// <summary>Takes a group's actors and brings them up to date.</summary>
    public void Register(GroupHandle group)
    {
        _handles[group.Name] = group;
        _differences.Remove(group.Name);
        if (_peer is not null) Greet(group, _peer);
        if (_link is not null) Announce(group, _link);
    }

    /// <summary>Takes what a group's heartbeat knows of its own LAN.</summary>
    /// <returns>Whether that is new.</returns>
    public bool Learn(GroupLan lan)
    {
        var station = new LanStation(lan.Source, lan.Mac);
        if (_lans.TryGetValue(lan.Group, out var known) && known == station) return false;
        _lans[lan.Group] = station;
        return true;
    }

    /// <summary>Tells every group of the link's new state.</summary>
    public void Announce(LinkAnnounced announced)
    {
        _link = new LinkChanged(announced.Status, announced.Detail) { Ended = announced.Ended };
        if (announced.Status == LinkStatus.Refused) _peerBusy.Clear();
        foreach (var group in Handles) Announce(group, _link);
    }

    /// <summary>Tells every group what the peer said of it.</summary>
    public void Greet(Greeting peer)
    {
        _peer = peer;
        foreach (var group in Handles) Greet(group, peer);
    }

    /// <summary>Has every group raise or clear an alarm.</summary>
    public void Tell(ElectionEffect alarm)
    {
        foreach (var group in Handles) group.Election.Tell(alarm);
    }

    /// <summary>Tells every group why there can be no link with the peer.</summary>
    public void Refuse(string obstacle)
    {
        _peer = null;
        foreach (var group in Handles) Compare(group, [obstacle]);
    }

    /// <summary>Notes what an own payload says of this node's role on its way out.</summary>
    public void Sending(GroupName group, LinkPayload payload)
    {
        if (payload is Beat beat) Note(_busy, group, beat);
    }

    /// <summary>Hands a payload of the peer to the part it is for.</summary>
    /// <returns>Null where it was delivered, else why not.</returns>
    public string? Deliver(string name, LinkPayload payload)
    {
        if (!GroupName.TryParse(name, out var group) || !_handles.TryGetValue(group, out var handle)) return "unknown-group";
        switch (payload)
        {
            case Beat beat:
                Note(_peerBusy, group, beat);
                handle.Election.Tell(new BeatHeard(beat.Value));
                return null;
            case Released released:
                handle.Election.Tell(new PeerReleased(released.Term, released.Echo));
                return null;
            case NeighboursHeard neighbours:
                handle.Heartbeat.Tell(neighbours);
                return null;
            case ReplicaPayload replica:
                handle.Replica.Tell(new FromPeer(replica));
                return null;
            default:
                return "unknown-payload";
        }
    }

    private static void Note(HashSet<GroupName> busy, GroupName group, Beat beat)
    {
        if (beat.Value.Role is Role.Replaying or Role.Claiming or Role.Active or Role.Releasing) busy.Add(group);
        else busy.Remove(group);
    }

    private static void Announce(GroupHandle group, LinkChanged change)
    {
        group.Election.Tell(change);
        group.Replica.Tell(change);
    }

    private void Greet(GroupHandle group, Greeting peer)
    {
        var own = GroupGreeting.Of(group.Settings, null);
        Compare(group, [.. GreetingComparison.Compare(own, peer).Select(difference => difference.Text)]);
        if (peer.Groups.FirstOrDefault(other => other.Name == group.Name) is not { } said) return;
        group.Election.Tell(new PeerGreeted(new PeerGreeting(said.Timing)));
        if (said.Lan is { } lan) group.Heartbeat.Tell(new PeerLanKnown(lan.Source, lan.Mac));
    }

    /// <summary>Raises or clears the group's alarm where the differences are not those it was told last.</summary>
    private void Compare(GroupHandle group, IReadOnlyList<string> differences)
    {
        var told = _differences.GetValueOrDefault(group.Name);
        _differences[group.Name] = differences;
        if (differences.SequenceEqual(told ?? [])) return;
        group.Election.Tell(differences.Count > 0
            ? new RaiseAlarm(AlarmKind.PeerMismatch, string.Join("; ", differences))
            : new ClearAlarm(AlarmKind.PeerMismatch));
    }
}
