using System.Globalization;
using System.Text;

namespace AkkaFailover.Lab.Vpn;

/// <summary>Writes measured runs as tables.</summary>
public static class VpnTable
{
    /// <summary>A table for each way to the server: columns are daemons, rows are faults, a cell is "median (worst)" of the outage.</summary>
    public static string Format(IReadOnlyList<VpnMeasurement> measurements) => string.Join('\n',
        VpnVariant.All.Where(variant => measurements.Any(run => run.Variant == variant.Key))
            .Select(variant => Format(variant, [.. measurements.Where(run => run.Variant == variant.Key)])));

    /// <summary>What became of the sessions: a row for each daemon and way, a cell is in how many runs.</summary>
    public static string FormatSessions(IReadOnlyList<VpnMeasurement> measurements)
    {
        var text = new StringBuilder().AppendLine("| | runs | no password check | back by its token | both tunnel addresses kept | account added 0.5 s before works | never on both nodes |")
            .AppendLine("|---|---|---|---|---|---|---|");
        foreach (var runs in measurements.GroupBy(run => (run.Daemon, run.Variant)))
        {
            text.AppendLine($"| {runs.Key.Daemon}, {runs.Key.Variant} | {runs.Count()} | {runs.Count(run => run.PasswordChecks == 0)} | {runs.Count(run => run.TokenLogins > 0)} | {runs.Count(run => run.KeptAddresses)} "
                + $"| {runs.Count(run => run.NewAccountWorks)} | {runs.Count(run => run.HeldByBothMs == 0)} |");
        }
        return text.ToString();
    }

    private static string Format(VpnVariant variant, IReadOnlyList<VpnMeasurement> measurements)
    {
        var daemons = measurements.Select(run => run.Daemon).Distinct().ToList();
        var text = new StringBuilder($"| {variant.Title}: fault on the active | {string.Join(" | ", daemons)} |").AppendLine().Append("|---|").AppendLine(string.Concat(daemons.Select(_ => "---|")));
        foreach (var fault in VpnFault.All.Where(fault => measurements.Any(run => run.Fault == fault.Key)))
        {
            var cells = daemons.Select(daemon => Cell([.. measurements.Where(run => run.Fault == fault.Key && run.Daemon == daemon)]));
            text.AppendLine($"| {fault.Title} | {string.Join(" | ", cells)} |");
        }
        return text.ToString();
    }

    private static string Cell(IReadOnlyList<VpnMeasurement> runs)
    {
        if (runs.Count == 0) return "–";
        var outage = string.Create(CultureInfo.InvariantCulture, $"{Statistics.Median(runs.Select(run => run.OutageMs)) / 1000:0.0} s ({runs.Max(run => run.OutageMs) / 1000:0.0} s)");
        var interruptions = runs.Max(run => run.Interruptions) is > 1 and var most ? $", up to {most} interruptions" : "";
        var ends = runs.Where(run => run.Holder != "new").GroupBy(run => run.Holder).Select(end => $", **{Words(end.Key)} at the end in {end.Count()} of {runs.Count}**");
        return outage + interruptions + string.Concat(ends);
    }

    private static string Words(string holder) => holder switch
    {
        "old" => "on the old node",
        "both" => "on both nodes",
        _ => "on no node",
    };
}
