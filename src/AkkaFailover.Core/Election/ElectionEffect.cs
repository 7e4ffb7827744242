namespace AkkaFailover.Core.Election;

/// <summary>Something to be done; effects of one step are run in their order.</summary>
public abstract record ElectionEffect;

/// <summary>Done by the heartbeat.</summary>
public abstract record HeartbeatEffect : ElectionEffect;

/// <summary>Send adverts of this term from now on, the first at once; each one that left extends the lease.</summary>
/// <param name="Term">The term they carry.</param>
/// <param name="Lease">L: how long after the moment before its sending an advert lets the addresses be held.</param>
public sealed record StartAdverts(Term Term, TimeSpan Lease) : HeartbeatEffect;

/// <summary>Send no adverts.</summary>
public sealed record StopAdverts : HeartbeatEffect;

/// <summary>Send one release advert (255/255) of this term.</summary>
public sealed record SendRelease(Term Term) : HeartbeatEffect;

/// <summary>Ask for the group's address once, at the peer's station (rule 3).</summary>
public sealed record ProbeAddress : HeartbeatEffect;

/// <summary>Run one round of LAN probes and report, within <see cref="ElectionSettings.NeighbourWindow"/> where the machine has time for it (rules 4 and 10).</summary>
public sealed record ProbeNeighbours : HeartbeatEffect;

/// <summary>Ask the witnesses and the peer's LAN address once; each answer comes as <see cref="LanContact"/> (rules 5 and 10).</summary>
public sealed record AskContacts : HeartbeatEffect;

/// <summary>Ask whether the peer's host answers for its own LAN address.</summary>
public sealed record AskPeer : HeartbeatEffect;

/// <summary>Done by the address owner.</summary>
public abstract record VipEffect : ElectionEffect;

/// <summary>Hold the addresses while the lease runs, and announce them.</summary>
public sealed record ClaimAddresses(Term Term) : VipEffect;

/// <summary>Take the addresses off and cancel announcements; answer <see cref="AddressesReleased"/>.</summary>
/// <param name="Reason">For the log.</param>
public sealed record ReleaseAddresses(string Reason) : VipEffect;

/// <summary>Announce the held addresses now, after 50–200 ms and later.</summary>
public sealed record AnnounceAddresses(string Reason) : VipEffect;

/// <summary>Done by the replica.</summary>
public abstract record ReplicaEffect : ElectionEffect;

/// <summary>Bring journal, digest and files to the last version heard of; answer <see cref="CaughtUp"/> or <see cref="ReplayFailed"/>.</summary>
public sealed record BeginReplay(Term Term) : ReplicaEffect;

/// <summary>Take changes from now on, under this term.</summary>
public sealed record OpenReplica(Term Term) : ReplicaEffect;

/// <summary>Take no more changes and bring the last ones to the peer; answer <see cref="ReplicaFlushed"/>.</summary>
public sealed record FlushReplica : ReplicaEffect;

/// <summary>
/// The other node held or claimed under this term, as adverts, beats or the stored facts say: what was acknowledged then may be without this node, even if no
/// change of that term ever comes here over the link.
/// </summary>
public sealed record LedElsewhere(Term Term) : ReplicaEffect;

/// <summary>Follow the active from now on.</summary>
public sealed record FollowReplica : ReplicaEffect;

/// <summary>Done by the service.</summary>
public abstract record ServiceEffect : ElectionEffect;

/// <summary>Start the service.</summary>
public sealed record StartService(Term Term) : ServiceEffect;

/// <summary>Stop the service; answer <see cref="ServiceChanged"/> with <see cref="ServiceState.Stopped"/> (or <see cref="ServiceState.None"/>).</summary>
/// <param name="Graceful">False: at once, the addresses are gone already.</param>
/// <param name="Reason">For hooks and logs.</param>
public sealed record StopService(bool Graceful, string Reason) : ServiceEffect;

/// <summary>Stop the service and start it again, here.</summary>
/// <param name="Reason">For hooks and logs.</param>
public sealed record RestartService(string Reason) : ServiceEffect;

/// <summary>Write a term to disk for the next claim (fsync, rename); answer <see cref="TermReserved"/>.</summary>
/// <param name="Next">The term to reserve.</param>
/// <param name="Lived">The highest term under which this node was active or heard an active.</param>
public sealed record ReserveTerm(Term Next, Term Lived) : ElectionEffect;

/// <summary>Store facts that a restart must know.</summary>
public sealed record StoreFacts(bool Active, bool Paused, ulong PauseEpoch) : ElectionEffect;

/// <summary>Tell the peer over the link that the addresses are off.</summary>
/// <param name="Term">The term that was held.</param>
/// <param name="Echo">When the peer sent the last beat that this node has heard, by the peer's clock; null for none.</param>
public sealed record TellReleased(Term Term, Moment? Echo) : ElectionEffect;

/// <summary>Send a beat now, not at the next interval: something changed that the peer should know.</summary>
public sealed record BeatNow : ElectionEffect;

/// <summary>Log the change, keep it in the history, run the notify hook.</summary>
public sealed record RoleChanged(RoleChange Change) : ElectionEffect;

/// <summary>An alarm begins, or its text changes.</summary>
public sealed record RaiseAlarm(AlarmKind Kind, string Text) : ElectionEffect;

/// <summary>An alarm ends.</summary>
public sealed record ClearAlarm(AlarmKind Kind) : ElectionEffect;

/// <summary>Something to say once, without a change of role.</summary>
public sealed record Note(string Text) : ElectionEffect;

/// <summary>The answer to the operator whose command this step handled.</summary>
/// <param name="Accepted">Whether it is being done.</param>
/// <param name="Text">What is done, or why not and what to do.</param>
public sealed record AnswerOperator(bool Accepted, string Text) : ElectionEffect;

/// <summary>After <see cref="StopRequested"/>: everything is released.</summary>
public sealed record Stopped : ElectionEffect;

/// <summary>One change of role, with its cause: a line of history.</summary>
/// <param name="At">When.</param>
/// <param name="From">The role before.</param>
/// <param name="To">The role after.</param>
/// <param name="Term">The term held or claimed after, or <see cref="Term.None"/>.</param>
/// <param name="Cause">One human sentence: why.</param>
/// <param name="Evidence">What each path said of the peer at that moment.</param>
public sealed record RoleChange(Moment At, Role From, Role To, Term Term, string Cause, EvidenceSummary Evidence);

/// <summary>What each path says of the peer.</summary>
/// <param name="Heartbeat">Adverts on the LAN.</param>
/// <param name="Cluster">Beats over the link.</param>
/// <param name="Lan">The peer's LAN address.</param>
public sealed record EvidenceSummary(PathEvidence Heartbeat, PathEvidence Cluster, PathEvidence Lan)
{
    /// <inheritdoc/>
    public override string ToString() => $"heartbeat {Word(Heartbeat)}, cluster {Word(Cluster)}, lan {Word(Lan)}";

    /// <summary>The word of one path's evidence.</summary>
    public static string Word(PathEvidence evidence) => evidence.ToString().ToLowerInvariant();
}

/// <summary>Named alarms; the words of status are these names in kebab case.</summary>
public enum AlarmKind
{
    /// <summary>Adverts do not pass, but the peer is alive on another path.</summary>
    HeartbeatPathLost,

    /// <summary>The cluster link is down while adverts pass.</summary>
    ClusterLinkLost,

    /// <summary>This node hears nobody on the LAN.</summary>
    LanIsolated,

    /// <summary>Somebody with our vhid uses another passphrase or address list.</summary>
    KeyMismatch,

    /// <summary>The peer's configuration differs from ours.</summary>
    PeerMismatch,

    /// <summary>Another station answers for, or announces, our address.</summary>
    AddressConflict,

    /// <summary>The address still answers at the peer's station although it is silent.</summary>
    PeerStillAnswers,

    /// <summary>A term jumped by more than is believed.</summary>
    TermJump,

    /// <summary>Forged, replayed or malformed adverts arrive.</summary>
    BadAdverts,

    /// <summary>The claim was made although versions are missing.</summary>
    StaleClaim,

    /// <summary>A claim is due, but the rules forbid it.</summary>
    ClaimForbidden,

    /// <summary>The service fails and there is nobody better.</summary>
    ServiceFailing,

    /// <summary>No witness answers.</summary>
    WitnessesLost,

    /// <summary>The journal or the state directory cannot be written.</summary>
    Storage,

    /// <summary>Something local is broken.</summary>
    LocalFault,

    /// <summary>Two nodes were active at once.</summary>
    TwoActives,

    /// <summary>The guard process had to be replaced.</summary>
    GuardLost,

    /// <summary>Files of a watched path are not replicated, or could not be written.</summary>
    PathRefused,

    /// <summary>Somebody changed a watched path on a node that is not active; it was put back.</summary>
    PathDrift,

    /// <summary>What this node holds would not accept the sessions of the active's VPN server, or would not start.</summary>
    SessionContinuity,

    /// <summary>The VPN server's management interface cannot be used.</summary>
    ManagementLost,

    /// <summary>The last rehearsal on this node failed.</summary>
    RehearsalFailed,

    /// <summary>The cluster port refused somebody's certificate.</summary>
    LinkIntruder,
}
