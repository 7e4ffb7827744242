using System.Collections;
using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>
/// The changes after some version, in order; immutable. Those that count lie packed in blocks, as entries do in <see cref="EntryMap"/>:
/// a log that is half as large as the entries is little to a collection. A change is unpacked when it is read.
/// </summary>
public sealed class ChangeLog : IReadOnlyList<LogItem>
{
    /// <summary>No changes.</summary>
    public static readonly ChangeLog Empty = new([], 0, [], 0);

    private const int BlockSize = LogBlock.Size;

    private const long MaxBlockBytes = 256 << 10;

    private readonly ImmutableList<LogBlock> _blocks;
    private readonly int _forgotten;
    private readonly ImmutableList<LogItem> _open;

    /// <param name="forgotten">How many changes of the first block are not part of the log any more.</param>
    private ChangeLog(ImmutableList<LogBlock> blocks, int forgotten, ImmutableList<LogItem> open, long weight) =>
        (_blocks, _forgotten, _open, Weight) = (blocks, forgotten, open, weight);

    /// <inheritdoc/>
    public int Count => Packed + _open.Count;

    /// <summary>What the changes weigh, in bytes: the sum of <see cref="Change.Weight"/>.</summary>
    public long Weight { get; }

    private int Packed => (_blocks.Count * BlockSize) - _forgotten;

    /// <inheritdoc/>
    public LogItem this[int index] =>
        index < 0 ? throw new ArgumentOutOfRangeException(nameof(index), index, null)
        : index < Packed ? _blocks[(index + _forgotten) / BlockSize].At((index + _forgotten) % BlockSize) : _open[index - Packed];

    /// <summary>With changes at the end that do not count yet.</summary>
    public ChangeLog Append(IReadOnlyList<ChainedChange> changes) => new(
        _blocks,
        _forgotten,
        // One is what comes nearly always.
        changes.Count == 1 ? _open.Add(new LogItem(changes[0], false, null)) : _open.AddRange(changes.Select(change => new LogItem(change, false, null))),
        Weight + changes.Sum(change => (long)change.Change.Weight));

    /// <summary>With changes that count from now on in the place of what they were; all before them counts.</summary>
    public ChangeLog Commit(int first, IReadOnlyCollection<LogItem> items)
    {
        var (blocks, open) = (_blocks, _open.ToBuilder());
        var place = first - Packed;
        foreach (var item in items) open[place++] = item;
        // One block stays as it is: what both nodes speak of all the time. Large values do too, and what comes behind them: to pack them is to copy them.
        for (; place >= 2 * BlockSize && open.Take(BlockSize).Sum(BytesOf) <= MaxBlockBytes; place -= BlockSize)
        {
            blocks = blocks.Add(LogBlock.Pack([.. open.Take(BlockSize)]));
            open.RemoveRange(0, BlockSize);
        }
        return new ChangeLog(blocks, _forgotten, open.ToImmutable(), Weight);
    }

    /// <summary>Without all but the first so many.</summary>
    public ChangeLog Keep(int count)
    {
        var weight = Weight - From(count).Sum(WeightOf);
        if (count >= Packed) return new ChangeLog(_blocks, _forgotten, _open.RemoveRange(count - Packed, Count - count), weight);
        var (block, rest) = Math.DivRem(count + _forgotten, BlockSize);
        var kept = block == 0 ? 0 : _forgotten;
        return new ChangeLog(_blocks.RemoveRange(block, _blocks.Count - block), kept, [.. _blocks[block].From(_forgotten - kept).Take(rest - _forgotten + kept)], weight);
    }

    /// <summary>Without the first so many.</summary>
    public ChangeLog Forget(int count)
    {
        if (count >= Packed)
        {
            var open = _open.RemoveRange(0, count - Packed);
            return new ChangeLog([], 0, open, open.Sum(WeightOf));
        }
        var (blocks, forgotten) = Math.DivRem(count + _forgotten, BlockSize);
        var rest = _blocks.RemoveRange(0, blocks);
        var weight = rest.Sum(block => block.Weight) - rest[0].From(0).Take(forgotten).Sum(WeightOf) + _open.Sum(WeightOf);
        return new ChangeLog(rest, forgotten, _open, weight);
    }

    /// <summary>The changes from a place on.</summary>
    public IEnumerable<LogItem> From(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        for (var (block, skip) = Math.DivRem(index + _forgotten, BlockSize); block < _blocks.Count; block++, skip = 0)
            foreach (var item in _blocks[block].From(skip)) yield return item;
        for (var place = Math.Max(index - Packed, 0); place < _open.Count; place++) yield return _open[place];
    }

    /// <inheritdoc/>
    public IEnumerator<LogItem> GetEnumerator() => From(0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static long BytesOf(LogItem item) => WeightOf(item) + (item.Before?.Value.Length ?? 0);

    private static long WeightOf(LogItem item) => item.Chained.Change.Weight;
}
