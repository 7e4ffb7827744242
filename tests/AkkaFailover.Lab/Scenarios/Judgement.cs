using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>Whether a row keeps what is promised: one holder, the right one, in time in every run, and no longer an outage than the better peer's at the median.</summary>
/// <param name="Kept">Whether it does.</param>
/// <param name="Notes">Why not, or what else there is to say; may be empty.</param>
public sealed record Judgement(bool Kept, IReadOnlyList<string> Notes)
{
    // Two questions of the client: what lies closer together was not told apart.
    private static readonly TimeSpan Resolution = 2 * Observer.Interval;

    /// <summary>Judges a row at a timing; null where AkkaFailover was not measured.</summary>
    public static Judgement? Of(BenchReport report, Fault fault, Timing timing)
    {
        var ours = report.RunsOf(fault, timing, Contender.OurName);
        var failed = report.FailedOf(fault.Key, timing, Contender.OurName);
        if (ours.Count + failed == 0) return null;
        var reasons = new List<string>();
        if (failed > 0) reasons.Add($"{failed} not measured");
        if (ours.Count == 0) return new Judgement(false, reasons);
        var series = new Series(ours);
        if (Math.Max(series.HeldByBothMs, ours.Max(run => run.AnsweredByBothMs)) is > 0 and var both) reasons.Add($"both for {Figures.Time(both)}");
        if (ours.Count(run => !run.EndsAs(fault.Outcome)) is > 0 and var wrong)
            reasons.Add($"{wrong} of {ours.Count} {(fault.Outcome == Outcome.Stays ? "moved" : "did not move once and for good")}");
        if (fault.PromiseAt(timing) is { } promise && series.Worst(fault.Outcome) > promise.TotalMilliseconds) reasons.Add($"{Figures.Time(promise.TotalMilliseconds)} promised");
        var slower = SlowerThanPeers(report, fault, timing, series);
        if (slower is not null && timing.IsCompared) reasons.Add(slower);
        return new Judgement(reasons.Count == 0, slower is not null && !timing.IsCompared ? [.. reasons, $"{slower}, no promise here"] : reasons);
    }

    /// <inheritdoc/>
    public override string ToString() => (Kept ? "KEPT" : "SHORT") + (Notes.Count == 0 ? "" : $": {string.Join(", ", Notes)}");

    private static string? SlowerThanPeers(BenchReport report, Fault fault, Timing timing, Series ours)
    {
        var peers = Contender.Daemons.Where(daemon => daemon != Contender.OurName)
            .Select(daemon => (Daemon: daemon, Runs: report.RunsOf(fault, timing, daemon)))
            .Where(peer => peer.Runs.Count > 0)
            .Select(peer => (peer.Daemon, Median: new Series(peer.Runs).Median(fault.Outcome) ?? double.PositiveInfinity))
            .ToList();
        if (peers.Count == 0) return null;
        var (better, theirs) = peers.MinBy(peer => peer.Median);
        var median = ours.Median(fault.Outcome) ?? double.PositiveInfinity;
        return median > theirs + Resolution.TotalMilliseconds ? $"{better} needs {Figures.Time(theirs)}" : null;
    }
}
