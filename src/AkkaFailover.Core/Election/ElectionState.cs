using System.Collections.Immutable;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Election;

/// <summary>Everything the election knows; immutable, so a state can be kept, compared and replayed.</summary>
public sealed record ElectionState
{
    /// <summary>The state before the first input.</summary>
    /// <param name="now">When the run begins.</param>
    public static ElectionState Initial(Moment now) => new() { Since = now, StartedAt = now, LastStep = now, QuietFrom = now, NextBeat = now };

    /// <summary>What this node does.</summary>
    public Role Role { get; init; } = Role.Starting;

    /// <summary>Since when it does that.</summary>
    public Moment Since { get; init; }

    /// <summary>Since when this run listens: its facts had been read; later by the time in which this node stood still before it had its first role.</summary>
    public Moment StartedAt { get; init; }

    /// <summary>When the machine was last stepped.</summary>
    public Moment LastStep { get; init; }

    /// <summary>The stored facts have been read (<see cref="Started"/>); nothing happens before.</summary>
    public bool FactsRead { get; init; }

    /// <summary>A restarted node that was neither active nor in sync: it waits for its peer before a stale claim.</summary>
    public bool MustMeetPeer { get; init; }

    /// <summary>The daemon stops; the node claims nothing any more.</summary>
    public bool Stopping { get; init; }

    /// <summary>Terms seen, reserved and held.</summary>
    public TermBook Terms { get; init; } = TermBook.Empty;

    /// <summary>Adverts of the peer.</summary>
    public LanView Lan { get; init; } = LanView.Empty;

    /// <summary>The cluster link.</summary>
    public LinkView Link { get; init; } = LinkView.Empty;

    /// <summary>Rule 3.</summary>
    public AddressProbe Probe { get; init; } = AddressProbe.Idle;

    /// <summary>Rules 4 and 10.</summary>
    public NeighbourView Neighbours { get; init; } = NeighbourView.Empty;

    /// <summary>Rule 10; rule 5, the standby's side.</summary>
    public ContactView Contact { get; init; } = ContactView.None;

    /// <summary>This node's own parts.</summary>
    public LocalView Local { get; init; } = LocalView.Initial;

    /// <summary>How long this node has stood still in the silence that began then: it counts for nothing.</summary>
    public (Moment Silence, TimeSpan Time) Unheard { get; init; }

    /// <summary>Silence counts from here at the earliest.</summary>
    public Moment QuietFrom { get; init; }

    /// <summary>When this node noticed that it had stood still: what was queued meanwhile is old.</summary>
    public Moment? StoodStillAt { get; init; }

    /// <summary>The same, where it had been stopped rather than busy.</summary>
    public Moment? StoppedAt { get; init; }

    /// <summary>The last time without a step that was longer than <see cref="ElectionSettings.ShownGap"/>: what is read just after it may have arrived at any time in it. A node with nothing to do leaves such gaps too. Followed where witnesses are configured.</summary>
    public StepGap LastGap { get; init; } = StepGap.None;

    /// <summary>The peer goes first; none once a holder is heard, or with a claim.</summary>
    public HoldBack HoldBack { get; init; } = HoldBack.None;

    /// <summary>When a contender was last heard while this node held or claimed.</summary>
    public Moment LastContender { get; init; }

    /// <summary>The peer has released, and was heard in time; null where somebody has claimed since.</summary>
    public HeardRelease? ReleaseHeard { get; init; }

    /// <summary>Since when this node has held the addresses, or held them last; where it was not stepped while they were added (<see cref="StepGap"/>), since before that, and no longer than it has claimed.</summary>
    public Moment HeldSince { get; init; }

    /// <summary>The claim under way; null outside <see cref="Role.Replaying"/> and <see cref="Role.Claiming"/>.</summary>
    public ClaimPlan? Claim { get; init; }

    /// <summary>By whom this node was told to take over, and what forbade it; null where it claimed by itself, or holds nothing.</summary>
    public string? Forced { get; init; }

    /// <summary>The release under way; null outside <see cref="Role.Releasing"/>.</summary>
    public ReleasePlan? Release { get; init; }

    /// <summary>The lease that the heartbeat was last told.</summary>
    public TimeSpan LeaseGiven { get; init; }

    /// <summary>Roles are frozen (rule 12).</summary>
    public bool Paused { get; init; }

    /// <summary>Grows with each pause or resume on either node.</summary>
    public ulong PauseEpoch { get; init; }

    /// <summary>When the next beat is due.</summary>
    public Moment NextBeat { get; init; }

    /// <summary>Alarms that have been raised by the election and not cleared.</summary>
    public ImmutableHashSet<AlarmKind> Raised { get; init; } = [];

    /// <summary>Whether this node holds, adds or has not yet removed addresses, or is about to add them.</summary>
    public bool HoldsOrClaims => Role is Role.Replaying or Role.Claiming or Role.Active or Role.Releasing;
}

/// <summary>A time without a step, in which this node may have stood still.</summary>
/// <param name="From">The last step before it.</param>
/// <param name="To">The first one after it.</param>
/// <param name="IsRead">Something has been read from the queue since.</param>
public sealed record StepGap(Moment From, Moment To, bool IsRead)
{
    /// <summary>None yet.</summary>
    public static readonly StepGap None = new(Moment.Zero, Moment.Zero, IsRead: true);
}

/// <summary>After a release, or where the peer still reads, the peer goes first.</summary>
/// <param name="Until">No claim before this moment.</param>
/// <param name="GaveWay">This node released, or gave up a claim, and has heard no holder since.</param>
public sealed record HoldBack(Moment Until, bool GaveWay)
{
    /// <summary>Nobody goes first.</summary>
    public static readonly HoldBack None = new(Moment.Zero, GaveWay: false);
}

/// <summary>A release of the peer (rule 6).</summary>
/// <param name="At">When it was heard.</param>
/// <param name="Until">No silence is waited for before this moment; after it the peer may hold again on a path that does not reach this node.</param>
public sealed record HeardRelease(Moment At, Moment Until);

/// <summary>Terms (rule 9).</summary>
/// <param name="Held">Claimed or held under; <see cref="Term.None"/> where it is not.</param>
/// <param name="HighestSeen">The highest of all nodes.</param>
/// <param name="Lived">The highest under which this node was active or heard an active: how recent its knowledge is.</param>
/// <param name="Reserved">On disk for the next claim.</param>
/// <param name="Reserving">Being written; <see cref="Term.None"/> where nothing is.</param>
/// <param name="Released">The highest term whose holder has released; whatever still speaks for it is stale.</param>
/// <param name="Spent">Reserved by an earlier run, perhaps used: own terms up to it are not used again.</param>
/// <param name="Kept">What of <paramref name="Lived"/> is on disk, or on its way there.</param>
public sealed record TermBook(Term Held, Term HighestSeen, Term Lived, Term Reserved, Term Reserving, Term Released, Term Spent, Term Kept)
{
    /// <summary>Nothing seen.</summary>
    public static readonly TermBook Empty = new(Term.None, Term.None, Term.None, Term.None, Term.None, Term.None, Term.None, Term.None);

    /// <summary>What the peer's replica keeps to, and this node does not believe; none where there is no such term.</summary>
    public Term Disbelieved { get; init; }

    /// <summary>The highest one of another node that was seen; this node's own claims may have gone above it.</summary>
    public Term Foreign { get; init; }
}

/// <summary>Adverts of the peer, as far as the election remembers them.</summary>
/// <param name="LastAdvert">Of a live holder; null for none since the start or its release.</param>
/// <param name="Source">Its sender.</param>
/// <param name="Gaps">Between its last ones.</param>
public sealed record LanView(Moment? LastAdvert, string Source, AdvertGaps Gaps)
{
    /// <summary>Nothing heard.</summary>
    public static readonly LanView Empty = new(null, "", AdvertGaps.Unseen);
}

/// <summary>The cluster link, as far as the election remembers it.</summary>
/// <param name="Status">Of the transport.</param>
/// <param name="StatusSince">Since when.</param>
/// <param name="LastBeat">When the last beat came.</param>
/// <param name="Beat">The last beat.</param>
/// <param name="LastHolderBeat">When the last beat came in which the peer held or claimed.</param>
/// <param name="PeerTiming">As greeted.</param>
public sealed record LinkView(
    LinkStatus Status,
    Moment StatusSince,
    Moment? LastBeat,
    PeerBeat? Beat,
    Moment? LastHolderBeat,
    HeartbeatTiming? PeerTiming)
{
    /// <summary>Nothing known.</summary>
    public static readonly LinkView Empty = new(LinkStatus.Unknown, Moment.Zero, null, null, null, null);

    /// <summary>When its connection ended or was first refused, which the kernel of a process that is gone does, and no host that is dead; null where it is connected, or fell silent.</summary>
    public Moment? GoneSince { get; init; }

    /// <summary>When it connected last after it had been away for longer than a deadline.</summary>
    public Moment MetAt { get; init; }
}

/// <summary>Probes for the group's address at the peer's station.</summary>
/// <param name="LastSent">Null while not probing.</param>
/// <param name="Left">The last one could be sent.</param>
/// <param name="Answered">The last one has been answered.</param>
/// <param name="Unanswered">How many in a row have not.</param>
/// <param name="LastAnswer">When one of them was answered last; null for none.</param>
public sealed record AddressProbe(Moment? LastSent, bool Left, bool Answered, int Unanswered, Moment? LastAnswer)
{
    /// <summary>Not probing.</summary>
    public static readonly AddressProbe Idle = new(null, Left: true, Answered: false, 0, null);

    /// <summary>How many in a row have not been answered while the peer did answer for its own address: the path was there, the group's address was not.</summary>
    public int UnansweredBeside { get; init; }
}

/// <summary>Rounds of LAN probes.</summary>
/// <param name="LastAsked">When this election last asked for a round.</param>
/// <param name="LastReport">The last report.</param>
/// <param name="ReportedAt">When it came.</param>
/// <param name="PeerAnsweredAt">When the peer's LAN address last answered.</param>
/// <param name="EmptyRounds">Rounds in a row in which hosts besides the peer were asked and nobody answered.</param>
public sealed record NeighbourView(
    Moment? LastAsked, LanReport? LastReport, Moment? ReportedAt, Moment? PeerAnsweredAt, int EmptyRounds)
{
    /// <summary>No round yet.</summary>
    public static readonly NeighbourView Empty = new(null, null, null, null, 0);
}

/// <summary>
/// What ties an active to the rest of the world (rule 10), followed where witnesses are configured; and whether the host of a peer whose process is gone
/// answers (rule 5).
/// </summary>
/// <param name="LastAsked">When witnesses and peer were last asked outside a round.</param>
/// <param name="PeerAsked">When the peer alone was.</param>
/// <param name="Peer">When the peer's LAN address last answered.</param>
/// <param name="Witness">When a witness last did, at the earliest (<see cref="StepGap"/>).</param>
public sealed record ContactView(Moment? LastAsked, Moment? PeerAsked, Moment? Peer, Moment? Witness)
{
    /// <summary>Since when, in this silence, witnesses have answered without a gap of a deadline.</summary>
    public Moment? WitnessSince { get; init; }

    /// <summary>When witness or peer, by answer or beat, surely reached this node last: no later than what they sent arrived.</summary>
    public Moment Reached { get; init; }

    /// <summary>Nobody has answered yet.</summary>
    public static readonly ContactView None = new(null, null, null, null);
}

/// <summary>This node's own parts.</summary>
/// <param name="CarrierUp">Frames can pass.</param>
/// <param name="Service">State of the service.</param>
/// <param name="ServiceDetail">Its last words.</param>
/// <param name="Replica">Journal position.</param>
/// <param name="Fault">Why the role is fault; empty otherwise.</param>
/// <param name="FaultUntil">When the back-off ends.</param>
/// <param name="FaultCount">Faults without a healthy minute between them.</param>
/// <param name="LastFault">When the last one began.</param>
public sealed record LocalView(
    bool CarrierUp,
    ServiceState Service,
    string ServiceDetail,
    ReplicaPosition Replica,
    string Fault,
    Moment FaultUntil,
    int FaultCount,
    Moment LastFault)
{
    /// <summary>At the start: nothing is wrong, and the journal has not been read yet.</summary>
    public static readonly LocalView Initial =
        new(true, ServiceState.None, "", ReplicaPosition.Unread, "", Moment.Zero, 0, Moment.Zero);

    /// <summary>The service should run on the other node rather than here.</summary>
    public bool ServiceUnfit { get; init; }

    /// <summary>When this node starts it again; <see cref="Moment.Never"/> where it is not between two starts.</summary>
    public Moment ServiceRetryAt { get; init; } = Moment.Never;

    /// <summary>Since when it has been running here; <see cref="Moment.Never"/> where it is not.</summary>
    public Moment ServiceRunningSince { get; init; } = Moment.Never;

    /// <summary>How often in a row this node has given the role away because of its service.</summary>
    public int ServiceFailures { get; init; }

    /// <summary>The present fault is the service's: it ends early where nobody else is active.</summary>
    public bool FaultOfService { get; init; }

    /// <summary>What the checks of a standby found; empty where nothing is wrong, and where none run.</summary>
    public string StandbyFallen { get; init; } = "";
}

/// <summary>A claim under way.</summary>
/// <param name="Cause">Why, for the history.</param>
/// <param name="Since">The last sign of a holder, as far as this node knows: the outage counts from here.</param>
/// <param name="ListenAtLeast">Step two of rule 7 ends not before.</param>
/// <param name="ListenUntil">And not after: later than the least where the peer may claim at the same moment and has not said yet that it knows of this claim, and where the claim is forced and the address has not been asked for often enough.</param>
/// <param name="Yields">Whether it ends where the address answers meanwhile: not after a release, and not where the address is not asked for.</param>
/// <param name="NeedsWitness">Whether a witness must still answer at its end: not after a release, and not where an operator forced it.</param>
/// <param name="CaughtUp">The replica is complete; null while it replays.</param>
public sealed record ClaimPlan(string Cause, Moment Since, Moment ListenAtLeast, Moment ListenUntil, bool Yields, bool NeedsWitness, CaughtUp? CaughtUp);

/// <summary>Steps of a release, in their order.</summary>
public enum ReleaseStep
{
    /// <summary>The service says goodbye while the address is still there.</summary>
    Service,

    /// <summary>The last version goes to both nodes.</summary>
    Replica,

    /// <summary>The addresses go.</summary>
    Addresses,
}

/// <summary>A release under way.</summary>
/// <param name="Step">What is being waited for.</param>
/// <param name="Cause">Why, for the history.</param>
/// <param name="Then">The role afterwards: <see cref="Role.Standby"/> or <see cref="Role.Fault"/>.</param>
/// <param name="Tell">Whether a release advert follows: not when a higher term is the cause.</param>
/// <param name="Until">When the present step is given up.</param>
public sealed record ReleasePlan(ReleaseStep Step, string Cause, Role Then, bool Tell, Moment Until)
{
    /// <summary>The service is the cause: <see cref="Role.Fault"/> follows, whatever happens meanwhile.</summary>
    public bool OfService { get; init; }
}
