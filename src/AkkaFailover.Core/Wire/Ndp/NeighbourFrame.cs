using System.Buffers.Binary;
using System.Net;

namespace AkkaFailover.Core.Wire;

/// <summary>What a neighbour discovery message is.</summary>
public enum NeighbourMessage : byte
{
    /// <summary>Who has the target address?</summary>
    Solicitation = 135,

    /// <summary>The sender has the target address.</summary>
    Advertisement = 136,
}

/// <summary>
/// A whole neighbour solicitation or advertisement (RFC 4861), 86 octets with the station option, 78 without:
/// Ethernet header (14), IPv6 header (40) and
/// <code>
/// | type          | code 0        | checksum                      |
/// |R|S|O| reserved 29 bits; zero in a solicitation                |
/// | target, 16 octets                                             |
/// | option 1 or 2 | 1             | MAC, 6 octets                 |
/// </code>
/// The option is the source's station (1) in a solicitation, the target's (2) in an advertisement.
/// </summary>
/// <param name="DestinationMac">Where the frame goes.</param>
/// <param name="SourceMac">Where it comes from.</param>
/// <param name="Source">Sender; :: in a probe, which changes no cache.</param>
/// <param name="Destination">Receiver or multicast group.</param>
/// <param name="Message">Solicitation or advertisement.</param>
/// <param name="Flags">The 32 bits after the checksum.</param>
/// <param name="Target">The address asked for, or had.</param>
/// <param name="Station">The option; null without one.</param>
public readonly record struct NeighbourFrame(
    MacAddress DestinationMac,
    MacAddress SourceMac,
    IPAddress Source,
    IPAddress Destination,
    NeighbourMessage Message,
    uint Flags,
    IPAddress Target,
    MacAddress? Station)
{
    /// <summary>The longest frame this product sends, in octets.</summary>
    public const int MaxLength = MessageStart + FixedLength + OptionLength;

    /// <summary>The sender is a router.</summary>
    public const uint Router = 0x8000_0000;

    /// <summary>An answer to a solicitation.</summary>
    public const uint Solicited = 0x4000_0000;

    /// <summary>Caches should forget another station of the target.</summary>
    public const uint Override = 0x2000_0000;

    private const int IpStart = EthernetHeader.Length;
    private const int MessageStart = IpStart + Ipv6Header.Length;
    private const int FixedLength = 24;
    private const int OptionLength = 8;
    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    /// <summary>Its length on the wire, in octets; received frames may be followed by padding.</summary>
    public int Length => MaxLength - (Station is null ? OptionLength : 0);

    /// <summary>Tells every host that this station has the address, as keepalived does: sent from the address itself.</summary>
    public static NeighbourFrame Announcement(MacAddress mac, IPAddress address, bool isRouter) => new(
        EthernetHeader.MulticastMac(AllNodes), mac, address, AllNodes, NeighbourMessage.Advertisement,
        Override | (isRouter ? Router : 0), address, mac);

    /// <summary>Asks a station, or whoever listens for it, for an address.</summary>
    /// <param name="to">The station asked; null for the target's solicited-node group.</param>
    /// <param name="mac">The asking station.</param>
    /// <param name="source">Its address; :: for a probe.</param>
    /// <param name="target">The address asked for.</param>
    public static NeighbourFrame Solicitation(MacAddress? to, MacAddress mac, IPAddress source, IPAddress target)
    {
        var group = SolicitedNode(target);
        return new(
            to ?? EthernetHeader.MulticastMac(group), mac, source, group, NeighbourMessage.Solicitation, 0, target,
            source.Equals(IPAddress.IPv6Any) ? null : mac);
    }

    /// <summary>The multicast group in which the holder of an address listens: ff02::1:ff and its low 24 bits.</summary>
    public static IPAddress SolicitedNode(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[Ipv6Header.AddressLength];
        _ = address.TryWriteBytes(octets, out _);
        ReadOnlySpan<byte> prefix = [0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF];
        prefix.CopyTo(octets);
        return new IPAddress(octets);
    }

    /// <summary>Writes <see cref="Length"/> octets.</summary>
    public void Write(Span<byte> octets)
    {
        var ip = octets[IpStart..MessageStart];
        var message = octets[MessageStart..Length];
        new EthernetHeader(DestinationMac, SourceMac, EthernetHeader.Ipv6).Write(octets);
        new Ipv6Header(Ipv6Header.ProtocolIcmp, message.Length, Source, Destination).Write(ip);
        message[0] = (byte)Message;
        message[1..4].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], Flags);
        _ = Target.TryWriteBytes(message[8..], out _);
        if (Station is { } station)
        {
            message[FixedLength] = StationOption(Message);
            message[FixedLength + 1] = 1;
            station.Write(message[(FixedLength + 2)..]);
        }
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Of(message, Ipv6Header.PseudoHeaderSum(ip)));
    }

    /// <summary>Reads any frame.</summary>
    /// <returns><see cref="WireRefusal.None"/> where it is a neighbour solicitation or advertisement.</returns>
    public static WireRefusal TryRead(ReadOnlySpan<byte> octets, out NeighbourFrame frame)
    {
        frame = default;
        var refusal = EthernetHeader.TryRead(octets, EthernetHeader.Ipv6, out var ethernet);
        if (refusal != WireRefusal.None) return refusal;
        refusal = Ipv6Header.TryRead(octets[IpStart..], out var ip);
        if (refusal != WireRefusal.None) return refusal;
        if (ip.NextHeader != Ipv6Header.ProtocolIcmp) return WireRefusal.IpProtocol;
        var message = octets.Slice(MessageStart, ip.PayloadLength);
        if (message.Length < FixedLength) return WireRefusal.TooShort;
        var type = (NeighbourMessage)message[0];
        if (type is not (NeighbourMessage.Solicitation or NeighbourMessage.Advertisement) || message[1] != 0) return WireRefusal.NdpType;
        if (InternetChecksum.Of(message, Ipv6Header.PseudoHeaderSum(octets[IpStart..])) != 0) return WireRefusal.NdpChecksum;
        refusal = TryReadStation(message[FixedLength..], StationOption(type), out var station);
        if (refusal != WireRefusal.None) return refusal;
        frame = new NeighbourFrame(
            ethernet.Destination, ethernet.Source, ip.Source, ip.Destination, type,
            BinaryPrimitives.ReadUInt32BigEndian(message[4..]), new IPAddress(message[8..FixedLength]), station);
        return WireRefusal.None;
    }

    private static byte StationOption(NeighbourMessage message) => message == NeighbourMessage.Solicitation ? (byte)1 : (byte)2;

    private static WireRefusal TryReadStation(ReadOnlySpan<byte> options, byte wanted, out MacAddress? station)
    {
        station = null;
        while (!options.IsEmpty)
        {
            if (options.Length < OptionLength) return WireRefusal.NdpOption;
            var length = options[1] * OptionLength;
            if (length == 0 || length > options.Length) return WireRefusal.NdpOption;
            if (options[0] == wanted && length == OptionLength) station = MacAddress.Read(options[2..]);
            options = options[length..];
        }
        return WireRefusal.None;
    }
}
