using System.Globalization;
using System.Text;

namespace AkkaFailover.Lab.Vpn;

/// <summary>Writes measured runs as tables.</summary>
public static class VpnTable
{
    /// <summary>Columns are ways to the server with a daemon, rows are faults; a cell is "median (worst)" of the outage.</summary>
    public static string Format(IReadOnlyList<VpnMeasurement> measurements)
    {
        var columns = Columns(measurements);
        var text = new StringBuilder("| fault on the active |");
        foreach (var (daemon, variant) in columns) text.Append($" {daemon}, {VpnVariant.All.Single(each => each.Key == variant).Title} |");
        text.AppendLine().Append("|---|").Insert(text.Length, "---|", columns.Count).AppendLine();
        foreach (var fault in VpnFault.All.Where(fault => measurements.Any(run => run.Fault == fault.Key)))
        {
            text.Append($"| {fault.Title} |");
            foreach (var (daemon, variant) in columns)
                text.Append($" {Cell([.. measurements.Where(run => run.Fault == fault.Key && run.Daemon == daemon && run.Variant == variant)])} |");
            text.AppendLine();
        }
        return text.ToString();
    }

    /// <summary>What became of the sessions: a row for each daemon and way.</summary>
    public static string FormatSessions(IReadOnlyList<VpnMeasurement> measurements)
    {
        var text = new StringBuilder().AppendLine("| | runs | came back without a password check | by its token | both tunnel addresses kept | account added 0.5 s before works | never on both nodes |")
            .AppendLine("|---|---|---|---|---|---|---|");
        foreach (var (daemon, variant) in Columns(measurements))
        {
            var runs = measurements.Where(run => run.Daemon == daemon && run.Variant == variant).ToList();
            text.AppendLine($"| {daemon}, {variant} | {runs.Count} | {runs.Count(run => run.PasswordChecks == 0)} | {runs.Count(run => run.TokenLogins > 0)} | {runs.Count(run => run.KeptAddresses)} "
                + $"| {runs.Count(run => run.NewAccountWorks)} | {runs.Count(run => run.HeldByBothMs == 0)} |");
        }
        return text.ToString();
    }

    private static List<(string Daemon, string Variant)> Columns(IReadOnlyList<VpnMeasurement> measurements) =>
        [.. measurements.Select(run => (run.Daemon, run.Variant)).Distinct()];

    private static string Cell(IReadOnlyList<VpnMeasurement> runs)
    {
        if (runs.Count == 0) return "–";
        var interruptions = runs.Max(run => run.Interruptions);
        var back = runs.Count(run => run.Holder != "new");
        return string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(runs.Select(run => run.OutageMs)) / 1000:0.0} s ({runs.Max(run => run.OutageMs) / 1000:0.0} s)")
            + (interruptions > 1 ? $", up to {interruptions} interruptions" : "")
            + (back > 0 ? $", **at the end on the {string.Join('/', runs.Where(run => run.Holder != "new").Select(run => run.Holder).Distinct())} node in {back} of {runs.Count}**" : "");
    }
}
