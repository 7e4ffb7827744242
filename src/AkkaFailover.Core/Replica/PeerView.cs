using System.Collections.Immutable;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Replica;

/// <summary>How far the active has come with its follower.</summary>
public enum Stage
{
    /// <summary>Where it stands is not known.</summary>
    Unknown,

    /// <summary>It has been asked.</summary>
    Probing,

    /// <summary>Its log has left ours; the last common version is being looked for.</summary>
    Searching,

    /// <summary>It gets changes as they come.</summary>
    Streaming,

    /// <summary>It gets a snapshot, since the log does not go back to anything that it has.</summary>
    Installing,
}

/// <summary>What this node knows of the peer's replica; forgotten at a restart.</summary>
public sealed record PeerView
{
    /// <summary>The link's transport.</summary>
    public LinkStatus Link { get; init; }

    /// <summary>The run of the peer's replica that spoke last.</summary>
    public ulong Incarnation { get; init; }

    /// <summary>The runs before it.</summary>
    public ReplacedRuns Replaced { get; init; } = ReplacedRuns.None;

    /// <summary>It said goodbye, cannot write, or its process is gone: it counts on nothing any more.</summary>
    public bool Gone { get; init; }

    /// <summary>It said that it takes changes.</summary>
    public bool Leading { get; init; }

    /// <summary>It can write.</summary>
    public bool Healthy { get; init; } = true;

    /// <summary>A term above ours that it has seen, so that it takes nothing from us; null where there is none.</summary>
    public Term? Refusal { get; init; }

    /// <summary>Its position as last heard; null before.</summary>
    public Mark? Heard { get; init; }

    /// <summary>How far the active has come with it.</summary>
    public Stage Stage { get; init; }

    /// <summary>The number of the present stream of changes.</summary>
    public ulong Stream { get; init; }

    /// <summary>The last version that is on its disk, as it confirmed in this term.</summary>
    public long Match { get; init; }

    /// <summary>The next version to send.</summary>
    public long Next { get; init; } = 1;

    /// <summary>The last version sent in this stream that names a blob, which the follower may have to fetch first; 0 for none.</summary>
    public long ContentSent { get; init; }

    /// <summary>The highest version that may be in its log by what was sent under this term.</summary>
    public long Offered { get; init; }

    /// <summary>The last versions of the messages that it has not answered yet, and when they were sent.</summary>
    public ImmutableQueue<(long Version, Moment Sent)> Unanswered { get; init; } = [];

    /// <summary>Number of those messages.</summary>
    public int UnansweredCount { get; init; }

    /// <summary>The rest of the snapshot that it gets; null where it gets none.</summary>
    public SnapshotWriting? Install { get; init; }

    /// <summary>Parts of it that were sent.</summary>
    public long PartsSent { get; init; }

    /// <summary>Where the search for the last common version began.</summary>
    public long SearchFrom { get; init; }

    /// <summary>The last commit that it was told.</summary>
    public long CommitTold { get; init; }

    /// <summary>Until then it may believe that nothing is acknowledged without it.</summary>
    public Moment GrantUntil { get; init; }

    /// <summary>Until then this node may believe the same of the peer.</summary>
    public Moment InSyncUntil { get; init; }

    /// <summary>Another run of the peer's replica speaks.</summary>
    public PeerView Succeeded(ulong incarnation) => Restart(Stage.Unknown, 1) with
    {
        Incarnation = incarnation,
        // 0 is nobody: a replica that has not read its journal.
        Replaced = Incarnation == 0 ? Replaced : Replaced.With(Incarnation),
        Match = 0,
    };

    /// <summary>Drops the messages that an answer covers.</summary>
    public PeerView Confirm(long version)
    {
        var confirmed = Answered(version);
        return confirmed with { Match = version, Offered = confirmed.UnansweredCount == 0 ? version : Offered };
    }

    /// <summary>Drops the parts of a snapshot that an answer covers.</summary>
    public PeerView Answered(long number)
    {
        var (rest, count) = (Unanswered, UnansweredCount);
        for (; !rest.IsEmpty && rest.Peek().Version <= number; count--)
            rest = rest.Dequeue();
        return this with { Unanswered = rest, UnansweredCount = count };
    }

    /// <summary>Begins anew with a follower whose position is not known.</summary>
    public PeerView Restart(Stage stage, long next) => this with
    {
        Stage = stage,
        Stream = Stream + 1,
        Next = next,
        ContentSent = 0,
        Unanswered = [],
        UnansweredCount = 0,
        Install = null,
        PartsSent = 0,
    };

    /// <summary>Something was sent that is answered.</summary>
    public PeerView Sent(long version, Moment now) =>
        this with { Unanswered = Unanswered.Enqueue((version, now)), UnansweredCount = UnansweredCount + 1 };

    /// <summary>Whether the oldest unanswered message is older than the patience.</summary>
    public bool IsSlow(Moment now) => !Unanswered.IsEmpty && now - Unanswered.Peek().Sent > ReplicaRules.Patience;
}
