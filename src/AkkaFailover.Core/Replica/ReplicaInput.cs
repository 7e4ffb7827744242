using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Replica;

/// <summary>Something that happened; the only way anything reaches the machine.</summary>
public abstract record ReplicaInput;

/// <summary>The journal has been read.</summary>
/// <param name="State">What it says.</param>
/// <param name="Incarnation">A number that no other run of this replica has.</param>
public sealed record Recovered(ReplicaState State, ulong Incarnation) : ReplicaInput;

/// <summary>The journal could not be read or written; nothing after the last <see cref="Persisted"/> is known to be on disk.</summary>
public sealed record JournalFailed(string Reason) : ReplicaInput;

/// <summary>What the last <see cref="Persist"/> asked for is on disk.</summary>
public sealed record Persisted : ReplicaInput;

/// <summary>Somebody asks for a change.</summary>
/// <param name="Request">Names the request in its answer.</param>
/// <param name="Value">Null removes the key.</param>
/// <param name="By">Who asks.</param>
public sealed record ChangeRequested(long Request, string Key, byte[]? Value, string By) : ReplicaInput;

/// <summary>Somebody asks for a snapshot, so that the journal can forget what came before; answered by <see cref="Compacted"/>.</summary>
public sealed record CompactRequested(long Request) : ReplicaInput;

/// <summary>The peer's replica said something.</summary>
public sealed record PeerSaid(ReplicaMessage Message) : ReplicaInput;

/// <summary>The link's transport changed.</summary>
public sealed record PeerLink(LinkStatus Status) : ReplicaInput;

/// <summary>The election orders a role.</summary>
public sealed record RoleOrdered(Election.ReplicaEffect Order) : ReplicaInput;

/// <summary>The moment of <see cref="ReplicaMachine.NextWake"/> has come.</summary>
public sealed record Wake : ReplicaInput;
