using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace AkkaFailover.Core.Replica;

/// <summary>
/// Committed values by key, in ordinal order; immutable. Entries lie packed in leaves of about 2 KiB: a million of them are a hundred
/// thousand objects instead of four million, of which a collection would have to look at each. An entry is unpacked when it is read.
/// </summary>
public sealed class EntryMap : IReadOnlyDictionary<string, Entry>
{
    /// <summary>No entries.</summary>
    public static readonly EntryMap Empty = new([], 0, 0);

    private readonly ImmutableList<EntryLeaf> _leaves;

    private EntryMap(ImmutableList<EntryLeaf> leaves, int count, long weight) => (_leaves, Count, Weight) = (leaves, count, weight);

    /// <summary>Number of entries.</summary>
    public int Count { get; }

    /// <summary>What they weigh with their keys, in bytes: the sum of <see cref="KeyedEntry.Weight"/>.</summary>
    public long Weight { get; }

    /// <inheritdoc/>
    public IEnumerable<string> Keys => After("").Select(entry => entry.Key);

    /// <inheritdoc/>
    public IEnumerable<Entry> Values => After("").Select(entry => entry.Entry);

    /// <inheritdoc/>
    public Entry this[string key] => TryGetValue(key, out var entry) ? entry : throw new KeyNotFoundException($"there is no key '{key}'");

    /// <summary>With a value for a key; without the key where the entry is null.</summary>
    public EntryMap With(string key, Entry? entry)
    {
        var record = entry is null ? [] : EntryLeaf.Pack(new KeyedEntry(key, entry));
        if (_leaves.IsEmpty) return entry is null ? this : new EntryMap([new EntryLeaf(record)], 1, EntryLeaf.WeightOf(record));
        var index = LeafOf(key);
        var leaf = _leaves[index];
        var old = leaf.Find(key);
        if (entry is null && old.IsEmpty) return this;
        var parts = leaf.Replace(old.At, old.Length, record);
        return new EntryMap(
            parts.Count == 1 ? _leaves.SetItem(index, parts[0]) : _leaves.RemoveAt(index).InsertRange(index, parts),
            Count + (entry is null ? 0 : 1) - (old.IsEmpty ? 0 : 1),
            Weight + (entry is null ? 0 : EntryLeaf.WeightOf(record)) - (old.IsEmpty ? 0 : leaf.WeightAt(old.At)));
    }

    /// <summary>With entries behind all that are here, themselves in order: without a look at each one's place.</summary>
    public EntryMap Append(IEnumerable<KeyedEntry> later)
    {
        var (leaves, count, weight) = (_leaves.ToBuilder(), Count, Weight);
        var leaf = new ArrayBufferWriter<byte>(EntryLeaf.MaxBytes);
        foreach (var entry in later)
        {
            var record = EntryLeaf.Pack(entry);
            if (leaf.WrittenCount > 0 && leaf.WrittenCount + record.Length > EntryLeaf.MaxBytes) Flush();
            leaf.Write(record);
            (count, weight) = (count + 1, weight + entry.Weight);
        }
        if (leaf.WrittenCount > 0) Flush();
        return new EntryMap(leaves.ToImmutable(), count, weight);

        void Flush()
        {
            leaves.Add(new EntryLeaf(leaf.WrittenSpan.ToArray()));
            leaf.ResetWrittenCount();
        }
    }

    /// <summary>The entries behind a key, in order.</summary>
    public IEnumerable<KeyedEntry> After(string key) => From(key).SkipWhile(entry => entry.Key == key);

    /// <summary>The entries whose keys begin in some way, in order.</summary>
    public IEnumerable<KeyedEntry> Under(string prefix) => From(prefix).TakeWhile(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal));

    /// <inheritdoc/>
    public bool ContainsKey(string key) => !_leaves.IsEmpty && !_leaves[LeafOf(key)].Find(key).IsEmpty;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Entry value)
    {
        value = null;
        if (_leaves.IsEmpty) return false;
        var leaf = _leaves[LeafOf(key)];
        if (leaf.Find(key) is { IsEmpty: false } place) value = leaf.At(place.At).Entry;
        return value is not null;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Entry>> GetEnumerator() =>
        After("").Select(entry => KeyValuePair.Create(entry.Key, entry.Entry)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<KeyedEntry> From(string key)
    {
        if (_leaves.IsEmpty) yield break;
        var first = LeafOf(key);
        for (var index = first; index < _leaves.Count; index++)
        {
            var leaf = _leaves[index];
            for (var at = index == first ? leaf.Find(key).At : 0; at < leaf.Length; at = leaf.Next(at))
                yield return leaf.At(at);
        }
    }

    /// <summary>The leaf where a key is, or would be: the last one that does not begin behind it.</summary>
    private int LeafOf(string key) => Math.Max(~_leaves.BinarySearch(null!, new Behind(key)) - 1, 0);

    /// <summary>Finds the first leaf that begins behind a key, in one way down the list's tree.</summary>
    private sealed class Behind(string key) : IComparer<EntryLeaf>
    {
        public int Compare(EntryLeaf? x, EntryLeaf? y) => (x ?? y)!.BeginsBehind(key) == (x is null) ? -1 : 1;
    }
}
