using AkkaFailover.Core.Phases;

namespace AkkaFailover.Core.Rehearsal;

/// <summary>The parts of a rehearsal, in their order.</summary>
public enum RehearsalPhase
{
    /// <summary>The watched paths are written to the scratch folder, and their digests verified.</summary>
    Configuration,

    /// <summary>Namespaces are made: network with the virtual addresses, mounts, processes.</summary>
    Namespace,

    /// <summary>The service starts.</summary>
    Service,

    /// <summary>Its health checks pass.</summary>
    Checks,

    /// <summary>It is stopped, in order.</summary>
    Stop,

    /// <summary>Everything is taken away.</summary>
    TearDown,
}

/// <summary>What a rehearsal came to.</summary>
public enum RehearsalOutcome
{
    /// <summary>Every phase did what it should: a failover would work.</summary>
    Passed,

    /// <summary>A phase failed.</summary>
    Failed,

    /// <summary>Something more important came: nothing is proven either way.</summary>
    GivenUp,
}

/// <summary>One phase that has ended.</summary>
/// <param name="Phase">Which.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Ok">Whether it did what it should.</param>
/// <param name="Text">What was done, or why it failed; empty where there is nothing to say.</param>
public sealed record PhaseResult(RehearsalPhase Phase, TimeSpan Took, bool Ok, string Text);

/// <summary>A rehearsal that has ended.</summary>
/// <param name="By">Who asked for it.</param>
/// <param name="Version">The version of the configuration that was rehearsed; 0 where none was written.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="Why">What failed, or why it was given up; empty where it passed.</param>
/// <param name="Phases">What was done, in order.</param>
public sealed record RehearsalReport(string By, long Version, RehearsalOutcome Outcome, string Why, IReadOnlyList<PhaseResult> Phases)
{
    /// <summary>From the first phase's begin to the last one's end.</summary>
    public TimeSpan Took => Phases.Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Took);

    /// <summary>For the history.</summary>
    public PhaseReport ByPhases => new(
        ReportKind.Rehearsal, Term.None, Outcome == RehearsalOutcome.GivenUp ? $"given up: {Why}" : Why,
        [.. Phases.Select(phase => new Phase(phase.Phase.Word(), Math.Round(phase.Took.TotalMilliseconds, 1), phase.Text))], $"version {Version}, asked for by {By}");
}

/// <summary>The words of phases and outcomes.</summary>
public static class RehearsalWords
{
    /// <summary>As in the history, in commands and between the daemon and what it starts.</summary>
    public static string Word(this RehearsalPhase phase) => phase switch
    {
        RehearsalPhase.Configuration => "configuration",
        RehearsalPhase.Namespace => "namespace",
        RehearsalPhase.Service => "service",
        RehearsalPhase.Checks => "checks",
        RehearsalPhase.Stop => "stop",
        RehearsalPhase.TearDown => "tear-down",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };

    /// <summary>As in the history and in commands.</summary>
    public static string Word(this RehearsalOutcome outcome) => outcome switch
    {
        RehearsalOutcome.Passed => "passed",
        RehearsalOutcome.Failed => "failed",
        RehearsalOutcome.GivenUp => "given up",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>The phase of a word; null where it is none.</summary>
    public static RehearsalPhase? PhaseOf(string? word) =>
        Enum.GetValues<RehearsalPhase>().Cast<RehearsalPhase?>().FirstOrDefault(phase => phase!.Value.Word() == word);
}
