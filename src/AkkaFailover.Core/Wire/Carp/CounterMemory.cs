namespace AkkaFailover.Core.Wire;

/// <summary>Which counters were accepted before: what makes a replayed advert worthless, also after a restart (findings U1 and K5).</summary>
internal abstract class CounterMemory
{
    /// <summary>Whether an advert with this counter is a replay.</summary>
    public abstract bool Knows(CarpCounter counter);

    /// <summary>An advert with this counter was accepted; one that is known already changes nothing.</summary>
    public abstract void Remember(CarpCounter counter);

    /// <summary>What a memory made later has to be given, oldest first.</summary>
    public abstract IReadOnlyList<ulong> Export();
}

/// <summary>For our own nodes: the counters of each one grow.</summary>
internal sealed class GrowingCounters(int nodes) : CounterMemory
{
    private readonly CarpCounter[] _last = new CarpCounter[nodes];

    /// <inheritdoc/>
    public override bool Knows(CarpCounter counter) => counter <= Last(counter);

    /// <inheritdoc/>
    public override void Remember(CarpCounter counter)
    {
        if (!Knows(counter)) Last(counter) = counter;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ulong> Export() => _last.Select(counter => counter.Value).Where(value => value > 0).ToList();

    private ref CarpCounter Last(CarpCounter counter) => ref _last[counter.Term.Value % (uint)_last.Length];
}

/// <summary>
/// For ucarp: its counters are random, so only a repetition shows a replay. The sender does not count: the digest does not
/// cover it, so a counter that was sent by one station proves nothing about another (findings U2 and U3).
/// </summary>
internal sealed class RecentCounters : CounterMemory
{
    /// <summary>How many counters are remembered.</summary>
    public const int Capacity = 4096;

    private readonly HashSet<ulong> _known = new(Capacity);
    private readonly Queue<ulong> _order = new(Capacity);

    /// <inheritdoc/>
    public override bool Knows(CarpCounter counter) => _known.Contains(counter.Value);

    /// <inheritdoc/>
    public override void Remember(CarpCounter counter)
    {
        if (!_known.Add(counter.Value)) return;
        if (_order.Count == Capacity) _known.Remove(_order.Dequeue());
        _order.Enqueue(counter.Value);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ulong> Export() => _order.ToList();
}
