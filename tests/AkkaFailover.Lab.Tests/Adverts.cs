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

    /// <summary>
    /// The first half of a captured advert, in an IP packet that is right otherwise: a bridge with br_netfilter drops one whose length
    /// lies, and no attacker is so kind.
    /// </summary>
    public static byte[] Truncated(byte[] captured)
    {
        const int lengthAt = 16, checksumAt = 24, ip = 14, ipLength = 20, kept = ip + ipLength + 16;
        var octets = captured[..kept];
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(lengthAt), kept - ip);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(checksumAt), 0);
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(checksumAt), InternetChecksum.Of(octets.AsSpan(ip, ipLength)));
        return octets;
    }

    private static byte[] Write(string source, CarpAdvert advert)
    {
        var octets = new byte[CarpFrame.Length];
        new CarpFrame(EthernetHeader.MulticastMac(Group), CarpFrame.VirtualMac(advert.Vhid), Identification: 1,
            Ipv4Address.From(IPAddress.Parse(source)), Ipv4Address.From(Group), advert).Write(octets);
        return octets;
    }
}
