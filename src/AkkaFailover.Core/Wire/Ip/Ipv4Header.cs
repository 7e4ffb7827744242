using System.Buffers.Binary;

namespace AkkaFailover.Core.Wire;

/// <summary>
/// The IPv4 header of an advert: no options, never a fragment, TTL 255 so that it cannot have crossed a router.
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// | 4     | 5     | TOS 0x10      | total length                  |
/// | identification                | 0x4000 (DF), offset 0         |
/// | TTL 255       | protocol      | header checksum               |
/// | source                                                        |
/// | destination                                                   |
/// </code>
/// </summary>
/// <param name="Identification">Without meaning on a packet that must not be fragmented.</param>
/// <param name="Protocol">Protocol of the payload.</param>
/// <param name="PayloadLength">Octets after this header.</param>
/// <param name="Source">Sender.</param>
/// <param name="Destination">Receiver or multicast group.</param>
public readonly record struct Ipv4Header(ushort Identification, byte Protocol, int PayloadLength, Ipv4Address Source, Ipv4Address Destination)
{
    /// <summary>Its length on the wire, in octets.</summary>
    public const int Length = 20;

    /// <summary>CARP and VRRP.</summary>
    public const byte ProtocolCarp = 112;

    private const byte VersionAndLength = 0x45;
    private const byte LowDelay = 0x10;
    private const ushort DontFragment = 0x4000;
    private const ushort MoreFragmentsAndOffset = 0x3FFF;
    private const byte Ttl = 255;

    /// <summary>Writes <see cref="Length"/> octets with the right checksum.</summary>
    public void Write(Span<byte> octets)
    {
        octets[0] = VersionAndLength;
        octets[1] = LowDelay;
        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], (ushort)(Length + PayloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(octets[4..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(octets[6..], DontFragment);
        octets[8] = Ttl;
        octets[9] = Protocol;
        octets[10..12].Clear();
        Source.Write(octets[12..]);
        Destination.Write(octets[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(octets[10..], InternetChecksum.Of(octets[..Length]));
    }

    /// <summary>Reads a header that has everything this product sends in it; the octets may go on after the packet.</summary>
    /// <returns><see cref="WireRefusal.None"/> where the header is good.</returns>
    public static WireRefusal TryRead(ReadOnlySpan<byte> octets, out Ipv4Header header)
    {
        header = default;
        if (octets.Length < Length) return WireRefusal.TooShort;
        if (octets[0] >> 4 != 4) return WireRefusal.IpVersion;
        if (octets[0] != VersionAndLength) return WireRefusal.IpOptions;
        var total = BinaryPrimitives.ReadUInt16BigEndian(octets[2..]);
        if (total < Length || total > octets.Length) return WireRefusal.IpTotalLength;
        if ((BinaryPrimitives.ReadUInt16BigEndian(octets[6..]) & MoreFragmentsAndOffset) != 0) return WireRefusal.IpFragment;
        if (octets[8] != Ttl) return WireRefusal.IpTtl;
        if (InternetChecksum.Of(octets[..Length]) != 0) return WireRefusal.IpChecksum;
        header = new Ipv4Header(
            BinaryPrimitives.ReadUInt16BigEndian(octets[4..]), octets[9], total - Length, Ipv4Address.Read(octets[12..]), Ipv4Address.Read(octets[16..]));
        return WireRefusal.None;
    }
}
