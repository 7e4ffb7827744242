namespace AkkaFailover.Daemon.Replica;

/// <summary>Asks a replica for a <see cref="ReplicaReport"/>.</summary>
public sealed record GetReplica;

/// <summary>Changes a key. Answer: <see cref="ChangeAcknowledged"/> or <see cref="ChangeRefused"/>.</summary>
/// <param name="Key">1 to 512 bytes of UTF-8 without control characters.</param>
/// <param name="Value">Null removes the key.</param>
/// <param name="By">Who asked, for the log: user name or "uid N".</param>
public sealed record ChangeEntry(string Key, byte[]? Value, string By);

/// <summary>The change is on disk: on both nodes where <paramref name="Replicated"/>.</summary>
public sealed record ChangeAcknowledged(string Key, long Version, bool Replicated);

/// <summary>The change is not acknowledged, and it is on neither node unless <paramref name="Uncertain"/>.</summary>
/// <param name="Key">The key.</param>
/// <param name="Reason">Why, and what to do; names the active where this node is not it.</param>
/// <param name="Uncertain">The other node could not be asked to forget it, or decides: look whether it is there.</param>
public sealed record ChangeRefused(string Key, string Reason, bool Uncertain = false);

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

/// <summary>Asks for the last changes: <see cref="IReadOnlyList{T}"/> of <see cref="ChangeRow"/>, oldest first.</summary>
public sealed record GetChangeLog(int Count);

/// <summary>One change of the log.</summary>
/// <param name="Operation">set or remove.</param>
/// <param name="Replicated">Whether both nodes had it when it was acknowledged.</param>
public sealed record ChangeRow(long Version, DateTimeOffset At, string By, string Operation, string Key, long Size, string Fingerprint, uint Term, bool Replicated);

/// <summary>Asks for a full check of the journal's hash chain: <see cref="JournalVerdict"/>.</summary>
public sealed record VerifyJournal;

/// <summary>Result of <see cref="VerifyJournal"/>.</summary>
public sealed record JournalVerdict(bool Ok, long Events, long Version, string Digest, string Text);
