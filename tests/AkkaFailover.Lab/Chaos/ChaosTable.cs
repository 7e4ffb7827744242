using System.Globalization;
using System.Text;

namespace AkkaFailover.Lab.Chaos;

/// <summary>The summary of a run: a row for each kind of fault and target.</summary>
internal static class ChaosTable
{
    private const string Together = "two at once";

    public static string Format(IReadOnlyList<ChaosResult> results)
    {
        var text = new StringBuilder("| fault | of | count | outage median | worst | bound | held by both | violations |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var row in results.GroupBy(result => result.Keys.Count > 1 ? (Together, "") : (result.Keys[0], result.OnActive ? "active" : "standby")).OrderBy(row => row.Key))
        {
            var outages = row.Select(result => result.OutageMs).ToList();
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Key.Item1} | {row.Key.Item2} | {outages.Count} | {Statistics.Median(outages):0} ms | {outages.Max():0} ms | {Bounds(row)} | "
                + $"{row.Max(result => result.HeldByBothMs):0} ms | {row.Count(result => result.Violations.Count > 0)} |");
        }
        return text.ToString();
    }

    private static string Bounds(IEnumerable<ChaosResult> row) => row.Select(result => result.BoundMs).ToList() is var bounds && bounds.Min() == bounds.Max()
        ? string.Create(CultureInfo.InvariantCulture, $"{bounds[0]:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{bounds.Min():0} to {bounds.Max():0} ms");
}
