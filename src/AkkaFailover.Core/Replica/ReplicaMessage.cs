using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>What the two replicas of a group say to each other.</summary>
public abstract record ReplicaMessage;

/// <summary>Sent every second and whenever a link begins; answered by <see cref="ReplicaEcho"/>.</summary>
/// <param name="Incarnation">Identifies this run of the sender's replica.</param>
/// <param name="Sent">The sender's own monotonic clock in nanoseconds: the number of the beat, echoed as it is.</param>
/// <param name="Window">W: how long the sender trusts an echo, from the sending of its beat.</param>
/// <param name="Leading">Whether the sender takes changes.</param>
/// <param name="Term">The term it leads or follows.</param>
/// <param name="Mark">Its position: the last committed version where it leads, else the end of its log on disk.</param>
/// <param name="Healthy">Whether it can write.</param>
public sealed record ReplicaBeat(ulong Incarnation, long Sent, TimeSpan Window, bool Leading, Term Term, Mark Mark, bool Healthy) : ReplicaMessage;

/// <summary>Answers a beat at once.</summary>
/// <param name="Incarnation">Of the beat.</param>
/// <param name="Sent">Of the beat.</param>
/// <param name="Leading">Whether the echoing node takes changes.</param>
/// <param name="InSync">The echoing node acknowledges nothing without the other one until W has passed.</param>
/// <param name="Mark">The echoing node's position.</param>
public sealed record ReplicaEcho(ulong Incarnation, long Sent, bool Leading, bool InSync, Mark Mark) : ReplicaMessage;

/// <summary>From the active: changes that follow a version. Without changes it asks where the follower stands.</summary>
/// <param name="Term">The active's term; one lower than the follower's is ignored.</param>
/// <param name="Stream">Grows whenever the active starts again at some version; a lower one is late and ignored.</param>
/// <param name="Previous">What the changes follow.</param>
/// <param name="Changes">With consecutive versions.</param>
/// <param name="Committed">The last version that counts.</param>
public sealed record Append(Term Term, ulong Stream, Mark Previous, ImmutableArray<Change> Changes, long Committed) : ReplicaMessage;

/// <summary>From the follower: all of this is on its disk.</summary>
/// <param name="Term">Of the append.</param>
/// <param name="Stream">Of the append.</param>
/// <param name="Mark">The end of its log.</param>
/// <param name="Gap">The append did not fit behind it.</param>
public sealed record Appended(Term Term, ulong Stream, Mark Mark, bool Gap) : ReplicaMessage;

/// <summary>From the active: take back the change at this mark and all behind it; without effect where the follower has another there.</summary>
public sealed record Cut(Term Term, ulong Stream, Mark First) : ReplicaMessage;

/// <summary>From the active, looking for the last common version: the follower's chain at some versions of a range.</summary>
public sealed record AskMarks(Term Term, ulong Stream, long From, long To) : ReplicaMessage;

/// <summary>Answers <see cref="AskMarks"/>: at most 64 marks in rising order, the range's ends among them.</summary>
public sealed record Marks(Term Term, ulong Stream, ImmutableArray<Mark> Found) : ReplicaMessage;

/// <summary>From the active: its entries follow in parts, since its log does not go back to anything that the follower has.</summary>
/// <param name="Start">The version whose entries they are.</param>
public sealed record Install(Term Term, ulong Stream, LogStart Start) : ReplicaMessage;

/// <summary>Some entries, in order.</summary>
/// <param name="Index">Counted from 0.</param>
public sealed record InstallPart(Term Term, ulong Stream, long Index, ImmutableArray<KeyedEntry> Entries) : ReplicaMessage;

/// <summary>That was all; answered by <see cref="Appended"/>.</summary>
/// <param name="Count">Number of entries.</param>
/// <param name="Content">The hash over them.</param>
public sealed record InstallEnd(Term Term, ulong Stream, long Count, Digest Content) : ReplicaMessage;

/// <summary>From the follower: so many parts are on its disk.</summary>
public sealed record Installed(Term Term, ulong Stream, long Parts) : ReplicaMessage;

/// <summary>From the follower: changes that counted there and were taken back; sent until they are conflicts.</summary>
public sealed record Orphaned(Term Term, ImmutableArray<Change> Changes) : ReplicaMessage;

/// <summary>From the follower: it cannot write; it is not in sync any more.</summary>
/// <param name="Term">Of the active that it follows.</param>
/// <param name="Reason">Why.</param>
/// <param name="Kept">The last version that it keeps, as it had confirmed it.</param>
/// <param name="Incarnation">Of its beats; 0 where its journal has not been read.</param>
public sealed record CannotPersist(Term Term, string Reason, long Kept, ulong Incarnation) : ReplicaMessage;

/// <summary>The sender stops: it will not claim on what it has.</summary>
public sealed record Goodbye : ReplicaMessage;

/// <summary>A version and the chain up to it.</summary>
public readonly record struct Mark(long Version, Digest Digest)
{
    /// <inheritdoc/>
    public override string ToString() => $"version {Version}, digest {Digest.Fingerprint[..8]}…";
}
