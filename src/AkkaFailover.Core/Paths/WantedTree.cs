using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Paths;

/// <summary>One entry of a watched path.</summary>
/// <param name="Value">The encoded record.</param>
/// <param name="Content">Its hash.</param>
public readonly record struct WantedEntry(byte[] Value, Digest Content);

/// <summary>
/// What the replica says of one watched path. It follows the log, so that a change costs what it is and not what the whole configuration is; where
/// the log was cut it reads all entries again.
/// </summary>
/// <param name="Name">The path's name.</param>
/// <param name="At">The version, with its chain, that the entries are of; null before the first reading.</param>
/// <param name="Entries">By path below the root.</param>
public sealed record WantedTree(string Name, Mark? At, Dictionary<string, WantedEntry> Entries)
{
    /// <summary>Nothing is known.</summary>
    public static WantedTree Unread(string name) => new(name, null, new(StringComparer.Ordinal));

    /// <summary>The entries at a version of a log, not before what is committed. The old tree is not to be used any more.</summary>
    public WantedTree Advance(ReplicaState state, long version)
    {
        version = Math.Clamp(version, state.Committed, state.Last);
        var follows = At is { } at && at.Version <= version && state.Contains(at.Version, at.Digest);
        var entries = follows ? Entries : ReadAll(Name, state.Entries);
        foreach (var (change, _) in state.After(follows ? At!.Value.Version : state.Committed).TakeWhile(next => next.Change.Version <= version))
        {
            if (PathKeys.RelativeOf(Name, change.Key) is not { } relative) continue;
            if (change.Value is null) entries.Remove(relative);
            else entries[relative] = new WantedEntry(change.Value, change.Content);
        }
        return this with { At = new Mark(version, state.DigestAt(version)), Entries = entries };
    }

    /// <summary>The entries of one path, by path below its root.</summary>
    public static Dictionary<string, WantedEntry> ReadAll(string name, EntryMap all)
    {
        var entries = new Dictionary<string, WantedEntry>(StringComparer.Ordinal);
        foreach (var (key, entry) in all.Under(PathKeys.RootOf(name)))
            if (PathKeys.RelativeOf(name, key) is { } relative) entries[relative] = new WantedEntry(entry.Value, entry.Content);
        return entries;
    }
}
