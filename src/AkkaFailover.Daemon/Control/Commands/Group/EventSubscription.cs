using System.Threading.Channels;
using Akka.Actor;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>
/// A group's events as they happen, for one command. At most 1,000 wait for a slow reader; older ones give way, because a
/// subscriber must never hold up the election.
/// </summary>
internal sealed class EventSubscription : IDisposable
{
    private const int MostWaiting = 1_000;

    private readonly Channel<GroupEvent> _events =
        Channel.CreateBounded<GroupEvent>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly ActorSystem _system;
    private readonly IActorRef _relay;

    public EventSubscription(ActorSystem system, GroupHandle group)
    {
        _system = system;
        _relay = system.ActorOf(Props.Create(() => new Relay(_events.Writer)));
        group.Election.Tell(new WatchGroup(_relay));
    }

    public ChannelReader<GroupEvent> Events => _events.Reader;

    public void Dispose() => _system.Stop(_relay);

    private sealed class Relay : ReceiveActor
    {
        private readonly ChannelWriter<GroupEvent> _events;

        public Relay(ChannelWriter<GroupEvent> events)
        {
            _events = events;
            Receive<GroupEvent>(happened => _events.TryWrite(happened));
        }

        protected override void PostStop() => _events.TryComplete();
    }
}
