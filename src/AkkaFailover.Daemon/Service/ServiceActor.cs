using Akka.Actor;
using Akka.Event;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.OpenVpn;

namespace AkkaFailover.Daemon.Service;

/// <summary>
/// Runs a group's service: translates what happens to inputs, steps <see cref="ServiceMachine"/>, runs its outputs. The election
/// sends <see cref="StartService"/> and <see cref="StopService"/> and gets <see cref="ServiceChanged"/>; nobody waits here.
/// </summary>
public sealed class ServiceActor : ReceiveActor, IWithTimers
{
    private readonly NodeName _node;
    private readonly GroupSettings _group;
    private readonly IProcessLauncher _launcher;
    private readonly IMonotonicClock _clock;
    private readonly IActorRef _election;
    private readonly IActorRef _vip;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ServiceMarker _marker;
    private readonly IActorRef _vpn = ActorRefs.Nobody;
    private ServiceModel _model;
    private IChildProcess? _child;
    private OutputLog? _output;

    /// <summary>See <see cref="Props"/>.</summary>
    public ServiceActor(
        NodeName node, GroupSettings group, string stateDir, IProcessLauncher launcher, IMonotonicClock clock, IActorRef election, IActorRef vip, Props? vpn)
    {
        if (vpn is not null) _vpn = Context.ActorOf(vpn, "openvpn");
        (_node, _group, _launcher, _clock, _election, _vip) = (node, group, launcher, clock, election, vip);
        _marker = new ServiceMarker(Path.Combine(stateDir, $"{group.Name}.service"), _log);
        _model = ServiceModel.InitialFor(group.Service);
        Receive<StartService>(start => Step(new ServiceInput.Start(start.Term)));
        Receive<StopService>(stop => Step(new ServiceInput.Stop(stop.Graceful, stop.Reason)));
        Receive<ChildEnd>(Ended, end => ReferenceEquals(end.Output, _output));
        Receive<ChildEnd>(_ => { }); // of an incarnation of this actor that failed
        Receive<Wake>(_ => Step(new ServiceInput.Tick()));
        Receive<GetService>(_ => Sender.Tell(Report()));
        Receive<GetOpenVpn>(_ => _vpn.IsNobody(), _ => Sender.Tell(new NoOpenVpn()));
        Receive<GetOpenVpn>(_vpn.Forward);
    }

    /// <summary>The service of one group.</summary>
    /// <param name="node">This node.</param>
    /// <param name="group">The group.</param>
    /// <param name="stateDir">Where it is kept that the service may run.</param>
    /// <param name="launcher">Starts its programs.</param>
    /// <param name="clock">Time.</param>
    /// <param name="election">Gets <see cref="ServiceChanged"/> and <see cref="Groups.Report"/>.</param>
    /// <param name="vip">Gets <see cref="ServiceGroupChanged"/>.</param>
    /// <param name="vpn">Follows the clients where the service is a VPN server, and gets <see cref="ServiceChanged"/>; null where it is none.</param>
    public static Props Props(
        NodeName node, GroupSettings group, string stateDir, IProcessLauncher launcher, IMonotonicClock clock, IActorRef election, IActorRef vip, Props? vpn = null) =>
        Akka.Actor.Props.Create(() => new ServiceActor(node, group, stateDir, launcher, clock, election, vip, vpn));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _election.Tell(new ServiceChanged(_model.State, _model.Detail));
        if (_marker.Read() is not { } identity) return;
        _launcher.KillLeftover(identity);
        _marker.Clear();
        Step(new ServiceInput.LeftBehind());
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // Whatever stopped this actor: no service without its supervisor. A stop command may finish.
        if (_model.Child is ChildKind.Main or ChildKind.Start) _child?.Kill();
    }

    private void Step(ServiceInput input)
    {
        var before = _model.State;
        (_model, var outputs) = ServiceMachine.Step(_model, input, _clock.Now, _group.Service);
        foreach (var output in outputs) Run(output);
        if (_model.State != before) Note();
        if (_model.Due == Moment.Never) Timers.Cancel(Wake.Instance);
        else Timers.StartSingleTimer(Wake.Instance, Wake.Instance, Longest(_model.Due - _clock.Now, TimeSpan.Zero));
    }

    private void Run(ServiceOutput output)
    {
        switch (output)
        {
            case ServiceOutput.Launch launch: Launch(launch.Kind); break;
            case ServiceOutput.Terminate: _child?.Terminate(); break;
            case ServiceOutput.Kill: _child?.Kill(); break;
            case ServiceOutput.Announce announce: Announce(announce); break;
            default: throw new ArgumentOutOfRangeException(nameof(output), output, null);
        }
    }

    private void Launch(ChildKind kind)
    {
        var (self, output) = (Self, new OutputLog($"{_group.Name} service", _log, _clock));
        var environment = CommandEnvironment.ForService(_node, _group, kind, _model.Term, _model.Reason);
        _output = output;
        _child = _launcher.Start(CommandOf(kind), environment, output.Take, exitCode => self.Tell(new ChildEnd(output, exitCode)));
        if (kind == ChildKind.Main) _vip.Tell(new ServiceGroupChanged(_child.ProcessGroup));
        if (kind != ChildKind.Stop) _marker.Set(kind == ChildKind.Main ? _child.Identity : "");
    }

    private void Ended(ChildEnd end)
    {
        if (_model.Child == ChildKind.Main) _vip.Tell(new ServiceGroupChanged(0));
        Step(new ServiceInput.ChildEnded(end.ExitCode, end.Output.LastWords));
    }

    private void Announce(ServiceOutput.Announce announce)
    {
        var changed = new ServiceChanged(announce.State, announce.Detail);
        _election.Tell(changed);
        _vpn.Tell(changed);
        if (announce.State == ServiceState.Stopped) _marker.Clear();
    }

    private void Note() => _election.Tell(new Report(
        "service", $"service {_model.State.ToString().ToLowerInvariant()}{(_model.Detail.Length > 0 ? $": {_model.Detail}" : "")}"));

    private IReadOnlyList<string> CommandOf(ChildKind kind) => (_group.Service, kind) switch
    {
        (CommandsService commands, ChildKind.Start) => commands.Start,
        (CommandsService commands, ChildKind.Stop) => commands.Stop,
        (ProcessService process, ChildKind.Main) => process.Command,
        _ => throw new InvalidOperationException($"a service of type {_group.Service.Type} has no {kind} command"),
    };

    private ServiceReport Report()
    {
        var pid = _model.Child is null or ChildKind.Stop ? 0 : _child?.ProcessGroup ?? 0;
        var detail = _model.Detail.Length > 0 ? _model.Detail : _output?.LastWords ?? "";
        return new ServiceReport(_group.Service.Type, _model.State, pid > 0 ? pid : null, _model.Restarts, detail);
    }

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed record ChildEnd(OutputLog Output, int ExitCode);

    private sealed record Wake
    {
        public static readonly Wake Instance = new();
    }
}
