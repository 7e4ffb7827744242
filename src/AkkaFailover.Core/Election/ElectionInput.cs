namespace AkkaFailover.Core.Election;

/// <summary>Something that happened; the only way anything reaches the election.</summary>
public abstract record ElectionInput;

/// <summary>The moment of <c>ElectionMachine.NextWake</c> has come.</summary>
public sealed record Tick : ElectionInput;

/// <summary>The node's stored terms have been read; the first input of a run.</summary>
/// <param name="Lived">The highest term under which this node was active or heard an active, or <see cref="Term.None"/>.</param>
/// <param name="Reserved">The term reserved for this node's next claim, or <see cref="Term.None"/>.</param>
/// <param name="WasActive">This node was active when it last ran.</param>
/// <param name="Paused">Roles were frozen when it last ran.</param>
/// <param name="PauseEpoch">The epoch of that.</param>
/// <param name="CarrierUp">Whether the interface has carrier now.</param>
public sealed record Started(Term Lived, Term Reserved, bool WasActive, bool Paused, ulong PauseEpoch, bool CarrierUp) : ElectionInput;

/// <summary>A term has been written to disk for the next claim.</summary>
public sealed record TermReserved(Term Term) : ElectionInput;

/// <summary>An advert of the peer that passed every check.</summary>
public sealed record AdvertHeard(AdvertSummary Advert) : ElectionInput;

/// <summary>The peer's station answered for the group's address, or any station while the peer's is not known.</summary>
public sealed record AddressAnswered : ElectionInput;

/// <summary>The question for the group's address could not be sent, so no silence follows from it.</summary>
public sealed record AddressNotAsked : ElectionInput;

/// <summary>One round of LAN probes has ended.</summary>
public sealed record NeighboursReported(LanReport Report) : ElectionInput;

/// <summary>Just now the peer's LAN address or a witness answered; told at once, and only where witnesses are configured or the election has just asked.</summary>
/// <param name="Witness">A witness; otherwise the peer.</param>
public sealed record LanContact(bool Witness) : ElectionInput;

/// <summary>The link's transport changed its state.</summary>
/// <param name="Status">The new state.</param>
/// <param name="Detail">For the log.</param>
public sealed record LinkChanged(LinkStatus Status, string Detail) : ElectionInput
{
    /// <summary>A connection ended, rather than fell silent.</summary>
    public bool Ended { get; init; }
}

/// <summary>The peer said how it beats.</summary>
public sealed record PeerGreeted(PeerGreeting Greeting) : ElectionInput;

/// <summary>A beat of the peer over the link.</summary>
public sealed record BeatHeard(PeerBeat Beat) : ElectionInput;

/// <summary>The peer said over the link that it has released its addresses.</summary>
/// <param name="Term">The term it held.</param>
/// <param name="Echo">When this node sent the last beat that the peer had heard before: the release is no older. Null for none.</param>
public sealed record PeerReleased(Term Term, Moment? Echo) : ElectionInput;

/// <summary>The interface's carrier came or went.</summary>
/// <param name="Up">Whether frames can pass.</param>
/// <param name="Reason">"carrier lost", "interface gone", "carrier back".</param>
public sealed record CarrierChanged(bool Up, string Reason) : ElectionInput;

/// <summary>The service changed its state.</summary>
/// <param name="State">none, stopped, preparing, running, failing, failed or stopping.</param>
/// <param name="Detail">Its last words; empty where there are none.</param>
public sealed record ServiceChanged(ServiceState State, string Detail) : ElectionInput
{
    /// <summary>The role should go to a standby that is ready. Between two restarts of a process it should not.</summary>
    public bool Unfit { get; init; } = State == ServiceState.Failed;

    /// <summary>When this node starts it again; <see cref="Moment.Never"/> where it is not between two starts.</summary>
    public Moment RetryAt { get; init; } = Moment.Never;

    /// <summary>It has been started, and has neither ended nor been stopped or given up.</summary>
    public bool IsStarted => State is ServiceState.Preparing or ServiceState.Running or ServiceState.Failing && RetryAt == Moment.Never;
}

/// <summary>The checks that run where the service is stopped say something else.</summary>
/// <param name="Fallen">The check that is not up; empty where all are.</param>
public sealed record StandbyChecked(string Fallen) : ElectionInput;

/// <summary>The states of a service; the words of status are these names in lower case.</summary>
public enum ServiceState
{
    /// <summary>No service is configured.</summary>
    None,

    /// <summary>Not running, as it should be on a standby.</summary>
    Stopped,

    /// <summary>Starting.</summary>
    Preparing,

    /// <summary>Running.</summary>
    Running,

    /// <summary>Running, but checks fail or it is between restarts.</summary>
    Failing,

    /// <summary>Given up.</summary>
    Failed,

    /// <summary>Stopping.</summary>
    Stopping,
}

/// <summary>The replica's position or health changed.</summary>
public sealed record ReplicaChanged(ReplicaPosition Position) : ElectionInput;

/// <summary>The peer's replica has seen this term, perhaps of a claim that failed, and takes no changes under a lower one.</summary>
public sealed record TermRefused(Term Term) : ElectionInput;

/// <summary>The replay that <see cref="BeginReplay"/> asked for is complete: journal and digest agree on the last version heard of.</summary>
/// <param name="Term">Of the claim it was asked for.</param>
/// <param name="Version">Version reached.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="MissingVersions">Versions known to be missing; 0 unless this is a stale claim.</param>
public sealed record CaughtUp(Term Term, long Version, string Digest, long MissingVersions) : ElectionInput;

/// <summary>The replay failed; the claim must not go on.</summary>
public sealed record ReplayFailed(Term Term, string Reason) : ElectionInput;

/// <summary>The final version is on both nodes, or cannot be brought there in time.</summary>
public sealed record ReplicaFlushed : ElectionInput;

/// <summary>The guard holds the addresses.</summary>
public sealed record AddressesHeld(Term Term) : ElectionInput
{
    /// <summary>When they were added and announced; null where they had been held before, under the same term.</summary>
    public AddressSteps? Steps { get; init; }
}

/// <summary>The steps by which addresses come to a node.</summary>
/// <param name="AddedAt">The guard said that it holds them.</param>
/// <param name="AnnouncedAt">The first announcement of all of them had left.</param>
/// <param name="Frames">The frames of that announcement; fewer than expected where an interface cannot be opened.</param>
public sealed record AddressSteps(Moment AddedAt, Moment AnnouncedAt, long Frames);

/// <summary>The addresses could not be added.</summary>
public sealed record AddressesFailed(Term Term, string Reason) : ElectionInput;

/// <summary>The addresses are off.</summary>
/// <param name="Reason">As the release was asked for, or why guard or kernel did it.</param>
public sealed record AddressesReleased(string Reason) : ElectionInput;

/// <summary>The lease ended or may have ended: a late send, a pause of the host, a lost guard.</summary>
public sealed record LeaseLost(string Reason) : ElectionInput;

/// <summary>A broken part of this node (journal, disk, actor); it must not be active.</summary>
public sealed record LocalFault(string Reason) : ElectionInput;

/// <summary>An operator asks the active to hand over.</summary>
public sealed record HandoverRequested(string By) : ElectionInput;

/// <summary>An operator claims the role for this node, without evidence.</summary>
public sealed record TakeoverForced(string By) : ElectionInput;

/// <summary>An operator freezes or thaws the roles of the pair.</summary>
public sealed record PauseRequested(bool Paused, string By) : ElectionInput;

/// <summary>An operator wants the service of the active to be stopped and started in place.</summary>
public sealed record ServiceRestartRequested(string By) : ElectionInput;

/// <summary>The daemon stops: hand over if a ready standby is there, release, end.</summary>
public sealed record StopRequested(string Reason) : ElectionInput;
