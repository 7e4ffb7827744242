namespace AkkaFailover.Core.Replica;

/// <summary>Entries as they were, and as the whole log makes them.</summary>
public static class ReplicaHistory
{
    /// <summary>The entries with every change of the log, whether it counts already or not: what a claim would make of it.</summary>
    public static EntryMap Held(this ReplicaState state)
    {
        var entries = state.Entries;
        foreach (var (change, _) in state.After(state.Committed))
            entries = entries.With(change.Key, change.Entry);
        return entries;
    }

    /// <summary>The entries as they were at a version.</summary>
    /// <param name="version">Not before the log's start, not above the last one that counts.</param>
    public static EntryMap At(this ReplicaState state, long version)
    {
        var entries = state.Entries;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (chained, _, before) in state.Log.From((int)(version - state.Start.Version)).Take((int)(state.Committed - version)))
        {
            if (seen.Add(chained.Change.Key))
                entries = entries.With(chained.Change.Key, before);
        }
        return entries;
    }
}
