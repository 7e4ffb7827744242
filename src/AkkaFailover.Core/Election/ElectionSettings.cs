using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Election;

/// <summary>What the election needs of the configuration.</summary>
/// <param name="Node">This node.</param>
/// <param name="Peer">The other node.</param>
/// <param name="Terms">This node's own terms.</param>
/// <param name="Timing">This node's interval and deadline.</param>
/// <param name="PeerIsOurs">False for ucarp: no link, no terms, and the starred rules are off.</param>
/// <param name="ProbeAddress">Rule 3.</param>
/// <param name="HasWitnesses">Rule 10.</param>
/// <param name="ClaimWhenStale">Whether a standby that knows it is behind may claim.</param>
/// <param name="StartWait">How long a node that was neither active nor in sync waits for its peer before a stale claim.</param>
/// <param name="StopTimeout">Bound on a voluntary release before the addresses go without further waiting.</param>
public sealed record ElectionSettings(
    NodeName Node,
    NodeName Peer,
    TermSeries Terms,
    HeartbeatTiming Timing,
    bool PeerIsOurs,
    bool ProbeAddress,
    bool HasWitnesses,
    bool ClaimWhenStale,
    TimeSpan StartWait,
    TimeSpan StopTimeout)
{
    /// <summary>How long the start waits for the link to connect or be refused.</summary>
    public static readonly TimeSpan LinkGrace = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LongestProbeInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Pause between two probes of the address: a quarter of the interval, at most 20 ms.</summary>
    public TimeSpan ProbeInterval => Spans.Shorter(Spans.Times(Timing.Interval, 1, 4), LongestProbeInterval);

    private static readonly TimeSpan LongestGoneProbeInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>The same while the kernel may hold the address of a process that is gone (rule 5): only what is silent while its host answers counts.</summary>
    public TimeSpan GoneProbeInterval => Spans.Shorter(ProbeInterval, LongestGoneProbeInterval);

    /// <summary>
    /// Probes in a row that must stay unanswered: as many as fit into 1.5 intervals, which are six with fast heartbeats, and ten at most:
    /// with fewer, heavy packet loss would be taken for a removed address.
    /// </summary>
    public int ProbesUnanswered => Math.Min((int)(Timing.Interval * 1.5 / ProbeInterval), 10);

    /// <summary>
    /// How long after its holder's processes are gone an address may remain: the kernel's lifetime of 1 s and up to 0.36 s
    /// until it acts on it. A peer whose process is gone without a release heard is given this time.
    /// </summary>
    public static readonly TimeSpan KernelHolds = TimeSpan.FromMilliseconds(1_400);

    private static readonly TimeSpan LongestRefusalStands = TimeSpan.FromMilliseconds(300);

    /// <summary>A filter may refuse for a live process: its next advert would contradict it within 1.5 intervals. No later than the kernel of a process that is gone has dropped the address anyway.</summary>
    public TimeSpan RefusalStands => Spans.Shorter(Spans.Times(Timing.Interval, 3, 2), LongestRefusalStands);

    /// <summary>A node that stood still for so long was stopped rather than busy.</summary>
    public static readonly TimeSpan Standstill = TimeSpan.FromMilliseconds(500);

    /// <summary>Step two of rule 7: how long a claimer listens after its first advert.</summary>
    public TimeSpan ListenTime => ListenTimeOf(Timing.Interval);

    /// <summary>The listening time of a node with this interval.</summary>
    public static TimeSpan ListenTimeOf(TimeSpan interval) => Spans.Shorter(interval / 4, TimeSpan.FromMilliseconds(50));

    /// <summary>Within this time somebody must have answered the LAN probes of rule 4.</summary>
    public static readonly TimeSpan NeighbourWindow = TimeSpan.FromMilliseconds(300);

    /// <summary>Between two questions to the witnesses while silence grows: two fit before the deadline.</summary>
    public TimeSpan WitnessPace => Spans.Shorter(Timing.Interval / 2, NeighbourWindow);

    /// <summary>Rounds of LAN probes in a row that must stay without any answer; one may have met packet loss.</summary>
    public const int RoundsEmpty = 2;

    private static readonly TimeSpan LeastShownGap = TimeSpan.FromMilliseconds(5);

    /// <summary>A time without a step that is no longer than this is not noticed: a claimer listens for as long, but with adverts each 19 ms and faster, where timers are not exact enough for it.</summary>
    public TimeSpan ShownGap => Spans.Longer(ListenTime, LeastShownGap);

    /// <summary>Takes a group's settings as the election needs them.</summary>
    public static ElectionSettings For(FailoverSettings settings, GroupSettings group)
    {
        var ours = group.Heartbeat.Carp.Peer == CarpPeer.Ours;
        return new(settings.Node, settings.Cluster.Peers.Keys.Single(), settings.TermSeries, group.Heartbeat.Carp.Timing, ours,
            group.ProbeAddress && ours && group.ProbedAddress is not null, group.Witnesses.Count > 0, group.Config.ClaimWhenStale, group.Config.StartWait,
            group.Service.StopTimeout);
    }
}
