using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Replica;

/// <summary>What the replica needs of the configuration.</summary>
/// <param name="Self">This node.</param>
/// <param name="Peer">The other node.</param>
/// <param name="PeerAddress">Where it listens, for texts.</param>
/// <param name="PeerIsOurs">False for ucarp: nobody replicates there, and this node is always complete.</param>
/// <param name="Acknowledge">When a change counts.</param>
/// <param name="Window">W = max(2 D, 3 s): how long an echo lets the standby count as in sync.</param>
public sealed record ReplicaRules(NodeName Self, NodeName Peer, string PeerAddress, bool PeerIsOurs, AcknowledgeMode Acknowledge, TimeSpan Window)
{
    /// <summary>Interval of the replica's own beats.</summary>
    public static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long the standby may leave a change unanswered and still be granted to be in sync.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>How long a flush or the taking back of a change may wait for the peer.</summary>
    public static readonly TimeSpan PeerWait = TimeSpan.FromSeconds(1);

    /// <summary>A leader that is so late stood still: as long as the default timing's room for stalls, longer than a busy machine keeps it waiting.</summary>
    public static readonly TimeSpan Standstill = TimeSpan.FromMilliseconds(300);

    /// <summary>While the peer is silent a leader looks at the time so often.</summary>
    public static readonly TimeSpan Look = Standstill / 3;

    /// <summary>
    /// A leader that stood still goes on alone only after this time: it settles what is due before the election has found that its lease is over, which takes a
    /// second at most, and the peer may have led meanwhile.
    /// </summary>
    public static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    /// <summary>Positions and commits go out at least this often while they change, and at most once in this time.</summary>
    public static readonly TimeSpan Coalesce = TimeSpan.FromMilliseconds(50);

    /// <summary>Changes that may wait for their acknowledgement; one more is refused.</summary>
    public const int MaxWaiting = 8_192;

    /// <summary>Changes in one event, and in one message.</summary>
    public const int MaxBatch = 512;

    /// <summary>Bytes in one event, and in one message, unless a single change is larger.</summary>
    public const int MaxBatchBytes = 256 * 1024;

    /// <summary>So many changes, or bytes of them, are written and sent although others are still on their way to both disks.</summary>
    public const int WorthBatch = 64;

    /// <inheritdoc cref="WorthBatch"/>
    public const int WorthBatchBytes = 64 * 1024;

    /// <summary>Messages with changes that may be unanswered; the credit of the follower.</summary>
    public const int MaxUnanswered = 16;

    /// <summary>A follower that is at most so many versions behind enters the set of nodes in sync; changes wait for it from then on.</summary>
    public const int CloseEnough = 1_024;

    /// <summary>Marks in one answer to <see cref="AskMarks"/>.</summary>
    public const int MaxMarks = 64;

    /// <summary>Entries in one part of a snapshot.</summary>
    public const int MaxPart = 512;

    /// <summary>Bytes in one part of a snapshot, unless a single entry is larger; changes wait behind one part at most.</summary>
    public const int MaxPartBytes = 64 * 1024;

    /// <summary>Parts of a snapshot on their way to the follower that it has not confirmed.</summary>
    public const int MaxPartsUnconfirmed = 8;

    /// <summary>What may be prepared and not committed when a snapshot begins, in bytes: it is part of its first event.</summary>
    public const int MaxPrepared = 512 * 1024;

    /// <summary>Orphans in one message and one event.</summary>
    public const int MaxOrphans = 64;

    /// <summary>A log of fewer changes is never worth a snapshot.</summary>
    public int SnapshotAfter { get; init; } = 10_000;

    /// <summary>A log of fewer bytes is not worth one either, unless it has so many changes.</summary>
    public long SnapshotAfterBytes { get; init; } = 32L << 20;

    /// <summary>Changes that the peer does not have are kept in the log up to this number: what is taken back of them becomes conflicts.</summary>
    public int MaxUnreplicated { get; init; } = 65_536;

    /// <summary>Versions spread over a range: both its ends, and as many between them as make at most <see cref="MaxMarks"/>.</summary>
    /// <param name="from">The first version.</param>
    /// <param name="to">The last one; below <paramref name="from"/> for an empty range.</param>
    public static IEnumerable<long> Spread(long from, long to)
    {
        const long between = MaxMarks - 2;
        var step = Math.Max(1, (to - from + between - 1) / between);
        for (var version = from; version < to; version += step) yield return version;
        if (to >= from) yield return to;
    }

    /// <summary>Takes a group's settings as the replica needs them.</summary>
    public static ReplicaRules For(FailoverSettings settings, GroupSettings group)
    {
        var (peer, address) = settings.Cluster.Peers.Single();
        var window = group.Heartbeat.Carp.Timing.Deadline * 2;
        return new(settings.Node, peer, address.ToString(), group.Heartbeat.Carp.Peer == CarpPeer.Ours, group.Config.Acknowledge,
            window > TimeSpan.FromSeconds(3) ? window : TimeSpan.FromSeconds(3));
    }
}
