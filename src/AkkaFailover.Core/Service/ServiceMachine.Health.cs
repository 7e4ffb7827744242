using AkkaFailover.Core.Election;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Service;

/// <content>Whether what was started serves, and what follows where it does not.</content>
public sealed partial class ServiceMachine
{
    /// <summary>A service that ran this long was healthy: its end is not one more failure in a row.</summary>
    public static readonly TimeSpan HealthyTime = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause between two restarts.</summary>
    public static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);

    /// <summary>The first pause after a service was given up; doubled each time.</summary>
    public static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause after a service was given up.</summary>
    public static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    /// <summary>How long systemctl may take to see that a unit is dead; then nobody waits for it.</summary>
    private static readonly TimeSpan KillTime = TimeSpan.FromSeconds(1);

    private int MaxRestarts => _settings switch
    {
        ProcessService process => process.MaxRestarts,
        SystemdService unit => unit.MaxRestarts,
        _ => 0,
    };

    private TimeSpan FirstBackoff => _settings switch
    {
        ProcessService process => process.RestartBackoff,
        SystemdService unit => unit.RestartBackoff,
        _ => FirstRetry,
    };

    /// <summary>What was started runs; with checks it serves only when they are up.</summary>
    private void CameUp()
    {
        _model = _model with { Up = true };
        Judge(_settings.Checks.Any(check => check.RunsOn(active: true)) ? new HealthVerdict("", "the checks have not answered yet") : HealthVerdict.Good);
    }

    private void Judge(HealthVerdict health)
    {
        if (!_model.Up) return;
        _model = _model with { Health = health };
        if (ServiceModel.HasNothingToDo(_settings)) _model = _model with { StartBy = Moment.Never };
        else if (health.AllUp && _model.State != ServiceState.Running) Serves();
        else if (health.Fallen.Length > 0 && _model.State == ServiceState.Running)
        {
            _model = _model with { Unfit = true, RunningSince = Moment.Never };
            Become(ServiceState.Failing, health.Fallen);
        }
    }

    private void Serves()
    {
        _model = _model with { Unfit = false, StartBy = Moment.Never, RunningSince = _now };
        Become(ServiceState.Running, "");
    }

    /// <summary>The start-timeout is over and the service does not serve: what has been started is ended.</summary>
    private void StartIsLate()
    {
        _model = _model with { StartBy = Moment.Never };
        if (_model.Child == ChildKind.Start)
        {
            _outputs.Add(new ServiceOutput.Kill());
            return;
        }
        var missing = _model.Up ? _model.Health.Missing : "the unit is not active";
        Failed($"not ready within {_settings.StartTimeout.TotalSeconds:0.###} s: {missing}", late: true);
    }

    /// <summary>
    /// One more failure: the next start follows after a pause. A service that cannot be made ready in time leaves at once where
    /// somebody else could try; one that ends may just have to be started again.
    /// </summary>
    private void Failed(string detail, bool late = false)
    {
        var failures = _now >= _model.RunningSince + HealthyTime ? 1 : _model.Failures + 1;
        var given = failures - MaxRestarts;
        var pause = given > 0 ? Doubled(FirstRetry, given, LongestRetry) : Doubled(FirstBackoff, failures, LongestBackoff);
        _model = _model with
        {
            Failures = failures,
            Up = false,
            Health = HealthVerdict.Good,
            Unfit = _model.Unfit || late || given > 0,
            StartBy = Moment.Never,
            RunningSince = Moment.Never,
            RetryAt = _now + pause,
        };
        if (given <= 0) Become(ServiceState.Failing, detail);
        else Become(ServiceState.Failed, failures > 1 ? $"{detail}; given up after {failures} failures in a row" : detail);
        if (_model.Child == ChildKind.Main) Terminate(_settings.StopTimeout);
        else if (HasStop) LaunchStop(); // what failed half way is cleaned up after
    }

    private void Look()
    {
        if (_settings is not SystemdService) return;
        _model = _model with { Look = _model.Look + 1, Looking = true };
        _outputs.Add(new ServiceOutput.Look(_model.Look));
    }

    private void Seen(ServiceInput.UnitSeen seen)
    {
        var starting = _model.StartBy != Moment.Never;
        if (seen.Look == _model.Look) _model = _model with { Looking = false };
        if (seen.Look != _model.Look || _model.Child is not null || !(_model.Up || starting)) return;
        switch (seen.Unit.Activity)
        {
            case UnitActivity.Ended:
                Failed($"the unit is {seen.Unit.Words} after {(_now - _model.LaunchedAt).TotalSeconds:0.0} s");
                return;
            case UnitActivity.Active when !_model.Up:
                CameUp();
                break;
        }
        _model = _model with { Due = _now + LookInterval };
    }

    private void KillUnit()
    {
        if (_model.UnitKilled)
        {
            _outputs.Add(new ServiceOutput.Kill());
            return;
        }
        _outputs.Add(new ServiceOutput.KillUnit());
        _model = _model with { UnitKilled = true, Due = _now + KillTime };
    }

    private static TimeSpan Doubled(TimeSpan first, int times, TimeSpan longest)
    {
        var pause = first * Math.Pow(2, Math.Min(times - 1, 16));
        return pause < longest ? pause : longest;
    }

    private string Describe(string what, ServiceInput.ChildEnded ended)
    {
        var lived = _now - _model.LaunchedAt;
        var how = ended.ExitCode > 128 ? $"was ended by signal {ended.ExitCode - 128}" : $"exited with {ended.ExitCode}";
        return $"{what} {how} after {lived.TotalSeconds:0.0} s{(ended.LastWords.Length > 0 ? $": {ended.LastWords}" : "")}";
    }
}
