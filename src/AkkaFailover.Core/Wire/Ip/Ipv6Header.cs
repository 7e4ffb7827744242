using System.Buffers.Binary;
using System.Net;

namespace AkkaFailover.Core.Wire;

/// <summary>
/// The IPv6 header of neighbour discovery: no extension headers, hop limit 255 so that it cannot have crossed a router.
/// <code>
/// | 6, class 0, flow 0, 4 octets                                  |
/// | payload length                | next header   | hop limit 255 |
/// | source, 16 octets; destination, 16 octets                     |
/// </code>
/// </summary>
/// <param name="NextHeader">Protocol of the payload.</param>
/// <param name="PayloadLength">Octets after this header.</param>
/// <param name="Source">Sender.</param>
/// <param name="Destination">Receiver or multicast group.</param>
public readonly record struct Ipv6Header(byte NextHeader, int PayloadLength, IPAddress Source, IPAddress Destination)
{
    /// <summary>Its length on the wire, in octets.</summary>
    public const int Length = 40;

    /// <summary>Length of an address, in octets.</summary>
    public const int AddressLength = 16;

    /// <summary>ICMPv6.</summary>
    public const byte ProtocolIcmp = 58;

    private const byte HopLimit = 255;

    /// <summary>Writes <see cref="Length"/> octets.</summary>
    public void Write(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt32BigEndian(octets, 0x6000_0000);
        BinaryPrimitives.WriteUInt16BigEndian(octets[4..], (ushort)PayloadLength);
        octets[6] = NextHeader;
        octets[7] = HopLimit;
        _ = Source.TryWriteBytes(octets[8..], out _);
        _ = Destination.TryWriteBytes(octets[24..], out _);
    }

    /// <summary>Reads a header; the octets may go on after the packet.</summary>
    /// <returns><see cref="WireRefusal.None"/> where the header is good.</returns>
    public static WireRefusal TryRead(ReadOnlySpan<byte> octets, out Ipv6Header header)
    {
        header = default;
        if (octets.Length < Length) return WireRefusal.TooShort;
        if (octets[0] >> 4 != 6) return WireRefusal.IpVersion;
        var payload = BinaryPrimitives.ReadUInt16BigEndian(octets[4..]);
        if (Length + payload > octets.Length) return WireRefusal.IpTotalLength;
        if (octets[7] != HopLimit) return WireRefusal.IpTtl;
        header = new Ipv6Header(octets[6], payload, new IPAddress(octets[8..24]), new IPAddress(octets[24..40]));
        return WireRefusal.None;
    }

    /// <summary>The partial sum of the pseudo header that a payload's checksum begins with (RFC 8200, 8.1).</summary>
    /// <param name="octets">The written header.</param>
    public static uint PseudoHeaderSum(ReadOnlySpan<byte> octets)
    {
        var payload = BinaryPrimitives.ReadUInt16BigEndian(octets[4..]);
        return InternetChecksum.Sum(octets[8..Length], (uint)payload + octets[6]);
    }
}
