using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using Microsoft.Extensions.Logging;

namespace AkkaFailover.Daemon.Groups;

/// <summary>What a group is made of; the composition root supplies it with the host's real parts.</summary>
public sealed record GroupParts
{
    /// <summary>The group's settings.</summary>
    public required GroupSettings Settings { get; init; }

    /// <summary>The same as its election sees them.</summary>
    public required ElectionSettings Election { get; init; }

    /// <summary>Time.</summary>
    public required IMonotonicClock Clock { get; init; }

    /// <summary>The cluster link.</summary>
    public required IActorRef Link { get; init; }

    /// <summary>The disk of terms and facts.</summary>
    public required IFactStore FactStore { get; init; }

    /// <summary>What was on it at the start.</summary>
    public required StoredFacts Facts { get; init; }

    /// <summary>The history's file.</summary>
    public required HistoryFile History { get; init; }

    /// <summary>Where the history is logged.</summary>
    public required ILogger Log { get; init; }

    /// <summary>End of the lease as the guard has it.</summary>
    public required Func<Moment> LeaseUntil { get; init; }

    /// <summary>The group's interface.</summary>
    public required ILinkMonitor Carrier { get; init; }

    /// <summary>The address owner, given the election.</summary>
    public required Func<IActorRef, Props> Vip { get; init; }

    /// <summary>The heartbeat, given the election.</summary>
    public required Func<IActorRef, Props> Heartbeat { get; init; }

    /// <summary>The replica, given the election.</summary>
    public required Func<IActorRef, Props> Replica { get; init; }

    /// <summary>The service, given the election, the address owner and the replica.</summary>
    public required Func<IActorRef, IActorRef, IActorRef, Props> Service { get; init; }

    /// <summary>The rehearsals, given the election and the replica.</summary>
    public required Func<IActorRef, IActorRef, Props> Rehearsal { get; init; }

    /// <summary>The notify hook.</summary>
    public required Func<Props> NotifyHook { get; init; }

    /// <summary>Called when the group has released everything after a <see cref="StopRequested"/>.</summary>
    public required Action<GroupName> Stopped { get; init; }

    /// <summary>Called when an actor failed that decides or holds: the process must end.</summary>
    public required Action<Exception> Fatal { get; init; }
}
