using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>
/// One entry of a node's journal. A journal only grows; versions do not: what an event takes back keeps its place in the journal.
/// </summary>
/// <param name="Term">The term of the active whose order this is.</param>
/// <param name="At">Wall-clock time, for people.</param>
/// <param name="By">The node that wrote it.</param>
public abstract record ReplicaEvent(Term Term, DateTimeOffset At, string By);

/// <summary>Changes with consecutive versions are on this node's disk; whether they count is decided later.</summary>
/// <param name="Changes">At least one, each with the chain after it.</param>
public sealed record Prepared(Term Term, DateTimeOffset At, string By, ImmutableArray<ChainedChange> Changes) : ReplicaEvent(Term, At, By);

/// <summary>
/// All changes up to a version count. A note for readers of the journal, not a promise: a claim commits whatever is prepared, so this
/// event may reach the disk later than the acknowledgement.
/// </summary>
/// <param name="Version">The last version that counts.</param>
/// <param name="Replicated">Both nodes had it.</param>
public sealed record Committed(Term Term, DateTimeOffset At, string By, long Version, bool Replicated) : ReplicaEvent(Term, At, By);

/// <summary>Prepared changes above a version are refused and their numbers free again.</summary>
/// <param name="Version">The last version that is kept.</param>
/// <param name="Reason">Why.</param>
public sealed record Aborted(Term Term, DateTimeOffset At, string By, long Version, string Reason) : ReplicaEvent(Term, At, By);

/// <summary>Changes above a version, committed ones among them, are not part of the current active's history.</summary>
/// <param name="Version">The last common version.</param>
/// <param name="Until">The last version that was taken back; those changes stay readable in the journal.</param>
public sealed record Truncated(Term Term, DateTimeOffset At, string By, long Version, long Until) : ReplicaEvent(Term, At, By);

/// <summary>Which nodes must have a change before it is acknowledged.</summary>
/// <param name="Nodes">This node, and the other where it is in sync.</param>
/// <param name="Replicated">The last version that the other one is known to have; 0 where nothing new is known.</param>
public sealed record InSyncSet(Term Term, DateTimeOffset At, string By, ImmutableArray<NodeName> Nodes, long Replicated) : ReplicaEvent(Term, At, By);

/// <summary>A change and the chain after it.</summary>
public sealed record ChainedChange(Change Change, Digest Digest)
{
    /// <summary>Its version.</summary>
    public long Version => Change.Version;
}
