using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace AkkaFailover.Core.Replica;

/// <summary>Where a log begins: what came before it is in the entries alone.</summary>
/// <param name="Version">The last version before the log; 0 where nothing came before.</param>
/// <param name="Digest">The chain up to it.</param>
/// <param name="Term">The term under which it was ordered.</param>
/// <param name="At">When.</param>
public readonly record struct LogStart(long Version, Digest Digest, Term Term, DateTimeOffset At)
{
    /// <summary>Nothing came before.</summary>
    public static readonly LogStart Beginning = new(0, Digest.None, Term.None, DateTimeOffset.UnixEpoch);

    /// <summary>Its version and chain.</summary>
    public Mark Mark => new(Version, Digest);
}

/// <summary>A key with its entry.</summary>
public readonly record struct KeyedEntry(string Key, Entry Entry)
{
    /// <summary>What it weighs in a part of a snapshot, in bytes.</summary>
    public int Weight => WeightOf(Key.Length, Entry.Value.Length);

    internal static int WeightOf(int keyLength, int valueLength) => 32 + keyLength + valueLength;

    /// <summary>
    /// The hash over a snapshot's entries up to this one: SHA-256 over the hash before it, the key (4 bytes of length and UTF-8), the
    /// version (8 bytes) and the SHA-256 of the value; numbers big-endian, entries in ordinal order of their keys.
    /// </summary>
    public Digest Chain(Digest before)
    {
        var bytes = Encoding.UTF8.GetByteCount(Key);
        Span<byte> buffer = stackalloc byte[Digest.Size + 4 + ChangeRules.MaxKeyBytes + 8 + Digest.Size];
        before.Write(buffer);
        BinaryPrimitives.WriteInt32BigEndian(buffer[Digest.Size..], bytes);
        Encoding.UTF8.GetBytes(Key, buffer[(Digest.Size + 4)..]);
        var rest = Digest.Size + 4 + bytes;
        BinaryPrimitives.WriteInt64BigEndian(buffer[rest..], Entry.Version);
        Entry.Content.Write(buffer[(rest + 8)..]);
        return Digest.Of(buffer[..(rest + 8 + Digest.Size)]);
    }
}

/// <summary>
/// The entries at a version follow, in parts and with other events between them; with <see cref="SnapshotDone"/> they take the place
/// of everything before this event.
/// </summary>
/// <param name="Start">The version whose entries they are.</param>
/// <param name="Replicated">The last version that both nodes are known to have had.</param>
/// <param name="InSync">The nodes that must have a change.</param>
/// <param name="Prepared">Changes after that version that are on disk and do not count yet.</param>
/// <param name="Installs">They come from the active, and take the place of this node's own log too.</param>
public sealed record SnapshotBegun(
    Term Term, DateTimeOffset At, string By, LogStart Start, long Replicated, ImmutableArray<NodeName> InSync, ImmutableArray<ChainedChange> Prepared, bool Installs)
    : ReplicaEvent(Term, At, By);

/// <summary>Some entries of a snapshot, in ordinal order of their keys.</summary>
public sealed record SnapshotPart(Term Term, DateTimeOffset At, string By, ImmutableArray<KeyedEntry> Entries) : ReplicaEvent(Term, At, By);

/// <summary>A snapshot is complete.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Count">Number of its entries.</param>
/// <param name="Content">The hash over them, see <see cref="KeyedEntry.Chain"/>.</param>
/// <param name="Installs">As in its beginning.</param>
public sealed record SnapshotDone(Term Term, DateTimeOffset At, string By, long Version, long Count, Digest Content, bool Installs) : ReplicaEvent(Term, At, By);

/// <summary>A snapshot of which the parts are being read.</summary>
/// <param name="Begun">Its beginning.</param>
/// <param name="Restores">It is the first thing that the journal has: what was written between its parts waits for its end.</param>
public sealed record SnapshotReading(SnapshotBegun Begun, bool Restores)
{
    /// <summary>The entries so far.</summary>
    public EntryMap Entries { get; private init; } = EntryMap.Empty;

    /// <summary>The hash over them.</summary>
    public Digest Content { get; private init; }

    private string? LastKey { get; init; }

    /// <summary>What waits for the end.</summary>
    public ImmutableList<ReplicaEvent> Later { get; private init; } = [];

    internal SnapshotReading Add(SnapshotPart part) => this with
    {
        Entries = Entries.Append(part.Entries),
        Content = part.Entries.Aggregate(Content, (before, entry) => entry.Chain(before)),
        LastKey = part.Entries.IsEmpty ? LastKey : part.Entries[^1].Key,
    };

    internal SnapshotReading Wait(ReplicaEvent happened) => this with { Later = Later.Add(happened) };

    internal string? Check(SnapshotPart part)
    {
        var last = LastKey;
        foreach (var (key, _) in part.Entries)
        {
            if (last is not null && string.CompareOrdinal(key, last) <= 0) return $"the snapshot of version {Begun.Start.Version} has key '{key}' out of order";
            last = key;
        }
        return null;
    }

    internal string? Check(SnapshotDone done) =>
        done.Version != Begun.Start.Version || done.Installs != Begun.Installs ? $"the end of a snapshot of version {done.Version} follows the beginning of one of version {Begun.Start.Version}"
        : done.Count != Entries.Count ? $"the snapshot of version {done.Version} has {Entries.Count} entries instead of {done.Count}"
        : done.Content != Content ? $"the snapshot of version {done.Version} is damaged: computed {Content.Fingerprint}, stored {done.Content.Fingerprint}"
        : null;
}

/// <summary>Entries on their way to the journal or to the peer.</summary>
/// <param name="Start">Their version.</param>
/// <param name="Entries">All of them.</param>
/// <param name="Taken">How many of them, from the first on, are on their way.</param>
/// <param name="LastKey">The last of those; empty before the first.</param>
/// <param name="Content">The hash over them.</param>
public sealed record SnapshotWriting(LogStart Start, EntryMap Entries, int Taken, string LastKey, Digest Content)
{
    /// <summary>Begins with the committed entries of a state.</summary>
    public static SnapshotWriting Of(ReplicaState state) =>
        new(state.StartAt(state.Committed), state.Entries, 0, "", Digest.None);

    /// <summary>All of them are on their way.</summary>
    public bool IsComplete => Taken == Entries.Count;

    /// <summary>The next entries that fit into one part.</summary>
    public (SnapshotWriting After, ImmutableArray<KeyedEntry> Part) Take()
    {
        var (part, bytes, content) = (ImmutableArray.CreateBuilder<KeyedEntry>(), 0, Content);
        foreach (var entry in Entries.After(LastKey).Take(ReplicaRules.MaxPart))
        {
            bytes += entry.Weight;
            if (part.Count > 0 && bytes > ReplicaRules.MaxPartBytes) break;
            content = entry.Chain(content);
            part.Add(entry);
        }
        var after = this with { Taken = Taken + part.Count, LastKey = part.Count > 0 ? part[^1].Key : LastKey, Content = content };
        return (after, part.DrainToImmutable());
    }
}
