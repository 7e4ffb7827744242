using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AkkaFailover.Core.Wire;

/// <summary>
/// The Ethernet II header, without a VLAN tag (the kernel takes those off):
/// destination 6 octets, source 6, type of the payload 2.
/// </summary>
public readonly record struct EthernetHeader(MacAddress Destination, MacAddress Source, ushort EtherType)
{
    /// <summary>Its length on the wire, in octets.</summary>
    public const int Length = 14;

    /// <summary>IPv4.</summary>
    public const ushort Ipv4 = 0x0800;

    /// <summary>ARP.</summary>
    public const ushort Arp = 0x0806;

    /// <summary>IPv6.</summary>
    public const ushort Ipv6 = 0x86DD;

    /// <summary>Writes <see cref="Length"/> octets.</summary>
    public void Write(Span<byte> octets)
    {
        Destination.Write(octets);
        Source.Write(octets[MacAddress.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(octets[12..], EtherType);
    }

    /// <summary>Reads a header of the wanted type.</summary>
    /// <returns><see cref="WireRefusal.None"/> where the header is good.</returns>
    public static WireRefusal TryRead(ReadOnlySpan<byte> frame, ushort etherType, out EthernetHeader header)
    {
        header = default;
        if (frame.Length < Length) return WireRefusal.TooShort;
        if (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) != etherType) return WireRefusal.EtherType;
        header = new EthernetHeader(MacAddress.Read(frame), MacAddress.Read(frame[MacAddress.Length..]), etherType);
        return WireRefusal.None;
    }

    /// <summary>
    /// The station address of an IP multicast group: 01:00:5e and the group's low 23 bits (RFC 1112), or 33:33 and its
    /// low 32 bits (RFC 2464).
    /// </summary>
    /// <exception cref="ArgumentException">The address is not a multicast group.</exception>
    public static MacAddress MulticastMac(IPAddress group)
    {
        Span<byte> octets = stackalloc byte[16];
        _ = group.TryWriteBytes(octets, out var length);
        var low = BinaryPrimitives.ReadUInt32BigEndian(octets[(length - 4)..length]);
        return group switch
        {
            { AddressFamily: AddressFamily.InterNetwork } when new Ipv4Address(low).IsMulticast => new MacAddress(0x0100_5E00_0000UL | (low & 0x7F_FFFF)),
            { IsIPv6Multicast: true } => new MacAddress(0x3333_0000_0000UL | low),
            _ => throw new ArgumentException($"{group} is not a multicast group", nameof(group)),
        };
    }
}
