using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Verifies adverts on the capture's thread, so that an accepted one waits for nothing on its way to the election.</summary>
/// <param name="verifier">Decides.</param>
/// <param name="trace">Keeps them all.</param>
/// <param name="accepted">Takes the accepted ones, on the capture's thread.</param>
internal sealed class AdvertReceiver(AdvertVerifier verifier, AdvertTrace trace, Action<AdvertSummary> accepted)
{
    private static readonly WireRefusal[] Reasons = Enum.GetValues<WireRefusal>();

    private readonly Lock _gate = new();
    private readonly long[] _verdicts = new long[Reasons.Length];
    private readonly uint[] _sources = new uint[Reasons.Length];
    private long _lastAccepted;
    private uint _highest;
    private CarpCounter _last;
    private long _repeatedReleases;

    /// <summary>Adverts accepted.</summary>
    public long Accepted => Refused(WireRefusal.None);

    /// <summary>When the last one was accepted; <see cref="Moment.Zero"/> before the first.</summary>
    public Moment LastAccepted => new(Volatile.Read(ref _lastAccepted));

    /// <summary>What the next start must be given, so that nothing accepted now is accepted again.</summary>
    public IReadOnlyList<ulong> Counters
    {
        get
        {
            lock (_gate) return verifier.Export();
        }
    }

    /// <summary>Adverts refused for a reason.</summary>
    public long Refused(WireRefusal reason) => Volatile.Read(ref _verdicts[(int)reason]);

    /// <summary>Of those refused as replayed: second copies of the release just accepted, which are sent as one may be lost.</summary>
    public long RepeatedReleases => Volatile.Read(ref _repeatedReleases);

    /// <summary>Where the last advert came from that was refused for a reason.</summary>
    public string LastSource(WireRefusal reason) => new Ipv4Address(Volatile.Read(ref _sources[(int)reason])).ToString();

    /// <summary>Adverts refused, by the reason's word; reasons that did not occur are left out.</summary>
    public IReadOnlyDictionary<string, long> RefusedByWord() =>
        Reasons.Where(r => r != WireRefusal.None && Refused(r) > 0).ToDictionary(r => r.Word(), Refused, StringComparer.Ordinal);

    /// <summary>A term was seen on another path, or is this node's own.</summary>
    public void Seen(Term term)
    {
        lock (_gate) _highest = Math.Max(_highest, term.Value);
    }

    /// <summary>Adverts count from this address only, from now on.</summary>
    public void PeerIs(IPAddress source)
    {
        lock (_gate) verifier.PeerIs(source);
    }

    /// <summary>Takes one frame.</summary>
    public void Receive(ReadOnlySpan<byte> frame, Moment at)
    {
        AdvertVerdict verdict;
        lock (_gate)
        {
            verdict = verifier.Verify(frame, new Term(_highest), at);
            if (verdict.Summary is { } summary) _highest = Math.Max(_highest, summary.Term.Value);
        }
        var reason = (int)verdict.Refusal;
        Volatile.Write(ref _verdicts[reason], _verdicts[reason] + 1);
        Volatile.Write(ref _sources[reason], verdict.Frame.Source.Value);
        trace.Received(verdict, at);
        var counter = verdict.Frame.Advert.Counter;
        if (verdict.Refusal == WireRefusal.Replayed && counter.Released && counter == _last) Volatile.Write(ref _repeatedReleases, _repeatedReleases + 1);
        if (verdict.Summary is not { } advert) return;
        _last = counter;
        Volatile.Write(ref _lastAccepted, at.Nanoseconds);
        accepted(advert);
    }
}
