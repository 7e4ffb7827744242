using System.Net;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Wire;

/// <summary>Writes a node's own CARP adverts: the counter of each one is above all before it, also above those of earlier terms.</summary>
/// <param name="key">The group's key.</param>
/// <param name="settings">The group's CARP settings.</param>
/// <param name="source">Source address of the adverts.</param>
/// <param name="port">Whose station sends them.</param>
public sealed class CarpAdvertWriter(CarpKey key, CarpSettings settings, IPAddress source, ILanPort port) : IAdvertWriter
{
    private readonly Ipv4Address _source = Ipv4Address.From(source);
    private readonly Ipv4Address _destination = Ipv4Address.From(settings.Destination);
    private readonly MacAddress _destinationMac = EthernetHeader.MulticastMac(settings.Destination);
    private CarpCounter _counter;

    /// <inheritdoc/>
    public void Begin(Term term)
    {
        // A term that is begun again goes on: a counter that was sent before would be a replay.
        if (_counter.Term != term) _counter = CarpCounter.Before(term);
    }

    /// <inheritdoc/>
    public int WriteNext(Span<byte> frame)
    {
        _counter = _counter.Next(settings.Peer);
        Frame(settings.AdvBase, settings.AdvSkew, _counter).Write(frame);
        return CarpFrame.Length;
    }

    /// <summary>The release advert of a term; its counter is above those of all its adverts, so it can be signed beforehand.</summary>
    public byte[] Release(Term term)
    {
        var frame = new byte[CarpFrame.Length];
        Frame(CarpAdvert.ReleasePace, CarpAdvert.ReleasePace, CarpCounter.Before(term).AsRelease()).Write(frame);
        return frame;
    }

    private CarpFrame Frame(byte advBase, byte advSkew, CarpCounter counter) => new(
        _destinationMac,
        settings.SourceMac == CarpSourceMac.Virtual ? CarpFrame.VirtualMac(settings.Vhid) : port.Mac,
        (ushort)counter.Sequence,
        _source,
        _destination,
        new CarpAdvert(settings.Vhid, advBase, advSkew, counter, key.Sign(counter)));
}
