using Akka.Actor;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Phases;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Asks the election for an <see cref="ElectionReport"/>.</summary>
public sealed record GetElection;

/// <summary>Asks the election for its <see cref="Pulse"/>.</summary>
public sealed record GetPulse;

/// <summary>Whether the election still moves by itself: an actor that answers but is not woken never claims.</summary>
/// <param name="SinceWoken">Time since it was last woken.</param>
/// <param name="Interval">It asks to be woken at least this often.</param>
public sealed record Pulse(TimeSpan SinceWoken, TimeSpan Interval)
{
    private static readonly TimeSpan SlowestMachine = TimeSpan.FromSeconds(10);

    /// <summary>Whether its wake-ups come; other inputs may take the turn of a few.</summary>
    public bool IsWoken => SinceWoken < SlowestMachine + (Interval * 3);
}

/// <summary>Asks the election for its history: <see cref="IReadOnlyList{T}"/> of <see cref="GroupEvent"/>, oldest first.</summary>
public sealed record GetHistory;

/// <summary>Subscribes to <see cref="GroupEvent"/>s; ends when the subscriber stops (it is watched) or sends <see cref="UnwatchGroup"/>.</summary>
public sealed record WatchGroup(IActorRef Subscriber);

/// <summary>Ends a subscription.</summary>
public sealed record UnwatchGroup(IActorRef Subscriber);

/// <summary>One line of a group's history: a change of role, an alarm, a note or a report.</summary>
/// <param name="At">Wall-clock time, for people.</param>
/// <param name="Kind">role, alarm, clear, note, replay, service, failover, release, rehearsal.</param>
/// <param name="Text">One sentence a human understands, with the evidence.</param>
/// <param name="Change">Set where <paramref name="Kind"/> is role.</param>
/// <param name="Phases">Set where <paramref name="Kind"/> is that of a report.</param>
public sealed record GroupEvent(DateTimeOffset At, string Kind, string Text, RoleChange? Change, PhaseReport? Phases = null);

/// <summary>An actor other than the election has something for the group's log and history.</summary>
/// <param name="Kind">As in <see cref="GroupEvent"/>.</param>
/// <param name="Text">One sentence.</param>
/// <param name="Phases">Where the time of it went; null where that is not what it is about.</param>
public sealed record Report(string Kind, string Text, PhaseReport? Phases = null)
{
    /// <summary>A report by phases.</summary>
    public static Report Of(PhaseReport phases) => new(phases.Word, phases.Text, phases);
}

/// <summary>Answer to an operator's command sent to the election (handover, pause, resume, takeover).</summary>
/// <param name="Accepted">Whether it is being done.</param>
/// <param name="Text">What was done, or why not and what to do.</param>
public sealed record OperatorAnswer(bool Accepted, string Text);
