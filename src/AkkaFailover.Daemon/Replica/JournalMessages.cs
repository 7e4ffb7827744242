using System.Collections.Immutable;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>To the journal: write these with one transaction; answered by <see cref="JournalWritten"/> or <see cref="JournalBroken"/>.</summary>
internal sealed record WriteJournal(ImmutableArray<ReplicaEvent> Events);

/// <summary>From the journal: read to its end.</summary>
internal sealed record JournalRead(ReplicaState State);

/// <summary>From the journal: the last batch is on disk.</summary>
internal sealed record JournalWritten;

/// <summary>From the journal: it cannot be read or written and has stopped; what became of the last batch is not known.</summary>
/// <param name="Damaged">What it holds is not what was written.</param>
internal sealed record JournalBroken(string Reason, bool Damaged = false);

/// <summary>On the event stream: at this start a group's journal does not hold what was written.</summary>
/// <param name="What">In words.</param>
public sealed record JournalDamaged(GroupName Group, string What);
