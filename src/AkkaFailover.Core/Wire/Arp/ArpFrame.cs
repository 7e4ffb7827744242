using System.Buffers.Binary;

namespace AkkaFailover.Core.Wire;

/// <summary>What an ARP packet is.</summary>
public enum ArpOperation : ushort
{
    /// <summary>Who has the target address?</summary>
    Request = 1,

    /// <summary>The sender has the sender address.</summary>
    Reply = 2,
}

/// <summary>
/// A whole ARP packet for IPv4 over Ethernet (RFC 826), 42 octets: Ethernet header (14) and
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// | hardware 1                    | protocol 0x0800               |
/// | 6             | 4             | operation                     |
/// | sender MAC, 6 octets; sender IP, 4 octets;                    |
/// | target MAC, 6 octets; target IP, 4 octets                     |
/// </code>
/// </summary>
/// <param name="DestinationMac">Where the frame goes.</param>
/// <param name="SourceMac">Where it comes from.</param>
/// <param name="Operation">Request or reply.</param>
/// <param name="SenderMac">The sender's station.</param>
/// <param name="SenderAddress">The sender's address; 0.0.0.0 in a probe (RFC 5227), which changes no cache.</param>
/// <param name="TargetMac">Unknown in a request.</param>
/// <param name="TargetAddress">The address asked for, or answered to.</param>
public readonly record struct ArpFrame(
    MacAddress DestinationMac,
    MacAddress SourceMac,
    ArpOperation Operation,
    MacAddress SenderMac,
    Ipv4Address SenderAddress,
    MacAddress TargetMac,
    Ipv4Address TargetAddress)
{
    /// <summary>Its length on the wire, in octets; received frames may be followed by padding.</summary>
    public const int Length = EthernetHeader.Length + 28;

    // Hardware type 1, protocol type 0x0800, address lengths 6 and 4.
    private const ulong EthernetAndIpv4 = 0x0001_0800_0604;

    /// <summary>Sender and target address are the same: the sender says "I have it" to everybody.</summary>
    public bool IsGratuitous => SenderAddress == TargetAddress;

    /// <summary>Asks a station, or everybody, for an address.</summary>
    /// <param name="to">The station asked, or <see cref="MacAddress.Broadcast"/>.</param>
    /// <param name="mac">The asking station.</param>
    /// <param name="sender">Its address; <see cref="Ipv4Address.None"/> for a probe.</param>
    /// <param name="target">The address asked for.</param>
    public static ArpFrame Request(MacAddress to, MacAddress mac, Ipv4Address sender, Ipv4Address target) =>
        new(to, mac, ArpOperation.Request, mac, sender, default, target);

    /// <summary>Answers a request for an address of this station.</summary>
    public static ArpFrame ReplyTo(in ArpFrame request, MacAddress mac) =>
        new(request.SenderMac, mac, ArpOperation.Reply, mac, request.TargetAddress, request.SenderMac, request.SenderAddress);

    /// <summary>A gratuitous request as ucarp sends it: the target station is the sender.</summary>
    public static ArpFrame Announcement(MacAddress mac, Ipv4Address address) =>
        new(MacAddress.Broadcast, mac, ArpOperation.Request, mac, address, mac, address);

    /// <summary>A gratuitous request as keepalived and FRR send it: the target station is everybody.</summary>
    public static ArpFrame AnnouncementToAll(MacAddress mac, Ipv4Address address) =>
        Announcement(mac, address) with { TargetMac = MacAddress.Broadcast };

    /// <summary>A gratuitous reply, for hosts that look at replies only.</summary>
    public static ArpFrame AnnouncementAsReply(MacAddress mac, Ipv4Address address) =>
        Announcement(mac, address) with { Operation = ArpOperation.Reply, TargetMac = MacAddress.Broadcast };

    /// <summary>Writes <see cref="Length"/> octets; no allocation.</summary>
    public void Write(Span<byte> octets)
    {
        new EthernetHeader(DestinationMac, SourceMac, EthernetHeader.Arp).Write(octets);
        BinaryPrimitives.WriteUInt64BigEndian(octets[14..], (EthernetAndIpv4 << 16) | (ushort)Operation);
        SenderMac.Write(octets[22..]);
        SenderAddress.Write(octets[28..]);
        TargetMac.Write(octets[32..]);
        TargetAddress.Write(octets[38..]);
    }

    /// <summary>Reads any frame.</summary>
    /// <returns><see cref="WireRefusal.None"/> where it is an ARP request or reply.</returns>
    public static WireRefusal TryRead(ReadOnlySpan<byte> octets, out ArpFrame frame)
    {
        frame = default;
        var refusal = EthernetHeader.TryRead(octets, EthernetHeader.Arp, out var ethernet);
        if (refusal != WireRefusal.None) return refusal;
        if (octets.Length < Length) return WireRefusal.TooShort;
        var fixedPart = BinaryPrimitives.ReadUInt64BigEndian(octets[14..]);
        var operation = (ArpOperation)(ushort)fixedPart;
        if (fixedPart >> 16 != EthernetAndIpv4 || operation is not (ArpOperation.Request or ArpOperation.Reply)) return WireRefusal.ArpForm;
        frame = new ArpFrame(
            ethernet.Destination, ethernet.Source, operation,
            MacAddress.Read(octets[22..]), Ipv4Address.Read(octets[28..]), MacAddress.Read(octets[32..]), Ipv4Address.Read(octets[38..]));
        return WireRefusal.None;
    }
}
