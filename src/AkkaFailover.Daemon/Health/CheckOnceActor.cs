using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Health;

/// <summary>Tries some checks once, for whoever asks meanwhile, and ends; each is given up at its timeout. What it finds counts for nothing.</summary>
internal sealed class CheckOnceActor : ReceiveActor, IWithTimers
{
    private readonly IMonotonicClock _clock;
    private readonly Moment _begun;
    private readonly List<IActorRef> _askers = [];
    private readonly Dictionary<string, IDisposable> _tries = new(StringComparer.Ordinal);
    private readonly List<CheckResult> _results = [];
    private readonly IReadOnlyList<HealthCheckSettings> _checks;
    private readonly Func<HealthCheckSettings, Action<ProbeAnswer>, IDisposable> _begin;

    /// <summary>Creates the actor; it begins all tries at once.</summary>
    /// <param name="checks">The checks.</param>
    /// <param name="begin">Begins one.</param>
    /// <param name="clock">Time.</param>
    public CheckOnceActor(IReadOnlyList<HealthCheckSettings> checks, Func<HealthCheckSettings, Action<ProbeAnswer>, IDisposable> begin, IMonotonicClock clock)
    {
        (_checks, _begin, _clock, _begun) = (checks, begin, clock, clock.Now);
        Receive<CheckNow>(_ => _askers.Add(Sender));
        Receive<Answered>(answered => Take(answered.Check, answered.Answer));
        Receive<Late>(late => Take(late.Check, new ProbeAnswer(false, $"no answer within {late.Check.Timeout.TotalSeconds:0.###} s")));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var self = Self;
        foreach (var check in _checks)
        {
            _tries[check.Name] = _begin(check, answer => self.Tell(new Answered(check, answer)));
            Timers.StartSingleTimer(check.Name, new Late(check), check.Timeout);
        }
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (var attempt in _tries.Values) attempt.Dispose();
    }

    private void Take(HealthCheckSettings check, ProbeAnswer answer)
    {
        if (!_tries.Remove(check.Name, out var attempt)) return;
        attempt.Dispose();
        Timers.Cancel(check.Name);
        _results.Add(new CheckResult(check.Name, check.Type, answer.Good, (_clock.Now - _begun).TotalSeconds, answer.Reason));
        if (_tries.Count > 0) return;
        IReadOnlyList<CheckResult> results = [.. _checks.Select(each => _results.Single(result => result.Name == each.Name))];
        foreach (var asker in _askers) asker.Tell(results);
        Context.Stop(Self);
    }

    private sealed record Answered(HealthCheckSettings Check, ProbeAnswer Answer);

    private sealed record Late(HealthCheckSettings Check);
}

/// <summary>Asks for one try of each check that belongs here now: <see cref="IReadOnlyList{T}"/> of <see cref="CheckResult"/>.</summary>
public sealed record CheckNow;
