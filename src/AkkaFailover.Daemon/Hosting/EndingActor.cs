using Akka.Actor;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>Hears of what this run of the daemon cannot get over.</summary>
internal sealed class EndingActor : ReceiveActor
{
    /// <summary>Hands it on.</summary>
    public EndingActor(Action<LinkBroken> broken, Action<JournalDamaged> damaged)
    {
        Receive(broken);
        Receive(damaged);
    }
}
