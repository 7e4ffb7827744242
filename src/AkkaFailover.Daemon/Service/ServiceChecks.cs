using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Phases;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Health;

namespace AkkaFailover.Daemon.Service;

/// <summary>The checks of a service, as its actor knows them: they follow the service to where it is, and where it is stopped the election is told what they say.</summary>
/// <param name="context">What the service works with.</param>
/// <param name="health">Who runs them; nobody where there are none.</param>
internal sealed class ServiceChecks(ServiceContext context, IActorRef health)
{
    private HealthState _state = HealthState.Idle;
    private ServicePlace _place = new(null, Term.None);
    private string _fallen = "";

    /// <summary>Whether a word of them is about where the service is now.</summary>
    public bool AreOf(HealthChanged changed) => ReferenceEquals(changed.Place, _place);

    /// <summary>The service is somewhere else, or nowhere.</summary>
    /// <param name="onActive">See <see cref="ServicePlace"/>.</param>
    /// <param name="term">Of the claim.</param>
    /// <param name="process">The service's; 0 for none.</param>
    public void Follow(bool? onActive, Term term, int process)
    {
        if (health.IsNobody() || onActive == _place.OnActive) return;
        (_place, _state) = (new ServicePlace(onActive, term), HealthState.Idle);
        health.Tell(_place);
        if (onActive == true && context.Group.Service.Checks.Any(check => check.RunsOn(active: true)))
            context.Election.Tell(new ServiceStarted(context.Clock.Now, process > 0 ? $"process {process}" : ""));
        if (onActive != false) TellStandby("");
    }

    /// <summary>Who runs them has failed and begun anew, and knows nothing.</summary>
    public void TellAgain() => health.Tell(_place);

    /// <summary>Takes what they say now.</summary>
    /// <returns>What it means for the service that runs here; null where none does.</returns>
    public HealthVerdict? Take(HealthChanged changed)
    {
        var (before, now) = (_state.Verdict, changed.State.Verdict);
        _state = changed.State;
        if (_place.OnActive == true) return now;
        if (_place.OnActive == false)
        {
            TellStandby(now.Missing);
            if (now.Fallen.Length > 0 && before.Fallen.Length == 0) Tell($"not eligible: {now.Fallen}");
            if (now.Fallen.Length == 0 && before.Fallen.Length > 0) Tell("the check that was down is up again");
        }
        return null;
    }

    /// <summary>Has them tried once for who asked.</summary>
    public void TryOnce(CheckNow ask, IActorRef asker)
    {
        if (health.IsNobody()) asker.Tell((IReadOnlyList<CheckResult>)[]);
        else health.Tell(ask, asker);
    }

    /// <summary>All of them, with those that do not run here.</summary>
    public IReadOnlyList<CheckReport> Report(Moment now) =>
        [.. context.Group.Service.Checks.Select(check => _state.Checks.FirstOrDefault(state => state.Check.Name == check.Name)?.Report(now) ?? CheckState.Idle(check))];

    private void TellStandby(string fallen)
    {
        if (fallen == _fallen) return;
        _fallen = fallen;
        context.Election.Tell(new StandbyChecked(fallen));
    }

    private void Tell(string text) => context.Election.Tell(new Report("service", text));
}
