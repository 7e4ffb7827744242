using Akka.Actor;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Asks the election for an <see cref="ElectionReport"/>.</summary>
public sealed record GetElection;

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
