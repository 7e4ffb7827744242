using System.Text.Json;
using AkkaFailover.Lab.Chaos;

namespace AkkaFailover.Lab.Commands;

/// <summary>Random faults one after the other; exit code 1 where a promise was broken.</summary>
/// <param name="Faults">How many; null for as many as the time allows, or each kind once.</param>
/// <param name="Duration">How long; null for as long as it takes.</param>
/// <param name="Seed">Of the faults.</param>
/// <param name="Keys">Only these; empty for all.</param>
/// <param name="JsonFile">Where every fault is written; null for nowhere.</param>
internal sealed record ChaosCommand(int? Faults, TimeSpan? Duration, int Seed, IReadOnlyList<string> Keys, string? JsonFile)
{
    private const string LogFolder = "/var/tmp/failover-chaos";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public async Task<int> Run(CancellationToken stop)
    {
        var faults = Faults ?? (Duration is null ? ChaosFaults.All.Count : int.MaxValue);
        using var run = new ChaosRun(Seed, Keys);
        var results = new List<ChaosResult>();
        Console.WriteLine($"Seed {Seed}, on {Machine.Describe()}");
        var began = LabClock.Now;
        for (var number = 1; number <= faults && !(LabClock.Now - began > Duration) && !stop.IsCancellationRequested; number++)
        {
            var (result, story) = await run.Round(number);
            results.Add(result);
            Console.Error.WriteLine($"{number}{(faults == int.MaxValue ? "" : $"/{faults}")} {result}");
            if (result.Violations.Count > 0) Tell(run, result, story);
            if (JsonFile is not null) File.WriteAllText(JsonFile, JsonSerializer.Serialize(new { machine = Machine.Describe(), seed = Seed, faults = results }, Json));
        }
        var lost = await run.CheckAll();
        foreach (var change in lost) Console.WriteLine($"NOT AS PROMISED: {change}");
        Console.WriteLine($"\n{ChaosTable.Format(results)}");
        var broken = results.Count(result => result.Violations.Count > 0);
        var each = results.Count == 0 ? 0 : (LabClock.Now - began).TotalSeconds / results.Count;
        Console.WriteLine($"{results.Count} faults, seed {Seed}, {each:0.0} s each: {(broken + lost.Count == 0 ? "every promise kept" : $"{broken} WITH VIOLATIONS")}");
        if (results.Count > 0) Console.WriteLine($"Outages beyond their bound, but within what the machine may add: {results.Count(result => result.NeededMargin)}; it might have added {results.Max(result => result.MarginMs):0} ms at worst");
        if (results.Count > 0) Console.WriteLine($"The observer's threads were late by {results.Max(result => result.ObserverLateMs):0} ms at worst; nodes restarted as an operator would: {results.Count(result => result.Ended.Any(line => line.Contains("in fault", StringComparison.Ordinal)))}");
        return broken + lost.Count == 0 ? 0 : 1;
    }

    private void Tell(ChaosRun run, ChaosResult result, string story)
    {
        var folder = Path.Combine(LogFolder, $"{Seed}-{result.Number}");
        run.KeepLogs(folder);
        Console.WriteLine($"VIOLATION by fault {result.Number} of seed {Seed}: {result.Words}");
        foreach (var violation in result.Violations) Console.WriteLine($"  NOT AS PROMISED: {violation}");
        Console.WriteLine($"{story}\n  logs in {folder}");
    }
}
