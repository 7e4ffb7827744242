using Akka.Actor;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>Hears of a link that is broken for good.</summary>
internal sealed class LinkBreakActor : ReceiveActor
{
    /// <summary>Hands it on.</summary>
    public LinkBreakActor(Action<LinkBroken> broken) => Receive(broken);
}
