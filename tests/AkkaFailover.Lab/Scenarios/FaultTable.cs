using System.Globalization;
using System.Text;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>Writes measured series as the table that the README shows.</summary>
public static class FaultTable
{
    /// <summary>Columns are daemons with their timing, rows are faults; a cell is "median (worst), held by both".</summary>
    public static string Format(IReadOnlyList<Measurement> measurements)
    {
        var columns = measurements.Select(run => (run.Daemon, run.Timing)).Distinct().ToList();
        var text = new StringBuilder("| fault on the active |");
        foreach (var (daemon, timing) in columns) text.Append($" {daemon}, {timing} |");
        text.AppendLine().Append("|---|").Insert(text.Length, "---|", columns.Count).AppendLine();
        foreach (var fault in Fault.All.Where(fault => measurements.Any(run => run.Fault == fault.Key)))
        {
            text.Append($"| {fault.Title} |");
            foreach (var (daemon, timing) in columns)
                text.Append($" {Cell(fault, [.. measurements.Where(run => run.Fault == fault.Key && run.Daemon == daemon && run.Timing == timing)])} |");
            text.AppendLine();
        }
        return text.ToString();
    }

    private static string Cell(Fault fault, IReadOnlyList<Measurement> runs)
    {
        if (runs.Count == 0) return "–";
        var series = new Series(runs);
        var both = runs.Count(run => run.HeldByBothAtEnd) is > 0 and var ever ? $"**held by both until the end in {ever} of {runs.Count}**"
            : series.HeldByBothMs > 0 ? $"**held by both up to {Time(series.HeldByBothMs)}**"
            : "never both";
        return fault.Outcome switch
        {
            Outcome.Stays when runs.All(run => run.Holder == "old" && run.MovedMs is null) => $"nothing moved, longest gap {Time(series.Worst(fault.Outcome))}; {both}",
            Outcome.Stays => $"**moved in {runs.Count(run => run.Holder != "old" || run.MovedMs is not null)} of {runs.Count}**; {both}",
            Outcome.MovesWhileAsleep when runs.Count(run => run.Holder == "old") is > 0 and var back =>
                $"{Time(series.Median(fault.Outcome))} (worst {Time(series.Worst(fault.Outcome))}); {both}; **taken back in {back} of {runs.Count}**",
            _ => $"{Time(series.Median(fault.Outcome))} (worst {Time(series.Worst(fault.Outcome))}); {both}",
        };
    }

    private static string Time(double? milliseconds) => milliseconds switch
    {
        null => "never",
        >= 1000 and var value => string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0.00} s"),
        { } value => string.Create(CultureInfo.InvariantCulture, $"{value:0} ms"),
    };
}
