using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Groups;

/// <summary>The actors of one group.</summary>
public sealed record GroupHandle(
    GroupSettings Settings,
    IActorRef Election,
    IActorRef Heartbeat,
    IActorRef Vip,
    IActorRef Replica,
    IActorRef Service,
    IActorRef Rehearsal)
{
    /// <summary>The group's name.</summary>
    public GroupName Name => Settings.Name;
}
