using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Status;

/// <summary>The election's state as commands show it.</summary>
/// <param name="Role">Role now.</param>
/// <param name="SinceSeconds">Seconds in this role.</param>
/// <param name="Term">Term held or claimed under; 0 where none.</param>
/// <param name="HighestTerm">Highest term seen.</param>
/// <param name="Eligible">Whether it would claim.</param>
/// <param name="WhyNot">Why not; empty where it would.</param>
/// <param name="Paused">Roles are frozen.</param>
/// <param name="Evidence">What each path says of the peer.</param>
/// <param name="Peer">The peer's last beat, null where none was heard (or the last one is older than it counts).</param>
/// <param name="Link">The link's transport.</param>
/// <param name="LeaseSeconds">Seconds the lease still runs; null where nothing is held.</param>
/// <param name="Explanation">Why the role is what it is and what would change it; one sentence a line.</param>
/// <param name="Alarms">Alarms now.</param>
public sealed record ElectionReport(
    Role Role,
    double SinceSeconds,
    Term Term,
    Term HighestTerm,
    bool Eligible,
    string WhyNot,
    bool Paused,
    EvidenceSummary Evidence,
    PeerBeat? Peer,
    LinkStatus Link,
    double? LeaseSeconds,
    IReadOnlyList<string> Explanation,
    IReadOnlyList<Alarm> Alarms)
{
    /// <summary>The highest term of another node that was seen; <see cref="Term.None"/> for none.</summary>
    public Term LedElsewhere { get; init; }
}

/// <summary>An alarm that has begun and not ended.</summary>
public sealed record Alarm(AlarmKind Kind, string Text, DateTimeOffset Since);

/// <summary>What the address owner holds.</summary>
/// <param name="Holds">The guard says the addresses are on.</param>
/// <param name="Term">Under which term.</param>
/// <param name="LeaseUntil">End of the running lease; null where nothing is held.</param>
/// <param name="GuardPid">Process id of the guard; 0 where none runs.</param>
/// <param name="Announcements">Announcements sent since the claim.</param>
public sealed record VipReport(bool Holds, Term Term, Moment? LeaseUntil, int GuardPid, long Announcements);

/// <summary>The service as commands show it.</summary>
/// <param name="Type">none, commands, process or systemd.</param>
/// <param name="State">Its state.</param>
/// <param name="Pid">Its process id; null where there is none.</param>
/// <param name="Restarts">Restarts since it was started for this term.</param>
/// <param name="Detail">Its last words, or why it failed.</param>
public sealed record ServiceReport(string Type, ServiceState State, int? Pid, int Restarts, string Detail)
{
    /// <summary>Seconds until it is started again; null where it is not between two starts.</summary>
    public double? RetrySeconds { get; init; }

    /// <summary>Its checks, also those that run only where the service is not.</summary>
    public IReadOnlyList<CheckReport> Checks { get; init; } = [];
}

/// <summary>A check as commands show it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">tcp, http or exec.</param>
/// <param name="On">active, standby or both.</param>
/// <param name="State">up, down, unknown; idle where it does not run now.</param>
/// <param name="LastGood">The last answer; null before the first.</param>
/// <param name="LastAgoSeconds">Since when that try had begun; null before the first.</param>
/// <param name="DurationSeconds">How long it took; null before the first.</param>
/// <param name="SinceSeconds">How long the state has lasted; null where it does not run.</param>
/// <param name="InARow">How many answers in a row were like the last one.</param>
/// <param name="Detail">What the last answer said.</param>
public sealed record CheckReport(
    string Name, string Type, string On, string State, bool? LastGood, double? LastAgoSeconds, double? DurationSeconds, double? SinceSeconds, int InARow, string Detail);

/// <summary>One try of a check that an operator asked for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">tcp, http or exec.</param>
/// <param name="Good">Whether it was good.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Detail">What it said.</param>
public sealed record CheckResult(string Name, string Type, bool Good, double Seconds, string Detail);

/// <summary>A replica as commands show it.</summary>
/// <param name="Position">Version, digest, in sync.</param>
/// <param name="UnreplicatedVersions">Acknowledged here alone.</param>
/// <param name="UnreplicatedSeconds">Since when; 0 where none.</param>
/// <param name="Peer">The peer's position as last heard; null before.</param>
/// <param name="Entries">Number of keys.</param>
public sealed record ReplicaReport(ReplicaPosition Position, long UnreplicatedVersions, double UnreplicatedSeconds, ReplicaPosition? Peer, int Entries);
