using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Daemon.Groups;

/// <summary>The last adverts on the wire, for <c>heartbeat peek</c>. Threads that send and receive never wait for it.</summary>
internal sealed class AdvertTrace(IMonotonicClock clock)
{
    /// <summary>How many are kept.</summary>
    public const int Capacity = 256;

    private readonly Lock _gate = new();
    private readonly Line[] _lines = new Line[Capacity];
    private long _count;

    /// <summary>Keeps an advert; while somebody reads the trace it is lost instead.</summary>
    public void Received(in AdvertVerdict verdict, Moment at) => Add(new Line(at, Outgoing: false, Left: false, verdict.Refusal, verdict.Frame));

    /// <summary>Keeps an own advert.</summary>
    public void Sent(ReadOnlySpan<byte> frame, bool left)
    {
        var refusal = CarpFrame.TryRead(frame, out var advert);
        Add(new Line(clock.Now, Outgoing: true, left, refusal, advert));
    }

    /// <summary>The last adverts, newest last.</summary>
    public IReadOnlyList<PeekedAdvert> Last(int count)
    {
        Line[] lines;
        long total;
        lock (_gate)
        {
            lines = [.. _lines];
            total = _count;
        }
        var (now, wall) = (clock.Now, DateTimeOffset.Now);
        var wanted = Math.Clamp(count, 0, Math.Min(total, Capacity));
        return [.. Enumerable.Range(0, (int)wanted).Select(i => Describe(lines[(total - wanted + i) % Capacity], now, wall))];
    }

    private void Add(in Line line)
    {
        if (!_gate.TryEnter()) return;
        _lines[_count++ % Capacity] = line;
        _gate.Exit();
    }

    private static PeekedAdvert Describe(in Line line, Moment now, DateTimeOffset wall)
    {
        var verdict = line switch
        {
            { Outgoing: true, Left: true } => "sent",
            { Outgoing: true } => "not-sent",
            { Refusal: WireRefusal.None } => "accepted",
            _ => line.Refusal.Word(),
        };
        var advert = line.Frame.Advert;
        var wellFormed = line.Frame != default;
        return new PeekedAdvert(
            wall - (now - line.At), line.Outgoing, wellFormed ? line.Frame.Source.ToString() : "", verdict,
            wellFormed ? $"vhid {advert.Vhid} advbase {advert.AdvBase} advskew {advert.AdvSkew} counter {advert.Counter}" : "");
    }

    private readonly record struct Line(Moment At, bool Outgoing, bool Left, WireRefusal Refusal, CarpFrame Frame);
}
