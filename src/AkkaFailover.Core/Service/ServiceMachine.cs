using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Service;

/// <summary>What a managed service does next: a pure function of what happened, for every type of service.</summary>
public sealed class ServiceMachine
{
    /// <summary>How long a child that must go at once has between SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan ForcedGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>A process that lived this long is running, not starting.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(250);

    /// <summary>A process that lived this long was healthy: its end is not one more failure in a row.</summary>
    public static readonly TimeSpan HealthyTime = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause between two restarts.</summary>
    public static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);

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
            case ServiceInput.Stop stop: step.Stop(stop); break;
            case ServiceInput.LeftBehind: step.Clean(); break;
            case ServiceInput.ChildEnded ended: step.Ended(ended); break;
            case ServiceInput.Tick: step.Tick(); break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input, null);
        }
        return (step._model, step._outputs);
    }

    private void Start(Term term)
    {
        switch (_model.State)
        {
            case ServiceState.Stopping:
                _model = _model with { StartNext = term };
                break;
            case ServiceState.Preparing or ServiceState.Running or ServiceState.Failing:
                _model = _model with { Term = term };
                Become(_model.State, _model.Detail);
                break;
            default:
                _model = ServiceModel.InitialFor(_settings) with { Term = term, Reason = "claim" };
                Begin();
                break;
        }
    }

    private void Begin()
    {
        switch (_settings)
        {
            case CommandsService:
                Launch(ChildKind.Start, _settings.StartTimeout);
                Become(ServiceState.Preparing, "");
                break;
            case ProcessService:
                Launch(ChildKind.Main, SettleTime);
                Become(ServiceState.Preparing, "");
                break;
            default:
                Become(ServiceState.None, "");
                break;
        }
    }

    private void Stop(ServiceInput.Stop stop)
    {
        _model = _model with { StartNext = Term.None, Reason = stop.Reason };
        switch (_model.Child)
        {
            case ChildKind.Stop:
                Become(ServiceState.Stopping, _model.Detail);
                break;
            case ChildKind.Main or ChildKind.Start:
                Terminate(stop.Graceful && _model.Child == ChildKind.Main ? _settings.KillAfter ?? _settings.StopTimeout : ForcedGrace);
                Become(ServiceState.Stopping, _model.Detail);
                break;
            default:
                StopWithoutChild();
                break;
        }
    }

    /// <summary>A start command that failed half way is cleaned up after as well.</summary>
    private void StopWithoutChild()
    {
        if (_settings is CommandsService && _model.State is ServiceState.Running or ServiceState.Failed) Clean();
        else Stopped("");
    }

    private void Clean()
    {
        if (_settings is not CommandsService) return;
        Launch(ChildKind.Stop, _settings.StopTimeout);
        Become(ServiceState.Stopping, "");
    }

    private void Terminate(TimeSpan grace)
    {
        _outputs.Add(new ServiceOutput.Terminate());
        // A second, less patient stop may only shorten the first one's time.
        var due = _now + grace;
        _model = _model with { Due = _model.State == ServiceState.Stopping ? Moment.Min(_model.Due, due) : due };
    }

    private void Ended(ServiceInput.ChildEnded ended)
    {
        var (child, stopping) = (_model.Child, _model.State == ServiceState.Stopping);
        // What the process itself has left in its group must not meet its successor.
        if (child == ChildKind.Main) _outputs.Add(new ServiceOutput.Kill());
        _model = _model with { Child = null, Due = Moment.Never };
        switch (child)
        {
            case ChildKind.Start when stopping: Clean(); break;
            case ChildKind.Start: Started(ended); break;
            case ChildKind.Main when stopping: Stopped(""); break;
            case ChildKind.Main: Failed(ended); break;
            case ChildKind.Stop: Stopped(ended.ExitCode == 0 ? "" : Describe("the stop command", ended)); break;
            default: throw new InvalidOperationException("a child ended that was never launched");
        }
    }

    private void Started(ServiceInput.ChildEnded ended)
    {
        if (ended.ExitCode == 0) Become(ServiceState.Running, ended.LastWords);
        else Become(ServiceState.Failed, Describe("the start command", ended));
    }

    private void Stopped(string detail)
    {
        var next = _model.StartNext;
        _model = ServiceModel.InitialFor(_settings);
        Become(_model.State, detail);
        if (next != Term.None) Start(next);
    }

    private void Failed(ServiceInput.ChildEnded ended)
    {
        var settings = (ProcessService)_settings;
        var failures = _now - _model.LaunchedAt >= HealthyTime ? 1 : _model.Failures + 1;
        var detail = Describe("the process", ended);
        _model = _model with { Failures = failures };
        if (failures > settings.MaxRestarts)
        {
            Become(ServiceState.Failed, $"{detail}; given up after {failures} failures in a row");
            return;
        }
        _model = _model with { Due = _now + Backoff(settings.RestartBackoff, failures) };
        Become(ServiceState.Failing, detail);
    }

    private void Tick()
    {
        if (_now < _model.Due) return;
        _model = _model with { Due = Moment.Never };
        switch (_model)
        {
            case { Child: null, State: ServiceState.Failing }:
                _model = _model with { Restarts = _model.Restarts + 1, Reason = "restart" };
                Launch(ChildKind.Main, SettleTime);
                break;
            case { Child: ChildKind.Main, State: ServiceState.Preparing or ServiceState.Failing }:
                Become(ServiceState.Running, "");
                break;
            case { Child: not null }:
                _outputs.Add(new ServiceOutput.Kill());
                break;
            default:
                break;
        }
    }

    private void Launch(ChildKind kind, TimeSpan timeout)
    {
        _outputs.Add(new ServiceOutput.Launch(kind));
        _model = _model with { Child = kind, LaunchedAt = _now, Due = _now + timeout };
    }

    private void Become(ServiceState state, string detail)
    {
        _model = _model with { State = state, Detail = detail };
        _outputs.Add(new ServiceOutput.Announce(state, detail));
    }

    private static TimeSpan Backoff(TimeSpan first, int failures)
    {
        var backoff = first * Math.Pow(2, Math.Min(failures - 1, 16));
        return backoff < LongestBackoff ? backoff : LongestBackoff;
    }

    private string Describe(string what, ServiceInput.ChildEnded ended)
    {
        var lived = _now - _model.LaunchedAt;
        var how = ended.ExitCode > 128 ? $"was ended by signal {ended.ExitCode - 128}" : $"exited with {ended.ExitCode}";
        return $"{what} {how} after {lived.TotalSeconds:0.0} s{(ended.LastWords.Length > 0 ? $": {ended.LastWords}" : "")}";
    }
}
