using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>One key's present value; equal where version and hash are.</summary>
/// <param name="Version">The change that set it.</param>
/// <param name="Content">Hash of the value.</param>
public sealed record Entry(byte[] Value, long Version, Digest Content)
{
    /// <inheritdoc/>
    public bool Equals(Entry? other) => other is not null && Version == other.Version && Content == other.Content;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, Content);
}

/// <summary>One change of the log.</summary>
/// <param name="Chained">The change and the chain after it.</param>
/// <param name="Replicated">Both nodes had it when it was committed.</param>
/// <param name="Before">What the key was before it was committed; null where there was none.</param>
public sealed record LogItem(ChainedChange Chained, bool Replicated, Entry? Before);

/// <summary>What the journal says: the log of changes and the entries they lead to. Changed by events alone.</summary>
public sealed partial record ReplicaState
{
    /// <summary>An empty journal.</summary>
    public static readonly ReplicaState Empty = new();

    /// <summary>Committed values by key, in ordinal order.</summary>
    public EntryMap Entries { get; private init; } = EntryMap.Empty;

    /// <summary>What came before the log.</summary>
    public LogStart Start { get; private init; } = LogStart.Beginning;

    /// <summary>The changes after <see cref="Start"/>, the committed ones first.</summary>
    public ChangeLog Log { get; private init; } = ChangeLog.Empty;

    /// <summary>Changes of this node that counted and were taken back, by the keys that they get as a <see cref="Conflict"/>.</summary>
    public ImmutableSortedDictionary<string, Change> Orphans { get; private init; } =
        ImmutableSortedDictionary.Create<string, Change>(StringComparer.Ordinal);

    /// <summary>A snapshot that is being read, from the journal or from the active.</summary>
    public SnapshotReading? Reading { get; private init; }

    /// <summary>The last version that counts.</summary>
    public long Committed { get; private init; }

    /// <summary>The last version that both nodes are known to have had.</summary>
    public long Replicated { get; private init; }

    /// <summary>The highest term of any event.</summary>
    public Term Term { get; private init; }

    /// <summary>The nodes that must have a change; empty before the first event of this kind.</summary>
    public ImmutableArray<NodeName> InSync { get; private init; } = [];

    /// <summary>The last version of the log, committed or not.</summary>
    public long Last => Start.Version + Log.Count;

    /// <summary>When the last change of the log was ordered.</summary>
    public DateTimeOffset LastAt => Log.Count == 0 ? Start.At : Log[^1].Chained.Change.At;

    /// <summary>The log's item of a version after <see cref="Start"/>.</summary>
    public LogItem this[long version] => Log[(int)(version - Start.Version) - 1];

    /// <summary>The chain up to a version, not before <see cref="Start"/>.</summary>
    public Digest DigestAt(long version) => version == Start.Version ? Start.Digest : this[version].Chained.Digest;

    /// <summary>The term under which a version was ordered, not before <see cref="Start"/>.</summary>
    public Term TermAt(long version) => version == Start.Version ? Start.Term : this[version].Chained.Change.Term;

    /// <summary>Whether this log goes through that version with that chain; false too for what is before <see cref="Start"/>.</summary>
    public bool Contains(long version, Digest digest) => version >= Start.Version && version <= Last && DigestAt(version) == digest;

    /// <summary>The changes after a version, not before <see cref="Start"/>.</summary>
    public IEnumerable<ChainedChange> After(long version) => Log.From((int)(version - Start.Version)).Select(item => item.Chained);

    /// <summary>A version, not before <see cref="Start"/>, as the beginning of a log.</summary>
    public LogStart StartAt(long version) =>
        version == Start.Version ? Start : new(version, DigestAt(version), TermAt(version), this[version].Chained.Change.At);

    /// <summary>Says why an event cannot follow this state (a broken chain, an impossible version); null where it can.</summary>
    public string? Check(ReplicaEvent happened) => happened switch
    {
        SnapshotBegun => null,
        SnapshotPart e => Reading?.Check(e),
        SnapshotDone e when Reading is null => e.Version < Start.Version || e.Version > Committed ? Impossible("a snapshot", e.Version) : null,
        SnapshotDone e => Reading.Check(e),
        _ when Reading is { Restores: true } => null,
        Prepared e => CheckChain(e),
        Committed e when e.Version < Committed || e.Version > Last => Impossible("committed", e.Version),
        Aborted e when e.Version < Committed || e.Version > Last => Impossible("aborted", e.Version),
        Truncated e when e.Version < Start.Version || e.Version > Last => Impossible("truncated", e.Version),
        _ => null,
    };

    /// <summary>The state after an event of the journal. What waited for the end of a snapshot is checked as it is applied, once.</summary>
    /// <param name="fault">Why it cannot follow this state; null where it can.</param>
    public ReplicaState Follow(ReplicaEvent happened, out string? fault)
    {
        fault = Check(happened);
        return fault is not null ? this
            : happened is SnapshotDone && Reading is { Restores: true } reading ? Restored(reading, out fault)?.Seen(happened.Term) ?? this
            : Apply(happened);
    }

    /// <summary>The state after an event that <see cref="Check"/> accepts; only copies from the event.</summary>
    public ReplicaState Apply(ReplicaEvent happened)
    {
        var next = happened switch
        {
            SnapshotBegun e => Begin(e),
            SnapshotPart e => this with { Reading = Reading?.Add(e) },
            SnapshotDone e => Finish(e),
            _ when Reading is { Restores: true } reading => this with { Reading = reading.Wait(happened) },
            Prepared e => this with { Log = Log.Append(e.Changes) },
            Committed e => Commit(e),
            Aborted e => this with { Log = Log.Keep((int)(e.Version - Start.Version)) },
            Truncated e => Truncate(e.Version),
            InSyncSet e => this with { InSync = e.Nodes, Replicated = Math.Max(Replicated, e.Replicated) },
            OrphansKept e => this with { Orphans = Orphans.SetItems(e.Changes.Select(change => KeyValuePair.Create(Conflict.KeyOf(change), change))) },
            _ => this,
        };
        return next.Seen(happened.Term);
    }

    private ReplicaState Seen(Term term) => term > Term ? this with { Term = term } : this;

    private ReplicaState Commit(Committed upTo)
    {
        var (entries, orphans) = (Entries, Orphans);
        var first = (int)(Committed - Start.Version);
        var items = new List<LogItem>();
        foreach (var item in Log.From(first).Take((int)(upTo.Version - Committed)))
        {
            var change = item.Chained.Change;
            items.Add(item with { Replicated = upTo.Replicated, Before = entries.GetValueOrDefault(change.Key) });
            entries = entries.With(change.Key, change.Entry);
            orphans = orphans.Remove(change.Key);
        }
        return this with
        {
            Entries = entries,
            Log = Log.Commit(first, items),
            Orphans = orphans,
            Committed = upTo.Version,
            Replicated = upTo.Replicated ? upTo.Version : Replicated,
        };
    }

    private ReplicaState Truncate(long version) => this with
    {
        Log = Log.Keep((int)(version - Start.Version)),
        Entries = version < Committed ? this.At(version) : Entries,
        Committed = Math.Min(Committed, version),
        Replicated = Math.Min(Replicated, version),
    };

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
