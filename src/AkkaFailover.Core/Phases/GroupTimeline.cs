using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Phases;

/// <summary>Follows a group's election and makes a report of each claim and each release, whatever becomes of it.</summary>
public sealed record GroupTimeline
{
    /// <summary>A client that comes later than this after the service runs did not wait for it: with stock settings OpenVPN notices within 60 s.</summary>
    public static readonly TimeSpan ClientPatience = TimeSpan.FromSeconds(70);

    /// <summary>Nothing is under way.</summary>
    public static readonly GroupTimeline Empty = new();

    private ClaimTimeline? Claim { get; init; }

    private ReleaseTimeline? Release { get; init; }

    /// <summary>Takes what one step of the election did.</summary>
    /// <param name="step">The step.</param>
    /// <returns>The timeline after it, and the reports of what is over.</returns>
    public (GroupTimeline Timeline, IReadOnlyList<PhaseReport> Reports) Follow(in ElectionStep step)
    {
        var (claim, release) = (Claim, Release);
        List<PhaseReport> reports = [];
        foreach (var effect in step.Effects)
        {
            if (effect is not RoleChanged { Change: var change }) continue;
            if (claim is not null && change.To is not (Role.Claiming or Role.Active))
            {
                if (!claim.IsTold) reports.Add(claim.Ended(change.Cause, step.At));
                claim = null;
            }
            if (release is not null && change.From == Role.Releasing)
            {
                reports.Add(release.Done(step));
                release = null;
            }
            if (change.To == Role.Replaying && step.After.Claim is { } wanted) claim = ClaimTimeline.Begin(step, change, wanted);
            if (change is { From: Role.Active, To: Role.Releasing } && step.After.Release is { } ordered) release = ReleaseTimeline.Begin(step, change, ordered);
        }
        if (claim is null && release is null && reports.Count == 0) return (Empty, reports);
        claim = claim?.Follow(step);
        if (claim?.Failure(step) is { } failure)
        {
            reports.Add(claim.Ended(failure, step.At));
            claim = null;
        }
        return Finish(claim, release?.Follow(step), reports, step.At);
    }

    /// <summary>Takes what another part has seen of the claim that is under way.</summary>
    /// <param name="mark">What it has seen.</param>
    /// <param name="now">Now.</param>
    public (GroupTimeline Timeline, IReadOnlyList<PhaseReport> Reports) Mark(FailoverMark mark, Moment now) =>
        Finish(Claim?.Mark(mark), Release, [], now);

    private static (GroupTimeline Timeline, IReadOnlyList<PhaseReport> Reports) Finish(
        ClaimTimeline? claim, ReleaseTimeline? release, List<PhaseReport> reports, Moment now)
    {
        var (next, report) = claim?.Tell(now) ?? (null, null);
        if (report is not null) reports.Add(report);
        return (new GroupTimeline { Claim = next, Release = release }, reports);
    }
}
