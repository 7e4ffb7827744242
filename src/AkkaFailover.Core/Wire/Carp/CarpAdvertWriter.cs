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
    private CarpComposer _composer = new(settings, key, port.Mac, source);
    private CarpCounter _counter;

    /// <inheritdoc/>
    public void Begin(Term term)
    {
        // The interface may have been replaced since the last term.
        _composer = Composer();
        // A term that is begun again goes on: a counter that was sent before would be a replay.
        if (_counter.Term != term) _counter = CarpCounter.Before(term);
    }

    /// <inheritdoc/>
    public int WriteNext(Span<byte> frame)
    {
        _counter = _counter.Next(settings.Peer);
        _composer.Write(_counter, frame);
        return CarpFrame.Length;
    }

    /// <summary>The release advert of a term; its counter is above those of all its adverts, so it can be signed beforehand.</summary>
    public byte[] Release(Term term)
    {
        var frame = new byte[CarpFrame.Length];
        Composer().Write(CarpCounter.Before(term).AsRelease(), frame);
        return frame;
    }

    private CarpComposer Composer() => new(settings, key, port.Mac, source);
}
