using System.Collections.Immutable;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Replica;

/// <summary>What a replica says to the other half of its group.</summary>
public sealed record ReplicaSays(ReplicaMessage Message) : ReplicaPayload;

/// <summary>Asks the other half for what it holds, page by page.</summary>
/// <param name="Request">Names the question.</param>
/// <param name="Page">From 0; each is asked for when the one before it is there.</param>
public sealed record EntriesAsked(ulong Request, int Page) : ReplicaPayload;

/// <summary>A page of what the other half holds.</summary>
/// <param name="Request">Of the question.</param>
/// <param name="Page">Of the question.</param>
/// <param name="End">The end of its log when the first page was made; the same on every page.</param>
/// <param name="Rows">In ordinal order of keys.</param>
/// <param name="Last">There are no more.</param>
public sealed record EntriesTold(ulong Request, int Page, Mark End, ImmutableArray<EntryMark> Rows, bool Last) : ReplicaPayload;
