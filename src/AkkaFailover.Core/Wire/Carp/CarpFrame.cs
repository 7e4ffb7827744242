using System.Net;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Wire;

/// <summary>
/// A whole advert as it is on the LAN, 70 octets: Ethernet header (14), IPv4 header (20), CARP advertisement (36).
/// Received ones may be followed by padding.
/// </summary>
/// <param name="DestinationMac">The station address of the multicast group, or broadcast.</param>
/// <param name="SourceMac">See <see cref="VirtualMac"/>.</param>
/// <param name="Identification">Of the IP header.</param>
/// <param name="Source">Sender.</param>
/// <param name="Destination">Multicast group.</param>
/// <param name="Advert">The message.</param>
public readonly record struct CarpFrame(
    MacAddress DestinationMac,
    MacAddress SourceMac,
    ushort Identification,
    Ipv4Address Source,
    Ipv4Address Destination,
    CarpAdvert Advert)
{
    /// <summary>Its length on the wire, in octets.</summary>
    public const int Length = EthernetHeader.Length + Ipv4Header.Length + CarpAdvert.Length;

    private const int IpStart = EthernetHeader.Length;
    private const int AdvertStart = IpStart + Ipv4Header.Length;

    /// <summary>The source station of ucarp's adverts: 00:00:5e:00:00 and the vhid, the same one on every node.</summary>
    public static MacAddress VirtualMac(byte vhid) => new(0x0000_5E00_0000UL | vhid);

    /// <summary>Writes <see cref="Length"/> octets; no allocation.</summary>
    public void Write(Span<byte> octets)
    {
        new EthernetHeader(DestinationMac, SourceMac, EthernetHeader.Ipv4).Write(octets);
        new Ipv4Header(Identification, Ipv4Header.ProtocolCarp, CarpAdvert.Length, Source, Destination).Write(octets[IpStart..]);
        Advert.Write(octets[AdvertStart..]);
    }

    /// <summary>Reads any frame; each field is checked on its own (finding U13), but not the digest: see <see cref="AdvertVerifier"/>.</summary>
    /// <returns><see cref="WireRefusal.None"/> where the form is good.</returns>
    public static WireRefusal TryRead(ReadOnlySpan<byte> octets, out CarpFrame frame)
    {
        frame = default;
        var refusal = EthernetHeader.TryRead(octets, EthernetHeader.Ipv4, out var ethernet);
        if (refusal != WireRefusal.None) return refusal;
        refusal = Ipv4Header.TryRead(octets[IpStart..], out var ip);
        if (refusal != WireRefusal.None) return refusal;
        if (ip.Protocol != Ipv4Header.ProtocolCarp) return WireRefusal.IpProtocol;
        refusal = CarpAdvert.TryRead(octets.Slice(AdvertStart, ip.PayloadLength), out var advert);
        if (refusal != WireRefusal.None) return refusal;
        if (ip.PayloadLength != CarpAdvert.Length) return WireRefusal.IpTotalLength;
        frame = new CarpFrame(ethernet.Destination, ethernet.Source, ip.Identification, ip.Source, ip.Destination, advert);
        return WireRefusal.None;
    }
}

/// <summary>Composes a group's own adverts. Safe to use from several threads, without allocation.</summary>
/// <param name="settings">The group's CARP settings.</param>
/// <param name="key">The group's key.</param>
/// <param name="interfaceMac">The interface's own station address.</param>
/// <param name="source">Source address of the adverts.</param>
public sealed class CarpComposer(CarpSettings settings, CarpKey key, MacAddress interfaceMac, IPAddress source)
{
    private readonly Ipv4Address _source = Ipv4Address.From(source);
    private readonly Ipv4Address _group = Ipv4Address.From(settings.Destination);
    private readonly MacAddress _groupMac = EthernetHeader.MulticastMac(settings.Destination);
    private readonly MacAddress _sourceMac = settings.SourceMac == CarpSourceMac.Virtual ? CarpFrame.VirtualMac(settings.Vhid) : interfaceMac;

    /// <summary>Writes the advert with a counter, <see cref="CarpFrame.Length"/> octets; a released counter makes it a release (255/255).</summary>
    public void Write(CarpCounter counter, Span<byte> frame)
    {
        var (advBase, advSkew) = counter.Released ? (CarpAdvert.ReleasePace, CarpAdvert.ReleasePace) : (settings.AdvBase, settings.AdvSkew);
        var advert = new CarpAdvert(settings.Vhid, advBase, advSkew, counter, key.Sign(counter));
        new CarpFrame(_groupMac, _sourceMac, (ushort)counter.Sequence, _source, _group, advert).Write(frame);
    }
}
