using System.Collections.Concurrent;
using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Daemon.Groups;

/// <summary>
/// Reads ARP and neighbour advertisements on the capture's thread: who has the group's addresses, and who is there at all.
/// What costs more than reading is bounded per second; the rest of a flood is counted and dropped.
/// </summary>
/// <param name="addresses">The group's addresses.</param>
/// <param name="own">This node's station.</param>
/// <param name="answered">Takes the peer's answer for the group's address, on the capture's thread.</param>
/// <param name="heard">Takes the first answer of each address that was asked, on the capture's thread.</param>
internal sealed class StationWatch(IReadOnlyList<IPAddress> addresses, Func<MacAddress> own, Action<AddressAnswered> answered, Action<LanStation> heard)
{
    /// <summary>How many answers nobody waits for are looked at.</summary>
    public const int MaxPerSecond = 1000;

    /// <summary>Answers of the peer for the group's address within this time say the same; a probe follows the last after more.</summary>
    private static readonly TimeSpan SameAnswer = TimeSpan.FromMilliseconds(1);

    private readonly RateBudget _budget = new(MaxPerSecond);
    private readonly ConcurrentDictionary<IPAddress, bool> _awaited = new();
    private readonly Lock _gate = new();
    private Moment _answered;
    private MacAddress? _peer;
    private LanStation? _stranger;

    /// <summary>Frames that were dropped as there were too many.</summary>
    public long Dropped => _budget.Refused;

    /// <summary>How often a station that is neither of the pair claimed one of the addresses.</summary>
    public long Strangers { get; private set; }

    /// <summary>The last one of them.</summary>
    public LanStation? Stranger
    {
        get
        {
            lock (_gate) return _stranger;
        }
    }

    /// <summary>The peer's station; null while it is not known, and whoever answers is taken for it.</summary>
    public MacAddress? Peer
    {
        get
        {
            lock (_gate) return _peer;
        }

        set
        {
            lock (_gate) _peer = value;
        }
    }

    /// <summary>The first answer of this host counts, however many others talk.</summary>
    public void Await(IPAddress asked) => _awaited[asked] = true;

    /// <summary>Takes one frame.</summary>
    public void Receive(ReadOnlySpan<byte> frame, Moment at)
    {
        if (ArpFrame.TryRead(frame, out var arp) == WireRefusal.None)
        {
            if (arp.SenderAddress == Ipv4Address.None) return;
            var toThisNode = arp.Operation == ArpOperation.Reply && arp.TargetMac == own();
            Claimed(new LanStation(arp.SenderAddress.ToIPAddress(), arp.SenderMac), toThisNode, at);
        }
        else if (NeighbourFrame.TryRead(frame, out var neighbour) == WireRefusal.None && neighbour.Message == NeighbourMessage.Advertisement)
        {
            // Solicitations that change no cache come from no address, so their answers go to everybody.
            Claimed(new LanStation(neighbour.Target, neighbour.Station ?? neighbour.SourceMac), toThisNode: true, at);
        }
    }

    private void Claimed(LanStation station, bool toThisNode, Moment at)
    {
        if (station.Mac == own()) return;
        var isOurs = addresses.Contains(station.Address);
        var isPeer = Peer is not { } peer || peer == station.Mac;
        // A flood of others must not hide that the peer still has the address, or that a host which was asked is there.
        if (isOurs && isPeer) PeerAnswered(toThisNode, at);
        else if (toThisNode && _awaited.TryRemove(station.Address, out _)) heard(station);
        else if (_budget.Take(at) && isOurs) Note(station);
    }

    private void PeerAnswered(bool toThisNode, Moment at)
    {
        if (!toThisNode || at - _answered < SameAnswer) return;
        _answered = at;
        answered(new AddressAnswered());
    }

    private void Note(LanStation stranger)
    {
        lock (_gate)
        {
            Strangers++;
            _stranger = stranger;
        }
    }
}
