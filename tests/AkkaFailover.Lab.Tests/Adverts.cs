using System.Buffers.Binary;
using System.Net;
using System.Text;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Tests;

/// <summary>CARP adverts that no node has sent: signed with a passphrase, or made of somebody else's.</summary>
public static class Adverts
{
    /// <summary>Where in a frame the fields begin that attacks change.</summary>
    public const int TtlAt = 22, IpChecksumAt = 24, TypeAt = 34, AuthLengthAt = 37, CarpChecksumAt = 40, CounterAt = 42;

    private const int IpAt = 14, AdvertAt = 34;
    private static readonly IPAddress Group = IPAddress.Parse("224.0.0.18");

    /// <summary>An advert with any counter, rightly signed for the lab's address and vhid 1.</summary>
    public static byte[] Signed(string source, string passphrase, ulong counter, byte advBase = 1, byte advSkew = 0)
    {
        var key = new CarpKey(new Secret(Encoding.UTF8.GetBytes(passphrase)), vhid: 1, [IPAddress.Parse(LabTopology.VirtualAddress)]);
        var onWire = CarpCounter.FromWire(counter);
        return Write(source, new CarpAdvert(1, advBase, advSkew, onWire, key.Sign(onWire)));
    }

    /// <summary>A captured advert with another pace or sender; counter and digest stay, so the signature is right.</summary>
    public static byte[] Changed(byte[] captured, string source, byte advBase, byte advSkew)
    {
        Assert.Equal(WireRefusal.None, CarpFrame.TryRead(captured, out var frame));
        return Write(source, frame.Advert with { AdvBase = advBase, AdvSkew = advSkew });
    }

    /// <summary>The first half of a captured advert, in an IP packet that is right otherwise.</summary>
    public static byte[] Truncated(byte[] captured)
    {
        const int lengthAt = 16, kept = AdvertAt + 16;
        var octets = captured[..kept];
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(lengthAt), kept - IpAt);
        return Mended(octets);
    }

    /// <summary>A captured advert with some octets changed; what it says of its checksums is made right again.</summary>
    public static byte[] Altered(byte[] captured, Action<byte[]> change)
    {
        var octets = captured[..CarpFrame.Length];
        change(octets);
        return Mended(octets);
    }

    /// <summary>A captured advert with some octets changed and nothing mended.</summary>
    public static byte[] Damaged(byte[] captured, Action<byte[]> change)
    {
        var octets = captured[..CarpFrame.Length];
        change(octets);
        return octets;
    }

    /// <summary>The counter of a captured advert.</summary>
    public static CarpCounter CounterOf(byte[] captured)
    {
        Assert.Equal(WireRefusal.None, CarpFrame.TryRead(captured, out var frame));
        return frame.Advert.Counter;
    }

    private static byte[] Mended(byte[] octets)
    {
        Mend(octets.AsSpan(IpAt..AdvertAt), IpChecksumAt - IpAt);
        if (octets.Length == CarpFrame.Length) Mend(octets.AsSpan(AdvertAt), CarpChecksumAt - AdvertAt);
        return octets;
    }

    private static void Mend(Span<byte> part, int at)
    {
        part.Slice(at, 2).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(part[at..], InternetChecksum.Of(part));
    }

    private static byte[] Write(string source, CarpAdvert advert)
    {
        var octets = new byte[CarpFrame.Length];
        new CarpFrame(EthernetHeader.MulticastMac(Group), CarpFrame.VirtualMac(advert.Vhid), Identification: 1,
            Ipv4Address.From(IPAddress.Parse(source)), Ipv4Address.From(Group), advert).Write(octets);
        return octets;
    }
}
