using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Wire;

/// <summary>
/// The 64-bit counter of an advert as our own nodes use it (design rule 9). It grows with every advert, and since a term is
/// claimed once and stored before, it also grows across restarts. A release is newer than any other advert of its term.
/// <code>
///  63                    40 39 38                                    0
/// | term, 24 bits          | R | sequence, 39 bits                    |
/// </code>
/// </summary>
public readonly record struct CarpCounter : IComparable<CarpCounter>
{
    /// <summary>The largest sequence: 68 years of adverts each 4 ms.</summary>
    public const ulong MaxSequence = (1UL << SequenceBits) - 1;

    /// <summary>
    /// What a ucarp peer's counters differ from ours by. ucarp goes on from the last counter it heard, by one with each of its own
    /// adverts; with gaps between ours, an advert that carries exactly one of ours is a replay.
    /// </summary>
    private const ulong StrideForUcarp = 256;

    private const int SequenceBits = 39;

    private CarpCounter(ulong value) => Value = value;

    /// <summary>The 64 bits.</summary>
    public ulong Value { get; }

    /// <summary>The term.</summary>
    public Term Term => new((uint)(Value >> (SequenceBits + 1)));

    /// <summary>The sender of this counter gives its addresses up.</summary>
    public bool Released => ((Value >> SequenceBits) & 1) == 1;

    /// <summary>The number of the advert within its term.</summary>
    public ulong Sequence => Value & MaxSequence;

    /// <summary>Any 64 bits are a counter.</summary>
    public static CarpCounter FromWire(ulong value) => new(value);

    /// <summary>The counter before the first advert of a term.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The term has more than 24 bits.</exception>
    public static CarpCounter Before(Term term)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(term.Value, Term.MaxValue);
        return new((ulong)term.Value << (SequenceBits + 1));
    }

    /// <summary>The counter of the next advert of the same term.</summary>
    /// <param name="peer">Whom it is for: see <see cref="IsExactly"/>.</param>
    /// <exception cref="InvalidOperationException">The 39 bits are used up.</exception>
    public CarpCounter Next(CarpPeer peer)
    {
        var stride = Stride(peer);
        return Sequence + stride <= MaxSequence
            ? new(Value + stride)
            : throw new InvalidOperationException($"the adverts of term {Term} are used up: hand over to begin a new term");
    }

    /// <summary>This counter as the release of its term.</summary>
    public CarpCounter AsRelease() => new(Value | (1UL << SequenceBits));

    /// <summary>Whether this is a counter that a node of ours sends to such peers itself, not one that a ucarp peer made from it.</summary>
    public bool IsExactly(CarpPeer peer) => Sequence % Stride(peer) == 0;

    /// <inheritdoc/>
    public int CompareTo(CarpCounter other) => Value.CompareTo(other.Value);

    /// <summary>Older than.</summary>
    public static bool operator <(CarpCounter a, CarpCounter b) => a.Value < b.Value;

    /// <summary>Newer than.</summary>
    public static bool operator >(CarpCounter a, CarpCounter b) => a.Value > b.Value;

    /// <summary>Not newer than.</summary>
    public static bool operator <=(CarpCounter a, CarpCounter b) => a.Value <= b.Value;

    /// <summary>Not older than.</summary>
    public static bool operator >=(CarpCounter a, CarpCounter b) => a.Value >= b.Value;

    /// <inheritdoc/>
    public override string ToString() => $"{Term}/{Sequence}{(Released ? " released" : "")}";

    private static ulong Stride(CarpPeer peer) => peer == CarpPeer.Ucarp ? StrideForUcarp : 1;
}
