using System.Globalization;
using System.Text;
using AkkaFailover.Lab.Files;

namespace AkkaFailover.Lab.Changes;

/// <summary>One measurement of one store.</summary>
internal sealed record StoreRun(string Store, int Run, Throughput Result);

/// <summary>Writes the replica's figures as tables.</summary>
internal static class ReplicaTable
{
    /// <summary>Medians of the runs: a row for each number of clients, then one for each number of entries.</summary>
    public static string Format(IReadOnlyList<StoreRun> runs, IReadOnlyList<HistoryCost> history, int count, string machine)
    {
        var text = new StringBuilder();
        if (runs.Count > 0)
        {
            var stores = runs.Select(run => run.Store).Distinct().ToList();
            text.AppendLine($"Changes of {ClosedLoop.ValueLength} bytes, acknowledged when both members have fsynced them; median of {count} runs, on {machine}.").AppendLine();
            text.Append("| clients |").AppendJoin(' ', stores.Select(store => $"{store}: p50 | p99 | per second |")).AppendLine();
            text.Append("|---|").Insert(text.Length, "---|---|---|", stores.Count).AppendLine();
            foreach (var clients in runs.Select(run => run.Result.Clients).Distinct())
            {
                text.Append($"| {clients} |").AppendJoin(' ', stores.Select(store =>
                    Cells([.. runs.Where(run => run.Store == store && run.Result.Clients == clients).Select(run => run.Result)]))).AppendLine();
            }
        }
        if (history.Count > 0)
        {
            text.AppendLine().AppendLine("| entries | claim: median (worst) | standby ready after | memory an entry, beyond its content | filled at |").AppendLine("|---|---|---|---|---|");
            foreach (var cost in history)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {cost.Entries:n0} | {cost.ClaimMs:0.0} ms ({cost.WorstClaimMs:0.0} ms) | {cost.StartSeconds:0.0} s "
                    + $"| {cost.BytesPerEntry:n0} B | {cost.FilledPerSecond:n0}/s |");
            }
        }
        return text.ToString();
    }

    /// <summary>The figures of watched paths.</summary>
    public static string Format(IReadOnlyList<FileLatency> latencies, IReadOnlyList<TreeCopy> copies)
    {
        var text = new StringBuilder();
        text.AppendLine($"| a file of {FileRun.FileLength} bytes, from its close to its place on the other node | median (worst) | changes |").AppendLine("|---|---|---|");
        foreach (var latency in latencies)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {latency.Replicator} | {latency.P50Ms:0.0} ms ({latency.WorstMs:0.0} ms) | {latency.Changes} |");
        text.AppendLine().AppendLine($"| 10,000 files of {FileRun.FileLength} bytes | there after |").AppendLine("|---|---|");
        foreach (var copy in copies) text.AppendLine(CultureInfo.InvariantCulture, $"| {copy.Way} | {copy.Seconds:0.0} s |");
        return text.ToString();
    }

    /// <summary>The figures of one changed row.</summary>
    public static string Format(IReadOnlyList<RowCost> costs)
    {
        var text = new StringBuilder();
        text.AppendLine("| one row of an SQLite database of 100 MB, from its commit to its place on the other node | median (worst) | bytes on the wire | changes |").AppendLine("|---|---|---|---|");
        foreach (var cost in costs) text.AppendLine(CultureInfo.InvariantCulture, $"| {cost.Way} | {cost.P50Ms:0} ms ({cost.WorstMs:0} ms) | {cost.Bytes:n0} | {cost.Changes} |");
        return text.ToString();
    }

    private static string Cells(IReadOnlyList<Throughput> runs) => string.Create(CultureInfo.InvariantCulture,
        $"{Statistics.Median(runs.Select(run => run.P50Ms)):0.00} ms | {Statistics.Median(runs.Select(run => run.P99Ms)):0.00} ms | {Statistics.Median(runs.Select(run => run.PerSecond)):n0} |");
}
