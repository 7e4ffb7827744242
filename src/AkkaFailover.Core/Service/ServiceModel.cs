using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Service;

/// <summary>What a child of the service is.</summary>
public enum ChildKind
{
    /// <summary>The start command.</summary>
    Start,

    /// <summary>The stop command.</summary>
    Stop,

    /// <summary>The service itself.</summary>
    Main,
}

/// <summary>Everything that is known of a managed service; there is at most one child at a time.</summary>
/// <param name="State">Its state.</param>
/// <param name="Detail">Its last words, or why it failed.</param>
/// <param name="Term">The term it was started for.</param>
/// <param name="Child">What runs now; null for nothing.</param>
/// <param name="Due">When something has to be done if nothing happens before; <see cref="Moment.Never"/> for nothing.</param>
/// <param name="LaunchedAt">When the child was launched.</param>
/// <param name="Restarts">Restarts since it was started for this term.</param>
/// <param name="Failures">Failures in a row.</param>
/// <param name="StartNext">A start came while it was stopping: for this term. <see cref="Term.None"/> for none.</param>
/// <param name="Reason">Why it was started or stopped, for the commands.</param>
public sealed record ServiceModel(
    ServiceState State,
    string Detail,
    Term Term,
    ChildKind? Child,
    Moment Due,
    Moment LaunchedAt,
    int Restarts,
    int Failures,
    Term StartNext,
    string Reason)
{
    /// <summary>Before anything was asked for.</summary>
    public static ServiceModel InitialFor(ServiceSettings settings) =>
        new(settings is NoService ? ServiceState.None : ServiceState.Stopped, "", Term.None, null, Moment.Never, Moment.Zero, 0, 0, Term.None, "");
}

/// <summary>Something that happened to a service.</summary>
public abstract record ServiceInput
{
    /// <summary>The election wants the service to run.</summary>
    public sealed record Start(Term Term) : ServiceInput;

    /// <summary>The election wants it to end.</summary>
    public sealed record Stop(bool Graceful, string Reason) : ServiceInput;

    /// <summary>An earlier run of the daemon did not stop it: the first input of a run.</summary>
    public sealed record LeftBehind : ServiceInput;

    /// <summary>The child ended.</summary>
    /// <param name="ExitCode">Its exit code; 128 and the number of the signal that ended it.</param>
    /// <param name="LastWords">The last line it wrote; empty where it wrote none.</param>
    public sealed record ChildEnded(int ExitCode, string LastWords) : ServiceInput;

    /// <summary>The moment <see cref="ServiceModel.Due"/> has come.</summary>
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

    /// <summary>Tell the election.</summary>
    public sealed record Announce(ServiceState State, string Detail) : ServiceOutput;
}
