using AkkaFailover.Core.Election;
using AkkaFailover.Core.Health;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Service;

/// <summary>What a child of the service is.</summary>
public enum ChildKind
{
    /// <summary>The start command, or systemctl start.</summary>
    Start,

    /// <summary>The stop command, or systemctl stop.</summary>
    Stop,

    /// <summary>The service itself.</summary>
    Main,
}

/// <summary>Everything that is known of a managed service; there is at most one child at a time.</summary>
public sealed record ServiceModel
{
    /// <summary>Its state.</summary>
    public required ServiceState State { get; init; }

    /// <summary>Its last words, or why it fails.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The role should go to a standby that is ready: the service was given up, could not be made ready, or a check is down.</summary>
    public bool Unfit { get; init; }

    /// <summary>The term it was started for.</summary>
    public Term Term { get; init; } = Term.None;

    /// <summary>What runs now; null for nothing.</summary>
    public ChildKind? Child { get; init; }

    /// <summary>What was started runs: its checks are asked.</summary>
    public bool Up { get; init; }

    /// <summary>What its checks say; good while none are asked.</summary>
    public HealthVerdict Health { get; init; } = HealthVerdict.Good;

    /// <summary>When the child has to be seen to, or the unit to be looked at; <see cref="Moment.Never"/> for nothing.</summary>
    public Moment Due { get; init; } = Moment.Never;

    /// <summary>When the start has failed unless the service is running; <see cref="Moment.Never"/> where it is not starting.</summary>
    public Moment StartBy { get; init; } = Moment.Never;

    /// <summary>When it is started again after a failure; <see cref="Moment.Never"/> where it is not between two starts.</summary>
    public Moment RetryAt { get; init; } = Moment.Never;

    /// <summary>When the child was launched, or the unit's start was asked for.</summary>
    public Moment LaunchedAt { get; init; }

    /// <summary>Since when it has been running without a failure; <see cref="Moment.Never"/> where it is not.</summary>
    public Moment RunningSince { get; init; } = Moment.Never;

    /// <summary>Restarts since it was started for this term.</summary>
    public int Restarts { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>A start came while it was stopping: for this term. <see cref="Term.None"/> for none.</summary>
    public Term StartNext { get; init; } = Term.None;

    /// <summary>The stop under way may take its time.</summary>
    public bool Graceful { get; init; } = true;

    /// <summary>The stop of the unit took too long: its processes have been killed.</summary>
    public bool UnitKilled { get; init; }

    /// <summary>How often its stop was asked for again, because the one before failed.</summary>
    public int StopRepeats { get; init; }

    /// <summary>Why it was started or stopped, for the commands.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The number of the last look at the unit.</summary>
    public long Look { get; init; }

    /// <summary>It has not been answered yet.</summary>
    public bool Looking { get; init; }

    /// <summary>When to look again; <see cref="Moment.Never"/> for not before something happens.</summary>
    public Moment Wake => Moment.Min(Due, Moment.Min(StartBy, Child is null ? RetryAt : Moment.Never));

    /// <summary>Where the checks are asked: true as of a running service, false as of a stopped one, null between the two.</summary>
    public bool? Place => Up ? true : Child is null && State is ServiceState.Stopped or ServiceState.None ? false : null;

    /// <summary>Before anything was asked for.</summary>
    public static ServiceModel InitialFor(ServiceSettings settings) => new() { State = HasNothingToDo(settings) ? ServiceState.None : ServiceState.Stopped };

    /// <summary>The address is all, and nothing says whether it serves.</summary>
    public static bool HasNothingToDo(ServiceSettings settings) => settings is NoService && !settings.Checks.Any(check => check.RunsOn(active: true));
}

/// <summary>Something that happened to a service.</summary>
public abstract record ServiceInput
{
    /// <summary>The election wants the service to run.</summary>
    public sealed record Start(Term Term) : ServiceInput;

    /// <summary>The election wants it to end.</summary>
    public sealed record Stop(bool Graceful, string Reason) : ServiceInput;

    /// <summary>An operator wants it to be stopped and started in place.</summary>
    public sealed record Restart(string Reason) : ServiceInput;

    /// <summary>An earlier run of the daemon did not stop it: the first input of a run.</summary>
    public sealed record LeftBehind : ServiceInput;

    /// <summary>The child ended.</summary>
    /// <param name="ExitCode">Its exit code; 128 and the number of the signal that ended it.</param>
    /// <param name="LastWords">The last line it wrote; empty where it wrote none.</param>
    public sealed record ChildEnded(int ExitCode, string LastWords) : ServiceInput;

    /// <summary>The answer to <see cref="ServiceOutput.Look"/>.</summary>
    public sealed record UnitSeen(long Look, UnitStatus Unit) : ServiceInput;

    /// <summary>The checks of the running service say something else.</summary>
    public sealed record Checked(HealthVerdict Health) : ServiceInput;

    /// <summary>The moment <see cref="ServiceModel.Wake"/> has come.</summary>
    public sealed record Tick : ServiceInput;
}

/// <summary>Something to do for a service.</summary>
public abstract record ServiceOutput
{
    /// <summary>Launch a child; a <see cref="ServiceInput.ChildEnded"/> follows, also where it could not be launched.</summary>
    public sealed record Launch(ChildKind Kind) : ServiceOutput;

    /// <summary>Ask the child's process group to end (SIGTERM).</summary>
    public sealed record Terminate : ServiceOutput;

    /// <summary>End the child's process group (SIGKILL).</summary>
    public sealed record Kill : ServiceOutput;

    /// <summary>End every process of the unit (SIGKILL).</summary>
    public sealed record KillUnit : ServiceOutput;

    /// <summary>Ask systemd for the unit's state; a <see cref="ServiceInput.UnitSeen"/> with the same number follows within seconds.</summary>
    public sealed record Look(long Number) : ServiceOutput;

    /// <summary>Tell the election what the model says.</summary>
    public sealed record Announce(ServiceState State, string Detail, bool Unfit, Moment RetryAt) : ServiceOutput;
}
