using Akka.Actor;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Tells the election of its interface's carrier for as long as it lives.</summary>
public sealed class CarrierFeed : IDisposable
{
    private readonly ILinkMonitor _monitor;
    private readonly IActorRef _election;

    /// <summary>Begins to tell. The state at this moment is told first, in case it changed since <see cref="Started"/> was made.</summary>
    public CarrierFeed(ILinkMonitor monitor, IActorRef election)
    {
        _monitor = monitor;
        _election = election;
        _monitor.Changed += Tell;
        Tell(_monitor.Now);
    }

    /// <inheritdoc/>
    public void Dispose() => _monitor.Changed -= Tell;

    private void Tell(CarrierState state) => _election.Tell(new CarrierChanged(state.Up, state.Reason));
}
