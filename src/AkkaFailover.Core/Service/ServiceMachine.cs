using AkkaFailover.Core.Election;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Service;

/// <summary>What a managed service does next: a pure function of what happened, for every type of service.</summary>
public sealed partial class ServiceMachine
{
    /// <summary>How long a child that must go at once has between SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan ForcedGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>A process that lived this long runs.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two looks at a unit.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>How often the stop of a unit is asked for again where somebody cancels it.</summary>
    public const int StopRepeats = 2;

    private readonly ServiceSettings _settings;
    private readonly Moment _now;
    private readonly List<ServiceOutput> _outputs = [];
    private ServiceModel _model;

    private ServiceMachine(ServiceModel model, Moment now, ServiceSettings settings) => (_model, _now, _settings) = (model, now, settings);

    /// <summary>One step.</summary>
    /// <returns>The new model, and what to do in this order.</returns>
    public static (ServiceModel Model, IReadOnlyList<ServiceOutput> Outputs) Step(ServiceModel model, ServiceInput input, Moment now, ServiceSettings settings)
    {
        var step = new ServiceMachine(model, now, settings);
        switch (input)
        {
            case ServiceInput.Start start: step.Start(start.Term); break;
            case ServiceInput.Stop stop: step.Stop(stop.Graceful, stop.Reason); break;
            case ServiceInput.Restart restart: step.Restart(restart.Reason); break;
            case ServiceInput.LeftBehind: step.Clean(); break;
            case ServiceInput.ChildEnded ended: step.Ended(ended); break;
            case ServiceInput.UnitSeen seen: step.Seen(seen); break;
            case ServiceInput.Checked found: step.Judge(found.Health); break;
            case ServiceInput.Tick: step.Tick(); break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input, null);
        }
        return (step._model, step._outputs);
    }

    private bool IsStopping => _model.State == ServiceState.Stopping;

    /// <summary>Whether something has to be run to stop it.</summary>
    private bool HasStop => _settings is CommandsService or SystemdService;

    private void Start(Term term)
    {
        switch (_model.State)
        {
            case ServiceState.Stopping:
                _model = _model with { StartNext = term };
                break;
            case ServiceState.Preparing or ServiceState.Running or ServiceState.Failing or ServiceState.Failed:
                _model = _model with { Term = term };
                Become(_model.State, _model.Detail);
                break;
            default:
                _model = ServiceModel.InitialFor(_settings) with { Term = term, Reason = "claim", Look = _model.Look };
                Begin();
                Become(ServiceModel.HasNothingToDo(_settings) ? ServiceState.None : ServiceState.Preparing, "");
                break;
        }
    }

    private void Begin()
    {
        _model = _model with { LaunchedAt = _now, StartBy = _now + _settings.StartTimeout, RetryAt = Moment.Never };
        switch (_settings)
        {
            case CommandsService: Launch(ChildKind.Start, null); break;
            // Looked at while it starts: the guard has to know what to end.
            case SystemdService: Launch(ChildKind.Start, LookInterval); break;
            case ProcessService: Launch(ChildKind.Main, SettleTime); break;
            default: CameUp(); break;
        }
    }

    private void Stop(bool graceful, string reason)
    {
        var mayRun = _model.Up || _model.StartBy != Moment.Never;
        _model = _model with
        {
            StartNext = Term.None,
            Reason = reason,
            Graceful = graceful && (_model.Graceful || !IsStopping),
            Up = false,
            Health = HealthVerdict.Good,
            Unfit = false,
            StartBy = Moment.Never,
            RetryAt = Moment.Never,
        };
        switch (_model.Child)
        {
            case ChildKind.Stop:
                // Only a unit can be ended sooner: a stop command has its whole time.
                if (_settings is SystemdService) _model = _model with { Due = Moment.Min(_model.Due, _now + StopTime) };
                Become(ServiceState.Stopping, _model.Detail);
                break;
            case ChildKind.Main or ChildKind.Start:
                Terminate(_model.Child == ChildKind.Main ? StopTime : ForcedGrace);
                Become(ServiceState.Stopping, _model.Detail);
                break;
            default:
                if (mayRun && HasStop) Clean();
                else Stopped("");
                break;
        }
    }

    private TimeSpan StopTime => _model.Graceful ? _settings.KillAfter ?? _settings.StopTimeout : ForcedGrace;

    private void Restart(string reason)
    {
        if (_model.State is ServiceState.Stopped or ServiceState.None or ServiceState.Stopping) return;
        var term = _model.Term;
        Stop(graceful: true, reason);
        Start(term);
    }

    private void Clean()
    {
        if (!HasStop) return;
        _model = _model with { StopRepeats = 0 };
        LaunchStop();
        Become(ServiceState.Stopping, "");
    }

    /// <summary>Its stop was cancelled, or systemd does not answer: it must not go on where the address is not, nor be started again by the job that came between.</summary>
    private void StopEnded(ServiceInput.ChildEnded ended, Moment due)
    {
        var unit = _settings is SystemdService && ended.ExitCode != 0;
        if (unit) _outputs.Add(new ServiceOutput.KillUnit());
        if (unit && !_model.UnitKilled && _model.StopRepeats < StopRepeats)
        {
            _model = _model with { StopRepeats = _model.StopRepeats + 1 };
            LaunchStop();
            _model = _model with { Due = Moment.Min(_model.Due, due) };
            return;
        }
        Stopped(ended.ExitCode == 0 ? "" : Describe("the stop command", ended));
    }

    private void LaunchStop() => Launch(ChildKind.Stop, _settings is SystemdService ? StopTime : _settings.StopTimeout);

    private void Terminate(TimeSpan grace)
    {
        _outputs.Add(new ServiceOutput.Terminate());
        // A second, less patient stop may only shorten the first one's time.
        var due = _now + grace;
        _model = _model with { Due = IsStopping ? Moment.Min(_model.Due, due) : due };
    }

    private void Ended(ServiceInput.ChildEnded ended)
    {
        var (child, due) = (_model.Child, _model.Due);
        // What the process itself has left in its group must not meet its successor.
        if (child == ChildKind.Main) _outputs.Add(new ServiceOutput.Kill());
        _model = _model with { Child = null, Due = Moment.Never };
        switch (child)
        {
            case ChildKind.Start when IsStopping: Clean(); break;
            case ChildKind.Start when ended.ExitCode == 0: Started(); break;
            case ChildKind.Start: Failed(Describe(_settings is SystemdService ? "systemctl start" : "the start command", ended), late: _model.StartBy == Moment.Never); break;
            case ChildKind.Main when IsStopping: Stopped(""); break;
            case ChildKind.Main when _model.RetryAt != Moment.Never: break; // it was ended because it did not become ready
            case ChildKind.Main: Failed(Describe("the process", ended) + (ended.ExitCode == 0 ? " (it must stay in the foreground)" : "")); break;
            case ChildKind.Stop when IsStopping: StopEnded(ended, due); break;
            case ChildKind.Stop: break; // it has cleaned up after a failure
            default: throw new InvalidOperationException("a child ended that was never launched");
        }
    }

    private void Started()
    {
        if (_settings is SystemdService) Look();
        else CameUp();
    }

    private void Stopped(string detail)
    {
        var next = _model.StartNext;
        _model = ServiceModel.InitialFor(_settings) with { Look = _model.Look };
        Become(_model.State, detail);
        if (next != Term.None) Start(next);
    }

    private void Tick()
    {
        if (_now >= _model.StartBy) StartIsLate();
        if (_now >= _model.Due)
        {
            _model = _model with { Due = Moment.Never };
            switch (_model)
            {
                case { Child: ChildKind.Main, Up: false, State: not ServiceState.Stopping } when _model.RetryAt == Moment.Never: CameUp(); break;
                case { Child: ChildKind.Start, State: not ServiceState.Stopping } when _settings is SystemdService:
                    if (!_model.Looking) Look();
                    _model = _model with { Due = _now + LookInterval };
                    break;
                case { Child: ChildKind.Stop } when _settings is SystemdService: KillUnit(); break;
                case { Child: not null }: _outputs.Add(new ServiceOutput.Kill()); break;
                default: Look(); break;
            }
        }
        if (_model.Child is null && _now >= _model.RetryAt) Again();
    }

    private void Again()
    {
        _model = _model with { Restarts = _model.Restarts + 1, Reason = "restart" };
        Begin();
    }

    private void Launch(ChildKind kind, TimeSpan? timeout)
    {
        _outputs.Add(new ServiceOutput.Launch(kind));
        _model = _model with { Child = kind, LaunchedAt = kind == ChildKind.Stop ? _model.LaunchedAt : _now, Due = timeout is { } time ? _now + time : Moment.Never, UnitKilled = false };
    }

    private void Become(ServiceState state, string detail)
    {
        _model = _model with { State = state, Detail = detail };
        _outputs.Add(new ServiceOutput.Announce(state, detail, _model.Unfit, _model.RetryAt));
    }
}
