using System.Text;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>Writes a report as tables, one for each time between adverts: for the terminal, and for the README.</summary>
public static class FaultTable
{
    /// <summary>Rows are faults, columns daemons; a cell is "median (worst)" and what went wrong, the last column the judgement.</summary>
    public static string Format(BenchReport report)
    {
        var text = new StringBuilder();
        foreach (var timing in report.Timings)
        {
            text.AppendLine($"Adverts every {timing.Key} (AkkaFailover: {timing.Name}; keepalived: advert_int {timing.VrrpInterval}):").AppendLine();
            Append(text, Rows(report, timing));
            text.AppendLine();
        }
        return text.AppendLine(Caption(report)).ToString();
    }

    private static string Caption(BenchReport report)
    {
        var (ours, peers) = (report.Runs.Where(run => run.Daemon == Contender.OurName), report.Runs.Where(run => run.Daemon != Contender.OurName));
        return $"""
            Median (worst) of {LargestSeries(ours)} runs with AkkaFailover and {LargestSeries(peers)} with each peer; frames were lost for {report.LossSeconds:0} s. KEPT: the address was never on both nodes, it ended where it
            belongs, no run took longer than is promised, and the median is at most the better peer's (within the 10 ms that the measurement can tell apart). The lab's own threads were late by {report.Runs.Select(run => run.LateMs).DefaultIfEmpty().Max():0} ms at worst. Commit {report.Commit}, {report.Date:yyyy-MM-dd}, {report.Machine}.
            """;
    }

    private static int LargestSeries(IEnumerable<Measurement> runs) => runs.GroupBy(run => (run.Daemon, run.Timing, run.Fault)).Select(series => series.Count()).DefaultIfEmpty().Max();

    private static List<string[]> Rows(BenchReport report, Timing timing)
    {
        var daemons = Contender.Daemons.Where(daemon => report.CostOf(timing, daemon) is not null
            || report.Runs.Any(run => run.Daemon == daemon && run.Timing == timing.Key) || report.Failed.Any(run => run.Daemon == daemon && run.Timing == timing.Key)).ToList();
        List<string[]> rows = [["fault on the active", .. daemons, "judgement"]];
        foreach (var fault in report.Faults.Where(fault => daemons.Exists(daemon => report.RunsOf(fault, timing, daemon).Count + report.FailedOf(fault.Key, timing, daemon) > 0)))
            rows.Add([fault.Title, .. daemons.Select(daemon => Cell(report, fault, timing, daemon)), Judgement.Of(report, fault, timing)?.ToString() ?? ""]);
        if (report.Costs.Count == 0) return rows;
        rows.Add(["at rest: processor of both nodes, in cores", .. daemons.Select(daemon => report.CostOf(timing, daemon) is { } cost ? $"{cost.Cores:0.000}" : "–"), ""]);
        rows.Add(["at rest: resident memory of a node", .. daemons.Select(daemon => report.CostOf(timing, daemon) is { } cost ? $"{cost.NodeMebibytes:0} MiB" : "–"), ""]);
        return rows;
    }

    private static string Cell(BenchReport report, Fault fault, Timing timing, string daemon)
    {
        var runs = report.RunsOf(fault, timing, daemon);
        var failed = report.FailedOf(fault.Key, timing, daemon) is > 0 and var count ? $"{count} not measured" : null;
        if (runs.Count == 0) return failed ?? "–";
        var series = new Series(runs);
        return string.Join("; ", new[] { Figures.MedianAndWorst(series, fault.Outcome), Moved(fault, runs), Both(series), TakenBack(fault, runs), failed }.Where(part => part is not null));
    }

    private static string? Moved(Fault fault, IReadOnlyList<Measurement> runs) => fault.Outcome switch
    {
        Outcome.Stays when runs.All(run => run.EndsAs(Outcome.Stays)) => "nothing moved",
        Outcome.Stays => $"**{runs.Sum(run => run.Takeovers)} false failovers in {runs.Count(run => !run.EndsAs(Outcome.Stays))} of {runs.Count}**",
        _ => null,
    };

    private static string? Both(Series series) => series.Runs.Count(run => run.HeldByBothAtEnd) is > 0 and var ever
        ? $"**both, to the end in {ever} of {series.Runs.Count}**"
        : series.HeldByBothMs > 0 ? $"**both for {Figures.Time(series.HeldByBothMs)}**" : null;

    private static string? TakenBack(Fault fault, IReadOnlyList<Measurement> runs) =>
        fault.Outcome == Outcome.MovesForGood && runs.Count(run => run.Holder == "old" && run.MovedMs is not null) is > 0 and var back ? $"**taken back in {back} of {runs.Count}**" : null;

    private static void Append(StringBuilder text, List<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        rows.Insert(1, [.. widths.Select(width => new string('-', width))]);
        foreach (var row in rows) text.Append("| ").AppendJoin(" | ", row.Select((cell, column) => cell.PadRight(widths[column]))).AppendLine(" |");
    }
}
