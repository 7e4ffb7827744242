using System.Buffers.Binary;

namespace AkkaFailover.Core.Wire;

/// <summary>
/// A whole UDP datagram over IPv4 (RFC 768), with the headers in front of it.
/// <code>
/// | IPv4 header, 20 octets                                        |
/// | source port                   | destination port              |
/// | length                        | checksum                      |
/// </code>
/// </summary>
public static class UdpDatagram
{
    /// <summary>Octets of both headers.</summary>
    public const int HeaderLength = Ipv4Header.Length + UdpLength;

    private const int UdpLength = 8;
    private const byte Protocol = 17;

    /// <summary>Writes headers and payload.</summary>
    public static byte[] Write(Ipv4Address source, ushort sourcePort, Ipv4Address destination, ushort destinationPort, ReadOnlySpan<byte> payload)
    {
        var octets = new byte[HeaderLength + payload.Length];
        new Ipv4Header(0, Protocol, UdpLength + payload.Length, source, destination).Write(octets);
        var udp = octets.AsSpan(Ipv4Header.Length);
        BinaryPrimitives.WriteUInt16BigEndian(udp, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
        payload.CopyTo(udp[UdpLength..]);
        var pseudo = InternetChecksum.Sum(octets.AsSpan(12, 2 * Ipv4Address.Length)) + Protocol + (uint)udp.Length;
        var checksum = InternetChecksum.Of(udp, pseudo);
        // 0 would say that there is none.
        BinaryPrimitives.WriteUInt16BigEndian(udp[6..], checksum == 0 ? (ushort)0xFFFF : checksum);
        return octets;
    }
}
