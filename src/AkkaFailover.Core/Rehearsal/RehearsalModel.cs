using System.Collections.Immutable;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Rehearsal;

/// <summary>Everything that is known of a group's rehearsals on this node; there is at most one at a time.</summary>
/// <param name="Role">The node's role.</param>
/// <param name="Phase">What is being done; null for nothing.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Version">The version that was written.</param>
/// <param name="PhaseBegan">When the phase began.</param>
/// <param name="Due">When it is ended by force; <see cref="Moment.Never"/> once it was.</param>
/// <param name="Phases">What has ended.</param>
/// <param name="GivenUp">Why it is given up; empty where it is not.</param>
/// <param name="ProgramRuns">What runs in the namespaces has not ended.</param>
public sealed record RehearsalModel(
    Role Role,
    RehearsalPhase? Phase,
    string By,
    long Version,
    Moment PhaseBegan,
    Moment Due,
    ImmutableArray<PhaseResult> Phases,
    string GivenUp,
    bool ProgramRuns)
{
    /// <summary>Before anything was asked for.</summary>
    public static readonly RehearsalModel Initial = new(Role.Starting, null, "", 0, Moment.Zero, Moment.Never, [], "", false);
}

/// <summary>Something that happened to a rehearsal.</summary>
public abstract record RehearsalInput
{
    /// <summary>The node's role, now and whenever it changes.</summary>
    public sealed record RoleIs(Role Role) : RehearsalInput;

    /// <summary>An operator asks for one.</summary>
    /// <param name="By">Who.</param>
    /// <param name="Eligible">Whether this node would claim.</param>
    /// <param name="WhyNot">Why not; empty where it would.</param>
    /// <param name="InSync">Whether this node has every change.</param>
    /// <param name="Missing">What this host lacks for a rehearsal, and what to do; empty for nothing.</param>
    public sealed record Requested(string By, bool Eligible, string WhyNot, bool InSync, string Missing) : RehearsalInput;

    /// <summary>The configuration is in the scratch folder.</summary>
    public sealed record Written(long Version, string Text) : RehearsalInput;

    /// <summary>It could not be written.</summary>
    public sealed record NotWritten(string Reason) : RehearsalInput;

    /// <summary>What runs in the namespaces has ended a phase.</summary>
    public sealed record PhaseEnded(RehearsalPhase Phase, bool Ok, string Text) : RehearsalInput;

    /// <summary>What ran in the namespaces has ended, and all that it started with it.</summary>
    /// <param name="ExitCode">Its exit code; 128 and the number of the signal that ended it.</param>
    /// <param name="LastWords">The last line it wrote; empty where it wrote none.</param>
    public sealed record ProgramEnded(int ExitCode, string LastWords) : RehearsalInput;

    /// <summary>The scratch folder is gone.</summary>
    /// <param name="Problem">Why it is not; empty where it is.</param>
    public sealed record Removed(string Problem) : RehearsalInput;

    /// <summary>The moment <see cref="RehearsalModel.Due"/> has come.</summary>
    public sealed record Tick : RehearsalInput;
}

/// <summary>Something to do for a rehearsal.</summary>
public abstract record RehearsalOutput
{
    /// <summary>Answer who asked.</summary>
    /// <param name="Accepted">Whether it is being done.</param>
    /// <param name="Text">What is done, or why not and what to do.</param>
    public sealed record Answer(bool Accepted, string Text) : RehearsalOutput;

    /// <summary>Write the configuration to the scratch folder; <see cref="RehearsalInput.Written"/> or <see cref="RehearsalInput.NotWritten"/> follows.</summary>
    public sealed record Write : RehearsalOutput;

    /// <summary>Start the program that makes the namespaces; a <see cref="RehearsalInput.ProgramEnded"/> follows.</summary>
    public sealed record Launch : RehearsalOutput;

    /// <summary>End whatever is being done, at once.</summary>
    public sealed record Stop : RehearsalOutput;

    /// <summary>Remove the scratch folder; <see cref="RehearsalInput.Removed"/> follows.</summary>
    public sealed record Remove : RehearsalOutput;

    /// <summary>Tell who watches.</summary>
    public sealed record Show(PhaseResult Result) : RehearsalOutput;

    /// <summary>It has ended: tell who watches, and the history.</summary>
    public sealed record Conclude(RehearsalReport Report) : RehearsalOutput;

    /// <summary>The alarm for a failed rehearsal begins; null: it ends.</summary>
    public sealed record Alarm(string? Text) : RehearsalOutput;
}
