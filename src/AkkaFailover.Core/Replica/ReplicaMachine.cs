using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Replica;

/// <summary>What a replica does.</summary>
public enum ReplicaMode
{
    /// <summary>The journal is being read.</summary>
    Recovering,

    /// <summary>Takes the changes of an active, if there is one.</summary>
    Following,

    /// <summary>Brings its log to its end before a claim.</summary>
    Replaying,

    /// <summary>Takes changes.</summary>
    Leading,

    /// <summary>Takes no more changes and brings the last ones to the peer.</summary>
    Flushing,

    /// <summary>The journal cannot be written.</summary>
    Broken,
}

/// <summary>A request that waits for its acknowledgement.</summary>
public readonly record struct Waiting(long Request, string Key, long Version);

/// <summary>Requests whose changes are being taken back on the peer.</summary>
/// <param name="Requests">To be answered.</param>
/// <param name="Keep">The last version that is kept; they are refused when the peer's log ends there.</param>
/// <param name="Durable">The last version on this node's disk.</param>
/// <param name="Until">Not later than this.</param>
public sealed record Withdrawal(ImmutableQueue<Waiting> Requests, long Keep, long Durable, string Reason, Moment Until);

/// <summary>All that one replica knows.</summary>
public sealed record ReplicaNode
{
    /// <summary>What its journal says, with what is being written.</summary>
    public ReplicaState State { get; init; } = ReplicaState.Empty;

    /// <summary>What it does.</summary>
    public ReplicaMode Mode { get; init; }

    /// <summary>The term it leads or follows; anything of a lower one is ignored.</summary>
    public Term Term { get; init; }

    /// <summary>The term under which it led last; after a start the last one in its journal.</summary>
    public Term Led { get; init; }

    /// <summary>This node's log is the peer's up to here, as the peer said when it led; 0 once this node has led, or was started.</summary>
    public long FollowedTo { get; init; }

    /// <summary>Identifies this run.</summary>
    public ulong Incarnation { get; init; }

    /// <summary>What waits for the disk.</summary>
    public WriteQueue Writes { get; init; } = new();

    /// <summary>The last version on this node's disk.</summary>
    public long Durable { get; init; }

    /// <summary>The last version of the batch that is being written.</summary>
    public long Writing { get; init; }

    /// <summary>The place in the journal of the last <see cref="InSyncSet"/>; it counts once it is on disk.</summary>
    public long SetPlace { get; init; }

    /// <summary>The peer.</summary>
    public PeerView Peer { get; init; } = new();

    /// <summary>Whatever the disk says, this node alone may not have everything: another one led, or claimed to, since this one did, or it has all that this one has, and may claim.</summary>
    public bool NotAlone { get; init; }

    /// <summary>When it was last stepped.</summary>
    public Moment LastStep { get; init; }

    /// <summary>From then on it may decide, as the one who leads, that changes count without the peer: it stood still a moment ago.</summary>
    public Moment DecidesAloneFrom { get; init; } = Moment.Zero;

    /// <summary>The highest term of another node that the election knows of; it may know of one whose changes never came here.</summary>
    public Term LedElsewhere { get; init; }

    /// <summary>The number of the stream that is followed.</summary>
    public ulong Stream { get; init; }

    /// <summary>Requests that wait, in the order of their versions.</summary>
    public ImmutableQueue<Waiting> Waiting { get; init; } = [];

    /// <summary>Number of those.</summary>
    public int WaitingCount { get; init; }

    /// <summary>The time of the last change ordered here, taken back or not.</summary>
    public DateTimeOffset LastOrdered { get; init; }

    /// <summary>Set while changes are being taken back on the peer.</summary>
    public Withdrawal? Withdrawal { get; init; }

    /// <summary>After a failed write: the last version that was kept; what the journal has above it was refused.</summary>
    public long? KeptAtFailure { get; init; }

    /// <summary>A claim that was ordered before the journal was read.</summary>
    public Term? ClaimOrdered { get; init; }

    /// <summary>The term under which the election last ordered it to lead; outlives a failure of the journal, and ends with the role.</summary>
    public Term? OpenOrdered { get; init; }

    /// <summary>The snapshot that is being written to the journal; null where there is none.</summary>
    public SnapshotWriting? Snapshot { get; init; }

    /// <summary>Requests to write one, whatever the log's size.</summary>
    public ImmutableQueue<long> SnapshotRequests { get; init; } = [];

    /// <summary>The next part of the active's snapshot that is expected in this stream; null where none has begun.</summary>
    public long? InstallNext { get; init; }

    /// <summary>Why the journal cannot be used; empty while it can.</summary>
    public string Fault { get; init; } = "";

    /// <summary>The end of a flush.</summary>
    public Moment FlushUntil { get; init; } = Moment.Never;

    /// <summary>The next beat.</summary>
    public Moment NextBeat { get; init; }

    /// <summary>What the election was told last.</summary>
    public ReplicaPosition Told { get; init; } = ReplicaPosition.Unread;

    /// <summary>When.</summary>
    public Moment ToldAt { get; init; }

    /// <summary>When the peer was last told of a commit.</summary>
    public Moment CommitToldAt { get; init; }

    /// <summary>Whether it leads, if only to the end of a flush.</summary>
    public bool Leads => Mode is ReplicaMode.Leading or ReplicaMode.Flushing;

    /// <summary>The position that counts: of an active what is committed, else the whole log, since a claim commits it.</summary>
    public Mark Position => MarkAt(Leads ? State.Committed : Math.Max(State.Start.Version, Math.Min(Durable, State.Last)));

    /// <summary>The follower has not been told of the last commit.</summary>
    public bool OwesCommit => Leads && Peer is { Stage: Stage.Streaming, Gone: false, Link: LinkStatus.Connected } && Peer.CommitTold < State.Committed;

    /// <summary>The last version that both nodes are known to have, from the journal and from what the follower has confirmed since.</summary>
    public long Replicated => Math.Max(State.Replicated, Leads ? Math.Min(Peer.Match, State.Committed) : 0);

    /// <summary>A version of the log with its chain.</summary>
    public Mark MarkAt(long version) => new(version, State.DigestAt(version));
}

/// <summary>
/// The replica's rules: one pure function. The active orders changes, both nodes write them at the same time, and a change counts
/// when it is on both disks (or on one, once the other cannot believe any more that nothing is acknowledged without it).
/// </summary>
public static class ReplicaMachine
{
    /// <summary>The replica and what it wants done, after something has happened.</summary>
    /// <param name="now">Monotonic time, for every decision.</param>
    /// <param name="wall">Wall-clock time, for people.</param>
    public static (ReplicaNode Next, IReadOnlyList<ReplicaOutput> Outputs) Step(
        ReplicaNode replica, ReplicaInput input, Moment now, DateTimeOffset wall, ReplicaRules rules)
    {
        var turn = new Turn(replica, now, wall, rules);
        turn.Take(input);
        return (turn.Replica, turn.Outputs);
    }

    /// <summary>
    /// Compiles the decisions, or finds what was compiled when the daemon was built: the 10 ms that the first claim of a process
    /// would need for it are an outage.
    /// </summary>
    public static void Prepare()
    {
        const BindingFlags declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var method in typeof(Turn).GetMethods(declared))
            RuntimeHelpers.PrepareMethod(method.MethodHandle);
    }

    /// <summary>When to step with <see cref="Wake"/> if nothing else happens.</summary>
    public static Moment NextWake(ReplicaNode replica, ReplicaRules rules) => Turn.NextWake(replica, rules);

    /// <summary>Why it takes no changes now, and what to do; null where it does.</summary>
    public static string? WhyNoChange(ReplicaNode replica, Moment now, DateTimeOffset wall, ReplicaRules rules) =>
        new Turn(replica, now, wall, rules).WhyNoChange();

    /// <summary>The position as the election and the peer are told.</summary>
    public static ReplicaPosition Position(ReplicaNode replica, Moment now, ReplicaRules rules)
    {
        var (mark, journal) = (replica.Position, JournalOf(replica));
        return journal == JournalState.Unread
            ? ReplicaPosition.Unread
            : new(mark.Version, mark.Digest.ToString(), IsComplete(replica, now, rules), journal, replica.State.TermAt(mark.Version))
            {
                MayLack = new Turn(replica, now, default, rules).Lacking > 0,
            };
    }

    /// <summary>What can be done with the journal.</summary>
    public static JournalState JournalOf(ReplicaNode replica) => replica.Mode switch
    {
        ReplicaMode.Recovering => JournalState.Unread,
        ReplicaMode.Broken => JournalState.Broken,
        _ => JournalState.Usable,
    };

    /// <summary>Whether everything acknowledged so far is known to be here.</summary>
    public static bool IsComplete(ReplicaNode replica, Moment now, ReplicaRules rules) =>
        replica.Mode is not (ReplicaMode.Recovering or ReplicaMode.Broken)
        && (replica.Leads || !rules.PeerIsOurs || now < replica.Peer.InSyncUntil || (!replica.NotAlone && IsAlone(replica.State, rules)));

    /// <summary>Whether this node alone had to have every change when it last knew.</summary>
    internal static bool IsAlone(ReplicaState state, ReplicaRules rules) => state.InSync.Length == 1 && state.InSync[0] == rules.Self;
}
