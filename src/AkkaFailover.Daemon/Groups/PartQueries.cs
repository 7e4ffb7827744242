using AkkaFailover.Core.Stalls;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Asks the address owner for a <see cref="VipReport"/>.</summary>
public sealed record GetVip;

/// <summary>Asks the address owner to compare what should be with what the kernel has: <see cref="VipVerification"/>.</summary>
public sealed record VerifyVip;

/// <summary>Result of <see cref="VerifyVip"/>.</summary>
/// <param name="Ok">Everything is as it should be.</param>
/// <param name="Addresses">One row an address.</param>
public sealed record VipVerification(bool Ok, IReadOnlyList<VipRow> Addresses);

/// <summary>One address of the verification.</summary>
/// <param name="Address">The address with its prefix.</param>
/// <param name="Interface">Where it belongs.</param>
/// <param name="Expected">Whether this node should hold it now.</param>
/// <param name="Present">Whether the kernel has it on that interface.</param>
/// <param name="ValidSeconds">Its remaining kernel lifetime; null where absent or endless.</param>
/// <param name="AnsweredBy">Stations on the LAN that answered for it, others than this one.</param>
public sealed record VipRow(string Address, string Interface, bool Expected, bool Present, double? ValidSeconds, IReadOnlyList<string> AnsweredBy);

/// <summary>Asks the heartbeat for a <see cref="HeartbeatStats"/>.</summary>
public sealed record GetHeartbeatStats;

/// <summary>Counters of the heartbeat; every refused frame is in <paramref name="Refused"/> by its reason.</summary>
/// <param name="Sent">Adverts sent.</param>
/// <param name="SendFailures">Adverts that did not leave.</param>
/// <param name="Accepted">Adverts accepted.</param>
/// <param name="Refused">Adverts refused, by reason.</param>
/// <param name="LastSentAgo">Seconds; null for never.</param>
/// <param name="LastAcceptedAgo">Seconds; null for never.</param>
/// <param name="Lateness">Histogram of how late adverts left: upper bound in milliseconds (infinity last) and count.</param>
/// <param name="RealTime">Whether the sending thread has real-time priority.</param>
/// <param name="Interval">Advert interval.</param>
/// <param name="Deadline">Deadline.</param>
/// <param name="Stalls">Histogram of how long the heartbeat thread was held up, from <see cref="Stall.Shortest"/> on.</param>
/// <param name="LongestStall">The longest of them; null before the first.</param>
public sealed record HeartbeatStats(
    long Sent,
    long SendFailures,
    long Accepted,
    IReadOnlyDictionary<string, long> Refused,
    double? LastSentAgo,
    double? LastAcceptedAgo,
    IReadOnlyList<TimeBucket> Lateness,
    bool RealTime,
    TimeSpan Interval,
    TimeSpan Deadline,
    IReadOnlyList<TimeBucket> Stalls,
    ReportedStall? LongestStall);

/// <summary>One bucket of a histogram of times.</summary>
public sealed record TimeBucket(double UpToMilliseconds, long Count);

/// <summary>A stall of the heartbeat thread.</summary>
/// <param name="At">Wall-clock time, for people.</param>
/// <param name="Stall">Its length, and what is known of its cause.</param>
public sealed record ReportedStall(DateTimeOffset At, Stall Stall);

/// <summary>Asks the heartbeat for the last adverts seen: <see cref="IReadOnlyList{T}"/> of <see cref="PeekedAdvert"/>, newest last.</summary>
public sealed record PeekAdverts(int Count);

/// <summary>One advert on the wire, own or foreign, accepted or refused.</summary>
/// <param name="At">Wall-clock time, for people.</param>
/// <param name="Outgoing">Sent by this node.</param>
/// <param name="Source">Source address.</param>
/// <param name="Verdict">accepted, sent, or the reason of the refusal.</param>
/// <param name="Text">The decoded fields.</param>
public sealed record PeekedAdvert(DateTimeOffset At, bool Outgoing, string Source, string Verdict, string Text);

/// <summary>Asks the service for a <see cref="ServiceReport"/>.</summary>
public sealed record GetService;
