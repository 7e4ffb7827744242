using System.Collections.Immutable;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>Asks a replica for a <see cref="ReplicaReport"/>.</summary>
public sealed record GetReplica;

/// <summary>Asks a replica to change something.</summary>
/// <param name="By">Who asks, for the log: user name or "uid N", and what for.</param>
public abstract record ChangeRequest(string By);

/// <summary>Changes a key. Answer: <see cref="ChangeAcknowledged"/> or <see cref="ChangeRefused"/>.</summary>
/// <param name="Key">1 to 512 bytes of UTF-8 without control characters.</param>
/// <param name="Value">Null removes the key.</param>
public sealed record ChangeEntry(string Key, byte[]? Value, string By) : ChangeRequest(By);

/// <summary>What this program has found itself, in watched files or in a VPN's list of clients, becomes one batch. Answer: as for <see cref="ChangeEntry"/>.</summary>
internal sealed record FoundChanges(ImmutableArray<KeyChange> Changes, string By) : ChangeRequest(By);

/// <summary>A request that comes down to several changes, which count together or not at all. Answer: <see cref="PlanDone"/> or <see cref="ChangeRefused"/>.</summary>
/// <param name="DryRun">Only tell what would change.</param>
public abstract record PlanRequest(string By, bool DryRun) : ChangeRequest(By);

/// <summary>Sets every key back to what it was at a version.</summary>
public sealed record RollbackTo(long Version, string By, bool DryRun) : PlanRequest(By, DryRun);

/// <summary>Sets keys to values.</summary>
/// <param name="Exact">Keys that are not among them are removed.</param>
public sealed record ImportEntries(IReadOnlyDictionary<string, byte[]> Entries, bool Exact, string By, bool DryRun) : PlanRequest(By, DryRun);

/// <summary>What a <see cref="PlanRequest"/> came down to.</summary>
/// <param name="Changes">In order of keys.</param>
/// <param name="Version">The last one's version; null where nothing was made: nothing differed, or it was a dry run.</param>
/// <param name="Replicated">Both nodes have them.</param>
public sealed record PlanDone(IReadOnlyList<PlannedChange> Changes, long? Version, bool Replicated);

/// <summary>The change is on disk: on both nodes where <paramref name="Replicated"/>.</summary>
public sealed record ChangeAcknowledged(string Key, long Version, bool Replicated);

/// <summary>The change is not acknowledged, and it is on neither node unless <paramref name="Uncertain"/>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Reason">Why, and what to do; names the active where this node is not it.</param>
/// <param name="Uncertain">The other node could not be asked to forget it, or decides: look whether it is there.</param>
public sealed record ChangeRefused(string Key, string Reason, bool Uncertain = false)
{
    /// <summary>The reason, and where it is uncertain how to find out.</summary>
    public string Words => Uncertain ? $"{Reason}; whether it counts shows on the active when both nodes are in sync again, or on the other node when that is active: failoverctl config get {Key}" : Reason;
}

/// <summary>Asks for one value. Answer: <see cref="EntryFound"/> or <see cref="EntryMissing"/>.</summary>
public sealed record GetEntry(string Key);

/// <summary>A value.</summary>
public sealed record EntryFound(string Key, byte[] Value, long Version);

/// <summary>No such key.</summary>
public sealed record EntryMissing(string Key);

/// <summary>Asks for all keys: <see cref="IReadOnlyList{T}"/> of <see cref="EntryRow"/>, in order of keys.</summary>
public sealed record ListEntries;

/// <summary>One key of the list.</summary>
/// <param name="Fingerprint">The first 16 hexadecimal digits of the value's SHA-256.</param>
public sealed record EntryRow(string Key, long Version, long Size, string Fingerprint);

/// <summary>Asks for all that is held: <see cref="HeldEntries"/>.</summary>
public sealed record GetHeld;

/// <summary>All entries, with changes that do not count yet.</summary>
/// <param name="End">The end of the log.</param>
public sealed record HeldEntries(Mark End, EntryMap Entries);

/// <summary>Compares what is held with what the peer holds. Answer: <see cref="PeerCompared"/> or <see cref="PeerSilent"/>.</summary>
public sealed record ComparePeer;

/// <summary>What both hold.</summary>
/// <param name="Ours">The end of this node's log.</param>
/// <param name="Theirs">The end of the peer's.</param>
/// <param name="Keys">Keys that either has.</param>
/// <param name="Differences">In order of keys.</param>
public sealed record PeerCompared(Mark Ours, Mark Theirs, int Keys, IReadOnlyList<EntryDifference> Differences);

/// <summary>The peer did not tell all that it holds.</summary>
public sealed record PeerSilent(string Reason);

/// <summary>Asks for the last changes: <see cref="IReadOnlyList{T}"/> of <see cref="ChangeRow"/>, oldest first.</summary>
/// <param name="Count">How many.</param>
/// <param name="Key">Only those of this key; null for all.</param>
public sealed record GetChangeLog(int Count, string? Key = null);

/// <summary>One change of the log.</summary>
/// <param name="Operation">set or remove.</param>
/// <param name="Replicated">Whether both nodes had it when it was acknowledged.</param>
public sealed record ChangeRow(long Version, DateTimeOffset At, string By, string Operation, string Key, long Size, string Fingerprint, uint Term, bool Replicated);

/// <summary>Asks for a full check of the journal's hash chain: <see cref="JournalVerdict"/>.</summary>
public sealed record VerifyJournal;

/// <summary>Result of <see cref="VerifyJournal"/>.</summary>
public sealed record JournalVerdict(bool Ok, long Events, long Version, string Digest, string Text);

/// <summary>Asks for the conflicts: <see cref="IReadOnlyList{T}"/> of <see cref="ConflictRow"/>, in order of their names.</summary>
public sealed record ListConflicts;

/// <summary>One change that counted on one node while both were active.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Conflict">The change and the node that had it.</param>
/// <param name="Present">What the key is now; null where there is no such key.</param>
public sealed record ConflictRow(string Id, Conflict Conflict, Entry? Present);

/// <summary>Asks for a snapshot, after which the journal forgets what came before: <see cref="JournalCompacted"/>.</summary>
public sealed record CompactJournal;

/// <summary>Answer to <see cref="CompactJournal"/>.</summary>
/// <param name="Version">The version of the snapshot that the journal begins with now.</param>
/// <param name="Refusal">Why there is no new one; null where there is.</param>
public sealed record JournalCompacted(long Version, string? Refusal);
