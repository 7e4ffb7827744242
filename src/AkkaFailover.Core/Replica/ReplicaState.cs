using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>One key's present value.</summary>
/// <param name="Version">The change that set it.</param>
/// <param name="Content">Hash of the value.</param>
public sealed record Entry(byte[] Value, long Version, Digest Content);

/// <summary>One change of the log.</summary>
/// <param name="Chained">The change and the chain after it.</param>
/// <param name="Replicated">Both nodes had it when it was committed.</param>
/// <param name="Before">What the key was before it was committed; null where there was none.</param>
public sealed record LogItem(ChainedChange Chained, bool Replicated, Entry? Before);

/// <summary>What the journal says: the log of changes and the entries they lead to. Changed by events alone.</summary>
public sealed record ReplicaState
{
    /// <summary>An empty journal.</summary>
    public static readonly ReplicaState Empty = new();

    /// <summary>Committed values by key, in ordinal order.</summary>
    public ImmutableSortedDictionary<string, Entry> Entries { get; private init; } =
        ImmutableSortedDictionary.Create<string, Entry>(StringComparer.Ordinal);

    /// <summary>All changes, the committed ones first; the item of version v has index v − 1.</summary>
    public ImmutableList<LogItem> Log { get; private init; } = [];

    /// <summary>The last version that counts.</summary>
    public long Committed { get; private init; }

    /// <summary>The last version that both nodes are known to have had.</summary>
    public long Replicated { get; private init; }

    /// <summary>The highest term of any event.</summary>
    public Term Term { get; private init; }

    /// <summary>The nodes that must have a change; empty before the first event of this kind.</summary>
    public ImmutableArray<NodeName> InSync { get; private init; } = [];

    /// <summary>The last version of the log, committed or not.</summary>
    public long Last => Log.Count;

    /// <summary>The chain up to a version of the log.</summary>
    public Digest DigestAt(long version) => version == 0 ? Digest.None : Log[(int)version - 1].Chained.Digest;

    /// <summary>The term under which a version of the log was ordered.</summary>
    public Term TermAt(long version) => version == 0 ? Term.None : Log[(int)version - 1].Chained.Change.Term;

    /// <summary>Whether this log goes through that version with that chain.</summary>
    public bool Contains(long version, Digest digest) => version >= 0 && version <= Last && DigestAt(version) == digest;

    /// <summary>The changes after a version.</summary>
    public IEnumerable<ChainedChange> After(long version)
    {
        for (var index = (int)version; index < Log.Count; index++)
            yield return Log[index].Chained;
    }

    /// <summary>Says why an event cannot follow this state (a broken chain, an impossible version); null where it can.</summary>
    public string? Check(ReplicaEvent happened) => happened switch
    {
        Prepared e => CheckChain(e),
        Committed e when e.Version < Committed || e.Version > Last => Impossible("committed", e.Version),
        Aborted e when e.Version < Committed || e.Version > Last => Impossible("aborted", e.Version),
        Truncated e when e.Version < 0 || e.Version > Last => Impossible("truncated", e.Version),
        _ => null,
    };

    /// <summary>The state after an event that <see cref="Check"/> accepts; only copies from the event.</summary>
    public ReplicaState Apply(ReplicaEvent happened)
    {
        var next = happened switch
        {
            Prepared e => this with { Log = Log.AddRange(e.Changes.Select(c => new LogItem(c, false, null))) },
            Committed e => Commit(e),
            Aborted e => this with { Log = Log.RemoveRange((int)e.Version, Log.Count - (int)e.Version) },
            Truncated e => Truncate(e.Version),
            InSyncSet e => this with { InSync = e.Nodes, Replicated = e.Nodes.Length > 1 ? Committed : Replicated },
            _ => this,
        };
        return happened.Term > Term ? next with { Term = happened.Term } : next;
    }

    private ReplicaState Commit(Committed upTo)
    {
        var entries = Entries.ToBuilder();
        var log = Log.ToBuilder();
        for (var index = (int)Committed; index < upTo.Version; index++)
        {
            var change = log[index].Chained.Change;
            log[index] = log[index] with { Replicated = upTo.Replicated, Before = entries.GetValueOrDefault(change.Key) };
            Put(entries, change.Key, change.Value is null ? null : new Entry(change.Value, change.Version, change.Content));
        }
        return this with
        {
            Entries = entries.ToImmutable(),
            Log = log.ToImmutable(),
            Committed = upTo.Version,
            Replicated = upTo.Replicated ? upTo.Version : Replicated,
        };
    }

    private ReplicaState Truncate(long version)
    {
        var entries = Entries.ToBuilder();
        for (var index = (int)Committed - 1; index >= version; index--)
            Put(entries, Log[index].Chained.Change.Key, Log[index].Before);
        return this with
        {
            Entries = entries.ToImmutable(),
            Log = Log.RemoveRange((int)version, Log.Count - (int)version),
            Committed = Math.Min(Committed, version),
            Replicated = Math.Min(Replicated, version),
        };
    }

    private static void Put(ImmutableSortedDictionary<string, Entry>.Builder entries, string key, Entry? entry)
    {
        if (entry is null)
            entries.Remove(key);
        else
            entries[key] = entry;
    }

    private string? CheckChain(Prepared prepared)
    {
        var (version, digest) = (Last, DigestAt(Last));
        foreach (var (change, chained) in prepared.Changes)
        {
            digest = change.Chain(digest);
            if (change.Version != ++version)
                return $"version {change.Version} follows version {version - 1}";
            if (digest != chained)
                return $"the hash chain is broken at version {version}: computed {digest.Fingerprint}, stored {chained.Fingerprint}";
        }
        return null;
    }

    private string Impossible(string what, long version) => $"{what} up to version {version}, but the log is committed up to {Committed} and ends at {Last}";
}
