namespace AkkaFailover.Core;

/// <summary>
/// The fencing token of a claim: 24 bits, 1 to 16,777,215; 0 means that nobody has claimed yet. Every claim has a term of
/// its own: a node only uses terms whose remainder by the number of nodes is the node's place in the order of names
/// (for a pair, the lowest bit), so two nodes can never claim the same one.
/// </summary>
public readonly record struct Term(uint Value) : IComparable<Term>
{
    /// <summary>No claim yet.</summary>
    public static readonly Term None = new(0);

    /// <summary>The largest term that fits CARP's counter.</summary>
    public const uint MaxValue = (1 << 24) - 1;

    /// <summary>The largest step upward that is believed from another node; a larger one is refused with an alarm.</summary>
    public const uint MaxJump = 65_536;

    /// <inheritdoc/>
    public int CompareTo(Term other) => Value.CompareTo(other.Value);

    /// <summary>Lower than.</summary>
    public static bool operator <(Term a, Term b) => a.Value < b.Value;

    /// <summary>Higher than.</summary>
    public static bool operator >(Term a, Term b) => a.Value > b.Value;

    /// <summary>Not higher than.</summary>
    public static bool operator <=(Term a, Term b) => a.Value <= b.Value;

    /// <summary>Not lower than.</summary>
    public static bool operator >=(Term a, Term b) => a.Value >= b.Value;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>A node's place among all nodes: which terms are its own.</summary>
/// <param name="Index">0-based place in the order of names.</param>
/// <param name="Count">Number of nodes, at least 1.</param>
public readonly record struct TermSeries(int Index, int Count)
{
    /// <summary>The series of <paramref name="node"/> among itself and its peers.</summary>
    public static TermSeries For(NodeName node, IEnumerable<NodeName> peers)
    {
        var all = peers.Append(node).Distinct().Order().ToList();
        return new TermSeries(all.IndexOf(node), all.Count);
    }

    /// <summary>Whether a term belongs to this node.</summary>
    public bool Owns(Term term) => term != Term.None && term.Value % (uint)Count == (uint)Index;

    /// <summary>The smallest own term above <paramref name="seen"/>.</summary>
    /// <exception cref="InvalidOperationException">The 24 bits are used up.</exception>
    public Term NextAbove(Term seen)
    {
        var candidate = seen.Value + 1;
        candidate += (uint)((Index + Count - (int)(candidate % (uint)Count)) % Count);
        return candidate <= Term.MaxValue
            ? new Term(candidate)
            : throw new InvalidOperationException("the 24-bit terms are used up: stop both nodes and remove state-dir/*.term on both");
    }
}
