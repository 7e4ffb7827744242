using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Service;

/// <summary>To the service, from a child of it that has failed and begun anew: it has to be told where the service is.</summary>
internal sealed record ServiceChildRestarted;

/// <summary>What a service works with.</summary>
/// <param name="Node">This node.</param>
/// <param name="Group">The group.</param>
/// <param name="StateDir">Where it is kept that the service may run.</param>
/// <param name="Launcher">Starts its programs.</param>
/// <param name="Clock">Time.</param>
/// <param name="Probes">Makes what tries its checks.</param>
/// <param name="Election">Gets <see cref="Core.Election.ServiceChanged"/>, <see cref="Core.Election.StandbyChecked"/> and <see cref="Groups.Report"/>.</param>
/// <param name="Vip">Gets <see cref="ServiceGroupChanged"/>.</param>
public sealed record ServiceContext(
    NodeName Node,
    GroupSettings Group,
    string StateDir,
    IProcessLauncher Launcher,
    IMonotonicClock Clock,
    Func<IHealthProbe> Probes,
    IActorRef Election,
    IActorRef Vip)
{
    /// <summary>How systemctl is called.</summary>
    public IReadOnlyList<string> Systemctl { get; init; } = Service.Systemctl.Program;

    /// <summary>Follows the clients where the service is a VPN server, and gets <see cref="Core.Election.ServiceChanged"/>; null where it is none.</summary>
    public Props? Vpn { get; init; }

    /// <summary>The actor.</summary>
    public Props Props() => Akka.Actor.Props.Create(() => new ServiceActor(this));
}
