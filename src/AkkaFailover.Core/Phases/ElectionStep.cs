using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Phases;

/// <summary>What one step of an election did.</summary>
/// <param name="Before">The state before.</param>
/// <param name="After">The state after.</param>
/// <param name="Input">What happened.</param>
/// <param name="Effects">What is done for it.</param>
/// <param name="At">When.</param>
public readonly record struct ElectionStep(
    ElectionState Before, ElectionState After, ElectionInput Input, IReadOnlyList<ElectionEffect> Effects, Moment At);

/// <summary>A moment of a failover that the election itself does not need: told by the part that sees it.</summary>
/// <param name="At">When it was.</param>
/// <param name="Detail">What shows it; empty for nothing to say.</param>
public abstract record FailoverMark(Moment At, string Detail);

/// <summary>
/// The service has been started and its checks must still rise; told where there are checks, before
/// <see cref="ServiceChanged"/> tells that it runs.
/// </summary>
public sealed record ServiceStarted(Moment At, string Detail) : FailoverMark(At, Detail);

/// <summary>The first client has come back since the claim.</summary>
/// <param name="At">When it was seen.</param>
/// <param name="Detail">Who.</param>
public sealed record FirstClientSeen(Moment At, string Detail) : FailoverMark(At, Detail);
