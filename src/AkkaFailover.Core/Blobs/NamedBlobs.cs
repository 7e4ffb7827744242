using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Blobs;

/// <summary>Which blobs a replica names.</summary>
public static class NamedBlobs
{
    /// <summary>The blob that an entry, or the change that a conflict keeps, names; null where it names none.</summary>
    public static BlobRef? In(string key, byte[]? value)
    {
        if (value is null) return null;
        if (PathKeys.IsKey(key)) return PathRecord.BlobIn(value);
        return Conflict.IsKey(key) && Conflict.Decode(value) is { Change: var kept } && !Conflict.IsKey(kept.Key) ? In(kept.Key, kept.Value) : null;
    }

    /// <summary>The blob that a change names.</summary>
    public static BlobRef? In(Change change) => In(change.Key, change.Value);

    /// <summary>Bytes of what an entry is about: of the content, where that is a blob.</summary>
    public static long SizeOf(string key, byte[]? value) => PathKeys.IsKey(key) && In(key, value) is { } blob ? blob.Size : value?.LongLength ?? 0;

    /// <summary>What the entries name: this node needs it on its disk.</summary>
    public static IEnumerable<(string Key, BlobRef Blob)> Needed(ReplicaState state) =>
        Needed(state.Entries);

    private static IEnumerable<(string Key, BlobRef Blob)> Needed(EntryMap entries) =>
        PathKeys.Prefixes.Append(Conflict.Prefix).SelectMany(entries.Under).SelectMany(entry => Named(entry.Key, entry.Entry.Value));

    /// <summary>A key with the blob that its value names; nothing where it names none.</summary>
    public static IEnumerable<(string Key, BlobRef Blob)> Named(string key, byte[]? value)
    {
        if (In(key, value) is { } blob) yield return (key, blob);
    }

    /// <summary>
    /// Everything that must stay on this node's disk: what the entries name, what waits to count, what would be the entry again if all that only
    /// this node has were taken back, what was taken back, and a snapshot that is being read. What an old change of the log names, and no entry
    /// any more, is not among them: a database of 100 MB that changes every few seconds would fill any disk.
    /// </summary>
    public static HashSet<BlobRef> Kept(ReplicaState state)
    {
        var kept = Needed(state).Select(named => named.Blob).ToHashSet();
        kept.UnionWith(state.After(state.Committed).Select(chained => In(chained.Change)).OfType<BlobRef>());
        kept.UnionWith(state.Orphans.Values.Select(orphan => In(orphan)).OfType<BlobRef>());
        if (state.Reading is { } reading)
        {
            kept.UnionWith(Needed(reading.Entries).Select(named => named.Blob));
            kept.UnionWith(reading.Begun.Prepared.Select(chained => In(chained.Change)).OfType<BlobRef>());
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var alone = Math.Max(state.Replicated, state.Start.Version);
        foreach (var (chained, _, before) in state.Log.From((int)(alone - state.Start.Version)).Take((int)Math.Max(0, state.Committed - alone)))
        {
            if (PathKeys.IsKey(chained.Change.Key) && seen.Add(chained.Change.Key) && In(chained.Change.Key, before?.Value) is { } blob) kept.Add(blob);
        }
        return kept;
    }
}
