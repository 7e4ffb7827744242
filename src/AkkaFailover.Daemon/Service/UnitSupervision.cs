using Akka.Actor;
using Akka.Event;
using AkkaFailover.Core.Service;
using AkkaFailover.Linux.Programs;

namespace AkkaFailover.Daemon.Service;

/// <summary>The unit's side of a service actor: asks systemd how the unit is, and remembers what it said.</summary>
/// <param name="unit">What is asked of systemd.</param>
/// <param name="log">The actor's.</param>
/// <param name="self">Gets <see cref="UnitLooked"/>.</param>
internal sealed class UnitSupervision(Systemctl unit, ILoggingAdapter log, IActorRef self)
{
    private bool _silent;

    /// <summary>What systemd said last; null before it said anything.</summary>
    public UnitStatus? Last { get; private set; }

    /// <summary>Asks for the unit's state; <see cref="UnitLooked"/> follows.</summary>
    public void Look(long number) => unit.Look(status => self.Tell(new UnitLooked(number, status)));

    /// <summary>Ends every process of the unit: by its control group at once, and by systemd, which then knows why.</summary>
    public void Kill()
    {
        log.Warning("the unit has not stopped: its processes are killed");
        using (var group = Last is { ControlGroup: { Length: > 0 } name } ? ControlGroupKill.Open(name) : null) group?.Kill();
        unit.KillUnit(exitCode =>
        {
            if (exitCode != 0) log.Warning("systemctl kill ended with {0}", exitCode);
        });
    }

    /// <summary>Takes an answer.</summary>
    public void Take(UnitStatus status)
    {
        var silent = status.Activity == UnitActivity.Unknown;
        if (silent && !_silent) log.Warning("systemd does not say how the unit is: {0}", status.Words);
        if (!silent && _silent) log.Info("systemd says again how the unit is: {0}", status.Words);
        _silent = silent;
        if (!silent) Last = status;
    }
}

/// <summary>An answer of systemd.</summary>
internal sealed record UnitLooked(long Number, UnitStatus Unit);
