using System.Net;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Wire;

/// <summary>What came of one received frame.</summary>
/// <param name="Refusal">Why it has no effect; <see cref="WireRefusal.None"/> where it has.</param>
/// <param name="Frame">Its fields; default where even its form is bad.</param>
/// <param name="Summary">What the election needs; null where it is refused.</param>
public readonly record struct AdvertVerdict(WireRefusal Refusal, CarpFrame Frame, AdvertSummary? Summary);

/// <summary>
/// Decides whether a received frame is a sign of life of the peer. The digest covers neither interval nor sender, and says
/// nothing about time; so a rightly signed frame must also come from where the peer is, and carry a counter that was not
/// accepted before. Not safe for use from several threads at once.
/// </summary>
public sealed class AdvertVerifier
{
    /// <summary>Digests a second that are computed for frames which are refused whatever theirs is.</summary>
    public const int MaxExplanations = 1000;

    private readonly CarpKey _key;
    private readonly CarpSettings _settings;
    private readonly Ipv4Address _group;
    private readonly Ipv4Address _own;
    private readonly TermSeries _terms;
    private readonly CounterMemory _memory;
    private readonly RateBudget _explanations = new(MaxExplanations);
    private HashSet<Ipv4Address> _peers;

    /// <summary>The verifier of one group.</summary>
    /// <param name="key">The group's key.</param>
    /// <param name="settings">The group's CARP settings.</param>
    /// <param name="own">Source address of this node's adverts.</param>
    /// <param name="terms">This node's own terms.</param>
    /// <param name="remembered">What <see cref="Export"/> gave before the restart; empty the first time.</param>
    public AdvertVerifier(CarpKey key, CarpSettings settings, IPAddress own, TermSeries terms, IEnumerable<ulong> remembered)
    {
        _key = key;
        _settings = settings;
        _group = Ipv4Address.From(settings.Destination);
        _own = Ipv4Address.From(own);
        _terms = terms;
        _memory = settings.Peer == CarpPeer.Ours ? new GrowingCounters(terms.Count) : new RecentCounters();
        foreach (var counter in remembered) _memory.Remember(CarpCounter.FromWire(counter));
        _peers = settings.PeerAddresses.Select(Ipv4Address.From).ToHashSet();
    }

    /// <summary>From now on adverts count from this address only: the peer has said over the link that it is its own.</summary>
    public void PeerIs(IPAddress source) => _peers = [Ipv4Address.From(source)];

    /// <summary>What has to be given to the constructor after a restart; store it from time to time and when the daemon stops.</summary>
    public IReadOnlyList<ulong> Export() => _memory.Export();

    /// <summary>Looks at one received frame. A refused one changes nothing and costs no allocation.</summary>
    /// <param name="octets">The whole Ethernet frame.</param>
    /// <param name="highestSeen">The highest term this node has seen on any path.</param>
    /// <param name="at">When it arrived.</param>
    public AdvertVerdict Verify(ReadOnlySpan<byte> octets, Term highestSeen, Moment at)
    {
        var refusal = CarpFrame.TryRead(octets, out var frame);
        if (refusal == WireRefusal.None) refusal = CheckReceiver(frame);
        if (refusal == WireRefusal.None) refusal = Authenticate(frame, highestSeen, at);
        return new AdvertVerdict(refusal, frame, refusal == WireRefusal.None ? Summarize(frame) : null);
    }

    private WireRefusal CheckReceiver(in CarpFrame frame) => frame switch
    {
        _ when frame.Advert.Vhid != _settings.Vhid => WireRefusal.OtherVhid,
        _ when frame.Destination != _group => WireRefusal.OtherDestination,
        _ when frame.Source == _own => WireRefusal.OwnFrame,
        _ => WireRefusal.None,
    };

    private WireRefusal Authenticate(in CarpFrame frame, Term highestSeen, Moment at)
    {
        var counter = frame.Advert.Counter;
        var refusal = _peers.Count > 0 && !_peers.Contains(frame.Source) ? WireRefusal.UnknownSource : CheckCounter(counter, highestSeen);
        // It is refused in any case, and the digest only says for which reason: in a flood that is not worth its price.
        if (refusal != WireRefusal.None && !_explanations.Take(at)) return refusal;
        if (!_key.Verify(counter, frame.Advert.Digest)) return WireRefusal.BadDigest;
        if (refusal == WireRefusal.None) _memory.Remember(counter);
        return refusal;
    }

    private WireRefusal CheckCounter(CarpCounter counter, Term highestSeen)
    {
        var ours = _settings.Peer == CarpPeer.Ours;
        if (ours && counter.Term == Term.None) return WireRefusal.NoTerm;
        // A ucarp peer's random counters look like terms of ours by chance, but not like one that this node has reached.
        if (_terms.Owns(counter.Term) && (ours || (counter.Term <= highestSeen && counter.IsExactly(CarpPeer.Ucarp)))) return WireRefusal.OwnTerm;
        if (ours && counter.Term.Value > (ulong)highestSeen.Value + Term.MaxJump) return WireRefusal.TermJump;
        return _memory.Knows(counter) ? WireRefusal.Replayed : WireRefusal.None;
    }

    private AdvertSummary Summarize(in CarpFrame frame)
    {
        var advert = frame.Advert;
        var ours = _settings.Peer == CarpPeer.Ours;
        return new AdvertSummary(
            ours ? advert.Counter.Term : Term.None,
            advert.IsReleasePace && (!ours || advert.Counter.Released),
            Outranks(frame),
            frame.Source.ToString());
    }

    /// <summary>ucarp's rule (FORMATS 1.7): the faster one is better; in a tie the lower address, compared from its last octet on.</summary>
    private bool Outranks(in CarpFrame frame)
    {
        var pace = (frame.Advert.AdvBase, frame.Advert.AdvSkew).CompareTo((_settings.AdvBase, _settings.AdvSkew));
        return pace < 0 || (pace == 0 && frame.Source.Reversed < _own.Reversed);
    }
}
