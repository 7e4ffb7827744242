using System.Collections.Concurrent;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>A group's service, started and stopped by the same machine and launcher as after a claim, without an actor system.</summary>
internal sealed class RehearsedService(NodeName node, GroupSettings group, IProcessLauncher launcher, IMonotonicClock clock, Action<string> output)
{
    private readonly BlockingCollection<ServiceInput> _inputs = [];
    private ServiceModel _model = ServiceModel.InitialFor(group.Service);
    private IChildProcess? _child;
    private LastLines _lastWords = new();

    /// <summary>Its state.</summary>
    public ServiceState State => _model.State;

    /// <summary>Why it is in that state, or the last that it wrote.</summary>
    public string Detail => _model.Detail.Length > 0 ? _model.Detail : _lastWords.ToString();

    /// <summary>What its commands find in their environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => EnvironmentFor(ChildKind.Main);

    /// <summary>Something to do besides; any thread.</summary>
    public void Tell(ServiceInput input) => _inputs.Add(input);

    /// <summary>Steps on until a condition holds.</summary>
    /// <returns>False where it did not hold in time.</returns>
    public bool Until(Func<bool> condition, TimeSpan within)
    {
        var end = clock.Now + within;
        while (!condition())
        {
            var now = clock.Now;
            if (now >= end) return false;
            if (now >= _model.Due) Step(new ServiceInput.Tick());
            else if (_inputs.TryTake(out var input, Ceiling(Moment.Min(_model.Due, end) - now))) Step(input);
        }
        return true;
    }

    /// <summary>Ends all of it, at once.</summary>
    public void Kill() => _child?.Kill();

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
    }

    private void Launch(ChildKind kind)
    {
        var words = _lastWords = new LastLines();
        _child = launcher.Start(CommandOf(kind), EnvironmentFor(kind), Take, exitCode => _inputs.Add(new ServiceInput.ChildEnded(exitCode, words.ToString())));

        void Take(string line)
        {
            words.Take(line);
            output(line);
        }
    }

    private IReadOnlyDictionary<string, string> EnvironmentFor(ChildKind kind) => CommandEnvironment.ForService(node, group, kind, Term.None, "rehearsal");

    private IReadOnlyList<string> CommandOf(ChildKind kind) => (group.Service, kind) switch
    {
        (CommandsService commands, ChildKind.Start) => commands.Start,
        (CommandsService commands, ChildKind.Stop) => commands.Stop,
        (ProcessService process, ChildKind.Main) => process.Command,
        _ => throw new InvalidOperationException($"a service of type {group.Service.Type} has no {kind} command"),
    };

    // A wait that ends too early would go round and round for the rest of the millisecond.
    private static TimeSpan Ceiling(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(wait.TotalMilliseconds), 0, 60_000));
}
