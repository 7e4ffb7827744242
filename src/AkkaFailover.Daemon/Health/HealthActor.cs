using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Service;

namespace AkkaFailover.Daemon.Health;

/// <summary>Runs a service's checks: translates what happens to inputs, steps <see cref="HealthMachine"/>, runs its outputs. Its parent is told whenever a check was answered.</summary>
public sealed class HealthActor : ReceiveActor, IWithTimers
{
    private const string Once = "once";

    private readonly NodeName _node;
    private readonly GroupSettings _group;
    private readonly Func<IHealthProbe> _probes;
    private readonly IHealthProbe _probe;
    private readonly IMonotonicClock _clock;
    private readonly Dictionary<string, IDisposable> _tries = new(StringComparer.Ordinal);
    private HealthState _state = HealthState.Idle;
    private ServicePlace _place = new(null, Term.None);

    /// <summary>See <see cref="Props"/>.</summary>
    public HealthActor(NodeName node, GroupSettings group, Func<IHealthProbe> probes, IMonotonicClock clock)
    {
        (_node, _group, _probes, _probe, _clock) = (node, group, probes, probes(), clock);
        Receive<ServicePlace>(place =>
        {
            _place = place;
            Step(new HealthInput.Moved(place.OnActive));
        });
        Receive<HealthInput>(Step);
        Receive<CheckNow>(CheckOnce);
    }

    /// <summary>The checks of one group.</summary>
    /// <param name="node">This node.</param>
    /// <param name="group">The group.</param>
    /// <param name="probes">Makes what tries them; one that is made anew knows nothing of tries under way.</param>
    /// <param name="clock">Time.</param>
    public static Props Props(NodeName node, GroupSettings group, Func<IHealthProbe> probes, IMonotonicClock clock) =>
        Akka.Actor.Props.Create(() => new HealthActor(node, group, probes, clock));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var attempt in _tries.Values) attempt.Dispose();
    }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        Context.Parent.Tell(new ServiceChildRestarted());
    }

    private void Step(HealthInput input)
    {
        var before = _state;
        (_state, var outputs) = HealthMachine.Step(_state, input, _clock.Now, _group.Service.Checks);
        foreach (var output in outputs) Run(output);
        if (!_state.Checks.SequenceEqual(before.Checks)) Context.Parent.Tell(new HealthChanged(_state, _place));
        if (_state.Wake == Moment.Never) Timers.Cancel(nameof(HealthInput.Tick));
        else Timers.StartSingleTimer(nameof(HealthInput.Tick), new HealthInput.Tick(), Longest(_state.Wake - _clock.Now, TimeSpan.Zero));
    }

    private void Run(HealthOutput output)
    {
        switch (output)
        {
            case HealthOutput.Try attempt:
                var self = Self;
                _tries[attempt.Check.Name] = Begin(_probe, attempt.Check, answer => self.Tell(new HealthInput.Answered(attempt.Check.Name, attempt.Number, answer)));
                break;
            case HealthOutput.GiveUp given:
                if (_tries.Remove(given.Check, out var late)) late.Dispose();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(output), output, null);
        }
    }

    /// <summary>Several askers share one round of tries.</summary>
    private void CheckOnce(CheckNow ask)
    {
        if (_state.Checks.IsEmpty)
        {
            Sender.Tell((IReadOnlyList<CheckResult>)[]);
            return;
        }
        var once = Context.Child(Once);
        if (once.IsNobody())
        {
            var (checks, probe, clock) = (_state.Checks.Select(check => check.Check).ToList(), _probes(), _clock);
            once = Context.ActorOf(Akka.Actor.Props.Create(() => new CheckOnceActor(checks, (check, done) => Begin(probe, check, done), clock)), Once);
        }
        once.Forward(ask);
    }

    private IDisposable Begin(IHealthProbe probe, HealthCheckSettings check, Action<ProbeAnswer> done) =>
        probe.Begin(check, CommandEnvironment.ForCheck(_node, _group, check, _state.OnActive == true, _place.Term), done);

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

/// <summary>To the checks: where the service is.</summary>
/// <param name="OnActive">True where it runs, false where it is stopped, null between the two.</param>
/// <param name="Term">The term it runs for, for commands.</param>
public sealed record ServicePlace(bool? OnActive, Term Term);

/// <summary>From the checks: what is known of them now.</summary>
/// <param name="State">Of all.</param>
/// <param name="Place">The very message that said where the service is: what was found before the last one is old.</param>
public sealed record HealthChanged(HealthState State, ServicePlace Place);
