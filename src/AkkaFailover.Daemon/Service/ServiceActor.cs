using Akka.Actor;
using Akka.Event;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Health;
using AkkaFailover.Daemon.OpenVpn;

namespace AkkaFailover.Daemon.Service;

/// <summary>
/// Runs a group's service: translates what happens to inputs, steps <see cref="ServiceMachine"/>, runs its outputs. The election
/// sends <see cref="StartService"/> and <see cref="StopService"/> and gets <see cref="ServiceChanged"/>; nobody waits here.
/// </summary>
public sealed class ServiceActor : ReceiveActor, IWithTimers
{
    private readonly ServiceContext _context;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ServiceMarker _marker;
    private readonly Systemctl? _systemctl;
    private readonly UnitSupervision? _unit;
    private readonly ServiceChecks _checks;
    private readonly IActorRef _vpn;
    private ServiceModel _model;
    private ServiceGroupChanged _guarded = new(0);
    private IChildProcess? _child;
    private OutputLog? _output;

    /// <summary>The service of one group.</summary>
    public ServiceActor(ServiceContext context)
    {
        _context = context;
        var service = context.Group.Service;
        _marker = new ServiceMarker(Path.Combine(context.StateDir, $"{context.Group.Name}.service"), _log);
        _model = ServiceModel.InitialFor(service);
        if (service is SystemdService systemd)
        {
            _systemctl = new Systemctl(context.Launcher, systemd.Unit, context.Systemctl);
            _unit = new UnitSupervision(_systemctl, _log, Self);
        }
        _checks = new ServiceChecks(context, service.Checks.Count == 0 ? ActorRefs.Nobody : Context.ActorOf(HealthActor.Props(context.Node, context.Group, context.Probes, context.Clock), "checks"));
        _vpn = context.Vpn is null ? ActorRefs.Nobody : Context.ActorOf(context.Vpn, "openvpn");
        Receive<StartService>(start => Step(new ServiceInput.Start(start.Term)));
        Receive<StopService>(stop => Step(new ServiceInput.Stop(stop.Graceful, stop.Reason)));
        Receive<RestartService>(restart => Step(new ServiceInput.Restart(restart.Reason)));
        Receive<ChildEnd>(Ended, end => ReferenceEquals(end.Output, _output));
        Receive<ChildEnd>(_ => { }); // of an incarnation of this actor that failed
        Receive<UnitLooked>(Looked);
        Receive<HealthChanged>(Checked, _checks.AreOf);
        Receive<HealthChanged>(_ => { }); // of where the service was before
        Receive<Wake>(_ => Step(new ServiceInput.Tick()));
        Receive<ServiceChildRestarted>(_ =>
        {
            _vpn.Tell(Announcement());
            _checks.TellAgain();
        });
        Receive<GetService>(_ => Sender.Tell(Report()));
        Receive<CheckNow>(ask => _checks.TryOnce(ask, Sender));
        Receive<GetOpenVpn>(_ => _vpn.IsNobody(), _ => Sender.Tell(new NoOpenVpn()));
        Receive<GetOpenVpn>(_vpn.Forward);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private ServiceSettings Settings => _context.Group.Service;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _context.Election.Tell(Announcement());
        var left = _marker.Read();
        if (left is not null)
        {
            _context.Launcher.KillLeftover(left);
            // What commands have started is gone when their stop has ended, and not before.
            if (Settings is ProcessService) _marker.Clear();
        }
        // A unit may run whoever has started it: at boot, by hand.
        if (left is not null || _unit is not null) Step(new ServiceInput.LeftBehind());
        else Move();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        // Whatever stopped this actor: no service without its supervisor. A stop command may finish.
        if (_model.Child is ChildKind.Main or ChildKind.Start) _child?.Kill();
    }

    private void Step(ServiceInput input)
    {
        var before = _model;
        (_model, var outputs) = ServiceMachine.Step(_model, input, _context.Clock.Now, Settings);
        foreach (var output in outputs) Run(output);
        if (_model.State != before.State || _model.Failures > before.Failures) Tell($"service {Word(_model.State)}{(_model.Detail.Length > 0 ? $": {_model.Detail}" : "")}");
        Move();
        if (_model.Wake == Moment.Never) Timers.Cancel(Wake.Instance);
        else Timers.StartSingleTimer(Wake.Instance, Wake.Instance, Longest(_model.Wake - _context.Clock.Now, TimeSpan.Zero));
    }

    private void Run(ServiceOutput output)
    {
        switch (output)
        {
            case ServiceOutput.Launch launch: Launch(launch.Kind); break;
            case ServiceOutput.Terminate: _child?.Terminate(); break;
            case ServiceOutput.Kill: _child?.Kill(); break;
            case ServiceOutput.KillUnit: _unit!.Kill(); break;
            case ServiceOutput.Look look: _unit!.Look(look.Number); break;
            case ServiceOutput.Announce announce: Announce(announce); break;
            default: throw new ArgumentOutOfRangeException(nameof(output), output, null);
        }
    }

    private void Launch(ChildKind kind)
    {
        var (self, output) = (Self, new OutputLog($"{_context.Group.Name} service", _log, _context.Clock));
        var environment = CommandEnvironment.ForService(_context.Node, _context.Group, kind, _model.Term, _model.Reason);
        _output = output;
        _child = _context.Launcher.Start(CommandOf(kind), environment, output.Take, exitCode => self.Tell(new ChildEnd(output, exitCode)));
        if (kind == ChildKind.Main) Guard(new ServiceGroupChanged(_child.ProcessGroup));
        if (kind != ChildKind.Stop) _marker.Set(kind == ChildKind.Main ? _child.Identity : "");
    }

    private void Ended(ChildEnd end)
    {
        if (_model.Child == ChildKind.Main) Guard(new ServiceGroupChanged(0));
        Step(new ServiceInput.ChildEnded(end.ExitCode, end.Output.LastWords));
    }

    private void Looked(UnitLooked looked)
    {
        _unit!.Take(looked.Unit);
        if (looked.Unit.Activity is UnitActivity.Active or UnitActivity.Changing && _model.State != ServiceState.Stopped)
            Guard(new ServiceGroupChanged(looked.Unit.MainPid, looked.Unit.ControlGroup));
        else if (looked.Unit.Activity == UnitActivity.Ended) Guard(new ServiceGroupChanged(0));
        Step(new ServiceInput.UnitSeen(looked.Number, looked.Unit));
    }

    private void Announce(ServiceOutput.Announce announce)
    {
        _context.Election.Tell(Announcement());
        _vpn.Tell(Announcement());
        if (announce.State != ServiceState.Stopped) return;
        // A stop that failed is tried again by the next start of the daemon.
        if (announce.Detail.Length == 0) _marker.Clear();
        Guard(new ServiceGroupChanged(0));
    }

    /// <summary>What the guard ends when this process is gone.</summary>
    private void Guard(ServiceGroupChanged group)
    {
        if (group == _guarded) return;
        _guarded = group;
        _context.Vip.Tell(group);
    }

    private ServiceChanged Announcement() => new(_model.State, _model.Detail) { Unfit = _model.Unfit, RetryAt = _model.RetryAt };

    private void Move() => _checks.Follow(_model.Place, _model.Term, _guarded.Process);

    private void Checked(HealthChanged changed)
    {
        if (_checks.Take(changed) is { } verdict) Step(new ServiceInput.Checked(verdict));
    }

    private void Tell(string text) => _context.Election.Tell(new Report("service", text));

    private IReadOnlyList<string> CommandOf(ChildKind kind) => (Settings, kind) switch
    {
        (SystemdService, ChildKind.Start) => _systemctl!.Start,
        (SystemdService, ChildKind.Stop) => _systemctl!.Stop,
        _ => ChildCommand.Of(Settings, kind),
    };

    private ServiceReport Report()
    {
        var now = _context.Clock.Now;
        var detail = _model switch
        {
            { Detail.Length: > 0 } => _model.Detail,
            { State: ServiceState.Preparing, Up: true } => _model.Health.Missing,
            _ => _output?.LastWords ?? "",
        };
        return new ServiceReport(Settings.Type, _model.State, _guarded.Process > 0 ? _guarded.Process : null, _model.Restarts, detail)
        {
            RetrySeconds = _model.RetryAt == Moment.Never ? null : Longest(_model.RetryAt - now, TimeSpan.Zero).TotalSeconds,
            Checks = _checks.Report(now),
        };
    }

    private static string Word(ServiceState state) => state.ToString().ToLowerInvariant();

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed record ChildEnd(OutputLog Output, int ExitCode);

    private sealed record Wake
    {
        public static readonly Wake Instance = new();
    }
}
