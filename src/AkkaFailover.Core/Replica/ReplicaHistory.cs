using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>Entries as they were, and as the whole log makes them.</summary>
public static class ReplicaHistory
{
    /// <summary>The entries with every change of the log, whether it counts already or not: what a claim would make of it.</summary>
    public static ImmutableSortedDictionary<string, Entry> Held(this ReplicaState state)
    {
        if (state.Committed == state.Last)
            return state.Entries;
        var entries = state.Entries.ToBuilder();
        foreach (var (change, _) in state.After(state.Committed))
            Put(entries, change.Key, change.Value is null ? null : new Entry(change.Value, change.Version, change.Content));
        return entries.ToImmutable();
    }

    /// <summary>The entries as they were at a version.</summary>
    /// <param name="version">Not before the log's start, not above the last one that counts.</param>
    public static ImmutableSortedDictionary<string, Entry> At(this ReplicaState state, long version)
    {
        var entries = state.Entries.ToBuilder();
        for (var taken = state.Committed; taken > version; taken--)
            Put(entries, state[taken].Chained.Change.Key, state[taken].Before);
        return entries.ToImmutable();
    }

    private static void Put(ImmutableSortedDictionary<string, Entry>.Builder entries, string key, Entry? entry)
    {
        if (entry is null)
            entries.Remove(key);
        else
            entries[key] = entry;
    }
}
