using System.Collections.Concurrent;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>
/// A group's service with its checks, started and stopped by the same machines, probes and launcher as after a claim, without an actor system: one
/// thread steps, and others tell it what happened.
/// </summary>
internal sealed class RehearsedService(NodeName node, GroupSettings group, IProcessLauncher launcher, IHealthProbe probe, IMonotonicClock clock, Action<string> output)
{
    private const string Reason = "rehearsal";
    private readonly BlockingCollection<object> _inputs = [];
    private readonly Dictionary<string, IDisposable> _tries = new(StringComparer.Ordinal);
    private ServiceModel _model = ServiceModel.InitialFor(group.Service);
    private HealthState _health = HealthState.Idle;
    private IChildProcess? _child;
    private LastLines _lastWords = new();

    /// <summary>Its state.</summary>
    public ServiceState State => _model.State;

    /// <summary>What was started runs, whatever its checks say.</summary>
    public bool IsUp => _model.Up;

    /// <summary>Its checks.</summary>
    public IReadOnlyList<CheckState> Checks => _health.Checks;

    /// <summary>Why it is in that state, or the last that it wrote.</summary>
    public string Detail => _model.Detail.Length > 0 ? _model.Detail : _lastWords.ToString();

    /// <summary>Starts it.</summary>
    public void Start() => Step(new ServiceInput.Start(Term.None));

    /// <summary>Stops it, in order.</summary>
    public void Stop() => Step(new ServiceInput.Stop(Graceful: true, "the rehearsal is over"));

    /// <summary>Ends it, at once.</summary>
    public void Kill() => _child?.Kill();

    /// <summary>Steps on until a condition holds.</summary>
    /// <returns>False where it did not hold in time.</returns>
    public bool Until(Func<bool> condition, Moment end)
    {
        while (!condition())
        {
            var now = clock.Now;
            if (now >= end) return false;
            if (now >= _model.Wake) Step(new ServiceInput.Tick());
            else if (now >= _health.Wake) Step(new HealthInput.Tick());
            else if (_inputs.TryTake(out var input, Ceiling(Moment.Min(Moment.Min(_model.Wake, _health.Wake), end) - now))) Take(input);
        }
        return true;
    }

    private void Take(object input)
    {
        if (input is ServiceInput ofService) Step(ofService);
        else Step((HealthInput)input);
    }

    private void Step(ServiceInput input)
    {
        (_model, var outputs) = ServiceMachine.Step(_model, input, clock.Now, group.Service);
        foreach (var next in outputs)
        {
            switch (next)
            {
                case ServiceOutput.Launch launch: Launch(launch.Kind); break;
                case ServiceOutput.Terminate: _child?.Terminate(); break;
                case ServiceOutput.Kill: _child?.Kill(); break;
                default: break; // nobody is told
            }
        }
        if (_model.Place != _health.OnActive) Step(new HealthInput.Moved(_model.Place == true ? true : null));
    }

    private void Step(HealthInput input)
    {
        var before = _health;
        (_health, var outputs) = HealthMachine.Step(_health, input, clock.Now, group.Service.Checks);
        foreach (var next in outputs)
        {
            if (next is HealthOutput.Try attempt)
                _tries[attempt.Check.Name] = probe.Begin(attempt.Check, CommandEnvironment.ForCheck(node, group, attempt.Check, onActive: true, Term.None),
                    answer => _inputs.Add(new HealthInput.Answered(attempt.Check.Name, attempt.Number, answer)));
            else if (next is HealthOutput.GiveUp late && _tries.Remove(late.Check, out var given))
                given.Dispose();
        }
        if (_health.OnActive == true && !_health.Checks.SequenceEqual(before.Checks)) Step(new ServiceInput.Checked(_health.Verdict));
    }

    private void Launch(ChildKind kind)
    {
        var words = _lastWords = new LastLines();
        _child = launcher.Start(ChildCommand.Of(group.Service, kind), CommandEnvironment.ForService(node, group, kind, Term.None, Reason), Take, exitCode => _inputs.Add(new ServiceInput.ChildEnded(exitCode, words.ToString())));

        void Take(string line)
        {
            words.Take(line);
            output(line);
        }
    }

    // A wait that ends too early would go round and round for the rest of the millisecond.
    private static TimeSpan Ceiling(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, 60_000));
}
