using System.Buffers.Binary;
using System.Net;
using AkkaFailover.Core.Announcements;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Tests.Wire;
using AkkaFailover.Core.Wire;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Fuzz;

/// <summary>What anybody on the LAN can send.</summary>
internal static class WireTargets
{
    private const int IpAt = 14, AdvertAt = 34, IpChecksumAt = 10, CarpChecksumAt = 6, CounterAt = 42, DigestAt = 50, NdpAt = 54, NdpChecksumAt = 2;

    // An advert that was accepted shuts all older ones out: what comes after it would be refused for that alone.
    private const int FramesPerVerifier = 64;

    private static readonly IPAddress Own = IPAddress.Parse("192.0.2.2"), Peer = IPAddress.Parse("192.0.2.1"), Virtual = IPAddress.Parse("192.0.2.222");
    private static readonly IPAddress VirtualIPv6 = IPAddress.Parse("2001:db8::222"), OwnIPv6 = IPAddress.Parse("fe80::2");
    private static readonly MacAddress OwnMac = new(0x0200_0000_000B), PeerMac = new(0x0200_0000_000A);
    private static readonly Term Seen = new(8);
    private static readonly CarpKey Key = new(new Secret("secret"u8.ToArray()), 1, [Virtual]);

    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("carp", [.. Captured(), .. OurAdverts(CarpPeer.Ours)], () => Adverts(CarpPeer.Ours)),
        new("carp-ucarp", [.. Captured(), .. OurAdverts(CarpPeer.Ucarp)], () => Adverts(CarpPeer.Ucarp)),
        new("arp", [.. AddressFrames.Announcements(Virtual, PeerMac), AddressFrames.Probe(Virtual, PeerMac), Reply()], () => Stations(Arp)),
        new("ndp", [.. AddressFrames.Announcements(VirtualIPv6, PeerMac), AddressFrames.Probe(VirtualIPv6, PeerMac), Solicitation()], () => Stations(Ndp)),
    ];

    private static CarpSettings Settings(CarpPeer peer) =>
        new(1, new Secret("secret"u8.ToArray()), 1, 0, 3, peer, CarpSourceMac.Virtual, IPAddress.Parse("224.0.0.18"), []);

    private static IEnumerable<byte[]> Captured() => Capture.Names.SelectMany(name => Capture.Read(name).Where((_, i) => i % 8 == 0));

    private static IEnumerable<byte[]> OurAdverts(CarpPeer peer)
    {
        var composer = new CarpComposer(Settings(peer), Key, PeerMac, Peer);
        var counter = CarpCounter.Before(Seen).Next(peer);
        foreach (var sent in new[] { counter, counter.Next(peer), counter.AsRelease(), CarpCounter.Before(new Term(Seen.Value + 2)).Next(peer) })
        {
            var frame = new byte[CarpFrame.Length];
            composer.Write(sent, frame);
            yield return frame;
        }
    }

    private static byte[] Reply()
    {
        var frame = new byte[ArpFrame.Length];
        new ArpFrame(OwnMac, PeerMac, ArpOperation.Reply, PeerMac, Ipv4Address.From(Virtual), OwnMac, Ipv4Address.From(Own)).Write(frame);
        return frame;
    }

    private static byte[] Solicitation()
    {
        var solicitation = NeighbourFrame.Solicitation(null, PeerMac, OwnIPv6, VirtualIPv6);
        var frame = new byte[solicitation.Length];
        solicitation.Write(frame);
        return frame;
    }

    private static Action<byte[], ulong> Adverts(CarpPeer peer)
    {
        AdvertReceiver? receiver = null;
        // One that hears everything, for what it keeps of it.
        var old = NewReceiver(peer);
        var left = 0;
        return (frame, decision) =>
        {
            if (left-- <= 0)
            {
                left = FramesPerVerifier;
                receiver = NewReceiver(peer);
            }
            MendAdvert(frame, decision);
            receiver!.Receive(frame, new Moment((long)(decision >> 8)));
            old.Receive(frame, new Moment((long)(decision >> 8)));
            if (CarpFrame.TryRead(frame, out var read) != WireRefusal.None) return;
            var again = new byte[CarpFrame.Length];
            read.Write(again);
            if (CarpFrame.TryRead(again, out var same) != WireRefusal.None || same != read) throw new FuzzException($"{read} is not what is written for it");
        };
    }

    private static AdvertReceiver NewReceiver(CarpPeer peer)
    {
        var receiver = new AdvertReceiver(new AdvertVerifier(Key, Settings(peer), Own, new TermSeries(1, 2), []), new AdvertTrace(new StillClock()), _ => { });
        receiver.Seen(Seen);
        return receiver;
    }

    /// <summary>Most frames get right checksums, and half a right digest: without them nothing is looked at behind.</summary>
    private static void MendAdvert(byte[] frame, ulong decision)
    {
        if (frame.Length < CarpFrame.Length) return;
        if ((decision & 1) == 0) Key.Sign(CarpCounter.FromWire(BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(CounterAt)))).Write(frame.AsSpan(DigestAt));
        if ((decision & 6) == 0) return;
        Mend(frame.AsSpan(AdvertAt, CarpAdvert.Length), CarpChecksumAt);
        Mend(frame.AsSpan(IpAt, AdvertAt - IpAt), IpChecksumAt);
    }

    private static void Mend(Span<byte> part, int at, uint begin = 0)
    {
        part.Slice(at, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(part[at..], InternetChecksum.Of(part, begin));
    }

    private static Action<byte[], ulong> Stations(Action<byte[], ulong> read)
    {
        var watch = new StationWatch([Virtual, VirtualIPv6], () => OwnMac, _ => { }, _ => { }) { Peer = PeerMac };
        return (frame, decision) =>
        {
            read(frame, decision);
            watch.Receive(frame, new Moment((long)(decision >> 8)));
            if (AddressFrames.TryReadHolder(frame, out _, out _)) _ = AddressFrames.IsToAll(frame);
        };
    }

    private static void Arp(byte[] frame, ulong decision)
    {
        if (ArpFrame.TryRead(frame, out var read) != WireRefusal.None) return;
        var again = new byte[ArpFrame.Length];
        read.Write(again);
        if (ArpFrame.TryRead(again, out var same) != WireRefusal.None || same != read) throw new FuzzException($"{read} is not what is written for it");
    }

    private static void Ndp(byte[] frame, ulong decision)
    {
        if (frame.Length > NdpAt + 4 && (decision & 6) != 0)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(IpAt + 4)), frame.Length - NdpAt);
            if (length > NdpChecksumAt + 1) Mend(frame.AsSpan(NdpAt, length), NdpChecksumAt, Ipv6Header.PseudoHeaderSum(frame.AsSpan(IpAt)));
        }
        if (NeighbourFrame.TryRead(frame, out var read) != WireRefusal.None) return;
        var again = new byte[read.Length];
        read.Write(again);
        if (NeighbourFrame.TryRead(again, out var same) != WireRefusal.None || same != read) throw new FuzzException($"{read} is not what is written for it");
    }

    private sealed class StillClock : IMonotonicClock
    {
        public Moment Now => Moment.Zero;
    }
}
