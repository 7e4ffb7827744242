using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Asks the election for an <see cref="ElectionReport"/>.</summary>
public sealed record GetElection;

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
    IReadOnlyList<Alarm> Alarms);

/// <summary>An alarm that has begun and not ended.</summary>
public sealed record Alarm(AlarmKind Kind, string Text, DateTimeOffset Since);

/// <summary>Asks the election for its history: <see cref="IReadOnlyList{T}"/> of <see cref="GroupEvent"/>, oldest first.</summary>
public sealed record GetHistory;

/// <summary>Subscribes to <see cref="GroupEvent"/>s; ends when the subscriber stops (it is watched) or sends <see cref="UnwatchGroup"/>.</summary>
public sealed record WatchGroup(IActorRef Subscriber);

/// <summary>Ends a subscription.</summary>
public sealed record UnwatchGroup(IActorRef Subscriber);

/// <summary>One line of a group's history: a change of role, an alarm or a note.</summary>
/// <param name="At">Wall-clock time, for people.</param>
/// <param name="Kind">role, alarm, clear, note, replay, service.</param>
/// <param name="Text">One sentence a human understands, with the evidence.</param>
/// <param name="Change">Set where <paramref name="Kind"/> is role.</param>
public sealed record GroupEvent(DateTimeOffset At, string Kind, string Text, RoleChange? Change);

/// <summary>An actor other than the election has something for the group's log and history.</summary>
public sealed record Report(string Kind, string Text);

/// <summary>Answer to an operator's command sent to the election (handover, pause, resume, takeover).</summary>
/// <param name="Accepted">Whether it is being done.</param>
/// <param name="Text">What was done, or why not and what to do.</param>
public sealed record OperatorAnswer(bool Accepted, string Text);
