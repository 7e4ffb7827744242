using System.Collections.Immutable;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Replica;

/// <summary>Something to be done; the outputs of one step are run in their order.</summary>
public abstract record ReplicaOutput;

/// <summary>Write these events with one fsync, then say <see cref="Persisted"/>; at most one is under way.</summary>
public sealed record Persist(ImmutableArray<ReplicaEvent> Events) : ReplicaOutput;

/// <summary>Say this to the peer's replica.</summary>
public sealed record Send(ReplicaMessage Message) : ReplicaOutput;

/// <summary>Answer a request.</summary>
public sealed record Answer(long Request, string Key, ChangeOutcome Outcome) : ReplicaOutput;

/// <summary>A snapshot is on disk, or <paramref name="Refusal"/> says why there is none.</summary>
public sealed record Compacted(long Request, long Version, string? Refusal) : ReplicaOutput;

/// <summary>Tell the election.</summary>
public sealed record Inform(ElectionInput Input) : ReplicaOutput;

/// <summary>An alarm begins, or ends where there is no text.</summary>
public sealed record Alarmed(AlarmKind Kind, string? Text) : ReplicaOutput;

/// <summary>A line for the group's log and history.</summary>
/// <param name="Kind">note or replay.</param>
public sealed record Say(string Kind, string Text) : ReplicaOutput;

/// <summary>What became of a change.</summary>
public abstract record ChangeOutcome;

/// <summary>It is on disk, on both nodes where <paramref name="Replicated"/>.</summary>
public sealed record Acknowledged(long Version, bool Replicated) : ChangeOutcome;

/// <summary>It is refused.</summary>
/// <param name="Reason">Why, and what to do.</param>
/// <param name="Uncertain">The other node could not be asked to forget it: it may still be there.</param>
public sealed record Refused(string Reason, bool Uncertain) : ChangeOutcome;
