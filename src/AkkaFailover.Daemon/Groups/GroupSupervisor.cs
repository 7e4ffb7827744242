using Akka.Actor;
using AkkaFailover.Core.Election;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Groups;

/// <summary>
/// Makes a group's actors and knows them. A failure in one that decides or holds ends the process: its guard releases
/// the addresses, and the peer takes over from a node whose state nobody understands any more.
/// </summary>
public sealed class GroupSupervisor : ReceiveActor
{
    private readonly GroupParts _parts;
    private readonly GroupHandle _group;
    private CarrierFeed? _carrier;

    /// <summary>Makes the group's actors; they run once the election has its <see cref="GroupHandle"/>.</summary>
    public GroupSupervisor(GroupParts parts)
    {
        _parts = parts;
        var hook = Context.ActorOf(parts.NotifyHook(), "notify");
        var history = Context.ActorOf(Props.Create(() => new HistoryActor(parts.Settings.Name, parts.History, parts.Log, change => hook.Tell(change, ActorRefs.NoSender))), "history");
        var facts = Context.ActorOf(Props.Create(() => new FactStoreActor(parts.FactStore)), "facts");
        var context = new ElectionContext(parts.Settings.Name, parts.Election, parts.Clock, parts.Link, facts, history, parts.LeaseUntil);
        var election = Critical(Props.Create(() => new ElectionActor(context)), "election");
        var vip = Critical(parts.Vip(election), "vip");
        var replica = Context.ActorOf(parts.Replica(election).WithDispatcher(ClusterSetup.LinkDispatcher), "replica");
        var service = Context.ActorOf(parts.Service(election, vip, replica), "service");
        var heartbeat = Critical(parts.Heartbeat(election), "heartbeat");
        var rehearsal = Context.ActorOf(parts.Rehearsal(election, replica), "rehearsal");
        _group = new GroupHandle(parts.Settings, election, heartbeat, vip, replica, service, rehearsal);
        Receive<GetGroup>(_ => Sender.Tell(_group));
        Receive<GroupStopped>(stopped => parts.Stopped(stopped.Group));
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _parts.Link.Tell(new RegisterGroup(_group));
        _group.Election.Tell(_group);
        var facts = _parts.Facts;
        _group.Election.Tell(new Started(facts.Lived, facts.Reserved, facts.Active, facts.Paused, facts.PauseEpoch, _parts.Carrier.Now.Up));
        _carrier = new CarrierFeed(_parts.Carrier, _group.Election);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _carrier?.Dispose();
        _parts.Carrier.Dispose();
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
    {
        if (Sender.Path.Name is not ("election" or "vip" or "heartbeat"))
        {
            _parts.Link.Tell(new RegisterGroup(_group)); // who starts again must be told of the link again
            return Directive.Restart;
        }
        _parts.Fatal(failure);
        return Directive.Stop;
    });

    private static IActorRef Critical(Props props, string name) => Context.ActorOf(props.WithDispatcher(ClusterSetup.Dispatcher), name);
}

/// <summary>Asks a supervisor for its <see cref="GroupHandle"/>.</summary>
public sealed record GetGroup;
