using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Election;

/// <summary>What one path says of the peer right now; the words of status are these names in lower case.</summary>
public enum PathEvidence
{
    /// <summary>Never heard on this path.</summary>
    Unknown,

    /// <summary>Heard in time.</summary>
    Ok,

    /// <summary>Overdue, not yet for a deadline.</summary>
    Late,

    /// <summary>Should be heard and is not.</summary>
    Lost,

    /// <summary>Not heard, and not expected to be: a CARP standby sends nothing.</summary>
    Silent,
}

/// <summary>What can be done with a group's journal.</summary>
public enum JournalState
{
    /// <summary>It is being read, after a start of the daemon or of the replica: what this node has is not known yet, not even to itself.</summary>
    Unread,

    /// <summary>It has been read and can be written.</summary>
    Usable,

    /// <summary>It cannot be read or written.</summary>
    Broken,
}

/// <summary>A node's journal position in a group.</summary>
/// <param name="Version">Number of the last committed change; 0 for none.</param>
/// <param name="Digest">Hash chain over all changes up to it, lower-case hexadecimal.</param>
/// <param name="InSync">Whether everything acknowledged so far is known to be here.</param>
/// <param name="Journal">The node is eligible only where it is usable. A peer is told whether it is, not why not.</param>
/// <param name="LastTerm">The term under which the last change was ordered: of two logs the one with the higher (last term, version) has everything that was acknowledged.</param>
public sealed record ReplicaPosition(long Version, string Digest, bool InSync, JournalState Journal, Term LastTerm = default)
{
    /// <summary>Before the journal has been read.</summary>
    public static readonly ReplicaPosition Unread = new(0, "", InSync: false, JournalState.Unread);

    /// <summary>A claim would find that something acknowledged may not be here. A node that has never met anybody lacks nothing, though it is not in sync. Not sent to the peer.</summary>
    public bool MayLack { get; init; }
}

/// <summary>What one round of LAN probes heard (rules 4 and 10).</summary>
/// <param name="PeerAnswered">The peer's own LAN address answered.</param>
/// <param name="OthersAnswered">How many other hosts did: neighbours and witnesses.</param>
/// <param name="WitnessesAsked">0 where none are configured.</param>
/// <param name="WitnessesAnswered">Of those asked.</param>
public sealed record LanReport(bool PeerAnswered, int OthersAnswered, int WitnessesAsked, int WitnessesAnswered)
{
    /// <summary>How many hosts besides the peer were asked; where it is 0, silence says nothing of this node. Not sent to the peer.</summary>
    public int OthersAsked { get; init; }

    /// <summary>Whether anybody at all was heard.</summary>
    public bool HearsSomebody => PeerAnswered || OthersAnswered > 0;

    /// <summary>Others are heard, the peer is not: it is the peer that the LAN has lost, or the path between the two.</summary>
    public bool MissesThePeer => !PeerAnswered && OthersAnswered > 0;
}

/// <summary>
/// One beat over the cluster link, sent by every node in every role, every advert interval. It carries evidence:
/// what this node does, and what it hears.
/// </summary>
/// <param name="Role">The sender's role.</param>
/// <param name="Term">The term it holds or claims under; <see cref="Term.None"/> where it does not.</param>
/// <param name="HighestTerm">The highest term under which it was active or heard an active, from disk at the start: how recent its knowledge is.</param>
/// <param name="LeaseRunning">Active, and its lease has not ended.</param>
/// <param name="Eligible">Whether it would claim if asked.</param>
/// <param name="WhyNot">Why it is not eligible; empty where it is.</param>
/// <param name="Replica">Its journal position.</param>
/// <param name="HearsAdverts">Whether adverts of the receiver reach it: false where it has heard none for a deadline.</param>
/// <param name="Lan">Its last round of LAN probes; null where none ran lately.</param>
/// <param name="Paused">Whether roles are frozen.</param>
/// <param name="PauseEpoch">Grows with every pause or resume; the higher one counts.</param>
/// <param name="Service">The service's state word.</param>
public sealed record PeerBeat(
    Role Role,
    Term Term,
    Term HighestTerm,
    bool LeaseRunning,
    bool Eligible,
    string WhyNot,
    ReplicaPosition Replica,
    bool HearsAdverts,
    LanReport? Lan,
    bool Paused,
    ulong PauseEpoch,
    string Service)
{
    /// <summary>By the sender's clock, which says nothing to the receiver: it comes back with the receiver's release, and tells how old that is at most. Null where it was not said.</summary>
    public Moment? SentAt { get; init; }
}

/// <summary>A verified advert, reduced to what the election needs; the protocol's own comparison is already done.</summary>
/// <param name="Term">The sender's term; <see cref="Term.None"/> where the protocol carries none (a ucarp peer).</param>
/// <param name="Released">The sender gives up: the deadline need not be waited for.</param>
/// <param name="Outranks">By the protocol's own rule the sender beats this node (for ucarp peers, or equal terms).</param>
/// <param name="Source">Sender's address, for the log.</param>
public sealed record AdvertSummary(Term Term, bool Released, bool Outranks, string Source);

/// <summary>State of the link's transport, as far as the transport itself can tell.</summary>
public enum LinkStatus
{
    /// <summary>Nothing known yet.</summary>
    Unknown,

    /// <summary>The peer's greeting has been received on the present association.</summary>
    Connected,

    /// <summary>The association is gone; the peer's host may be too.</summary>
    Lost,

    /// <summary>The peer's host answered that nobody listens on the port: its process is gone.</summary>
    Refused,
}

/// <summary>The election's view of what the peer said when it greeted.</summary>
/// <param name="Timing">The peer's interval and deadline.</param>
public sealed record PeerGreeting(HeartbeatTiming Timing);
