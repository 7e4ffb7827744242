using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Cluster;

/// <summary>The state of the link to one peer.</summary>
public sealed record LinkState
{
    /// <summary>This run's number.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>This node's name is the lower one: where both could act, it acts first.</summary>
    public required bool Leads { get; init; }

    /// <summary>As the transport can tell.</summary>
    public LinkStatus Status { get; init; }

    /// <summary>When <see cref="LinkTick"/> is due.</summary>
    public Moment NextWake { get; init; } = Moment.Zero;

    /// <summary>The peer's run; null before its first greeting.</summary>
    public ulong? PeerIncarnation { get; init; }

    /// <summary>Time from the last greeting or keep-alive to the first word that answered it.</summary>
    public TimeSpan? RoundTrip { get; init; }

    internal ulong LastProbe { get; init; }

    internal bool Probing { get; init; }

    /// <summary>Since when the peer's port has been open without a greeting of it; null where it is not so.</summary>
    internal Moment? OpenSince { get; init; }

    internal Moment LastHeard { get; init; }

    internal ulong LastSent { get; init; }

    /// <summary>The last sequence that wanted an answer, and when it left; no moment once it was answered.</summary>
    internal ulong Asked { get; init; }

    internal Moment? AskedAt { get; init; }

    internal Moment LastAsked { get; init; }

    /// <summary>The first sequence of the present session: an answer to an earlier one proves nothing.</summary>
    internal ulong SessionStart { get; init; } = 1;

    /// <summary>The sequence whose answer proves that the present connection works both ways, and until when it has to come.</summary>
    internal ulong Proof { get; init; }

    internal Moment ProofDue { get; init; } = Moment.Never;

    internal int ProofsMissed { get; init; }

    internal ulong PeerSequence { get; init; }

    /// <summary>Earlier runs of the peer's process.</summary>
    internal ReplacedRuns Replaced { get; init; } = ReplacedRuns.None;
}
