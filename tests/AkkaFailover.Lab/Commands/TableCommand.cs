using System.Text.Json;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using AkkaFailover.Lab.Scenarios;

namespace AkkaFailover.Lab.Commands;

/// <summary>Measures the table of faults.</summary>
/// <param name="Runs">Of each fault.</param>
/// <param name="Ours">Measure AkkaFailover.</param>
/// <param name="Peers">Measure ucarp and keepalived.</param>
/// <param name="Faults">Keys of the faults; empty for all.</param>
/// <param name="JsonFile">Where every single run is written; null for nowhere.</param>
internal sealed record TableCommand(int Runs, bool Ours, bool Peers, IReadOnlyList<string> Faults, string? JsonFile)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public async Task<int> Run(CancellationToken stop)
    {
        var measurements = new List<Measurement>();
        foreach (var contender in Contenders())
        {
            using var lab = LabNetwork.Create();
            using var observer = new Observer(lab);
            var (a, b) = contender.Prepare(lab);
            var pair = new LabPair(lab, observer, a, b);
            foreach (var fault in contender.Faults.Where(fault => Faults.Count == 0 || Faults.Contains(fault.Key)))
                await Measure(pair, contender, fault, measurements, stop);
        }
        Console.WriteLine();
        Console.WriteLine($"{Runs} runs each, median (worst), on {Machine.Describe()}.");
        Console.WriteLine();
        Console.WriteLine(FaultTable.Format(measurements));
        if (JsonFile is not null) File.WriteAllText(JsonFile, JsonSerializer.Serialize(new { machine = Machine.Describe(), runs = measurements }, Json));
        return 0;
    }

    private async Task Measure(LabPair pair, Contender contender, Fault fault, List<Measurement> measurements, CancellationToken stop)
    {
        for (var run = 1; run <= Runs; run++)
        {
            stop.ThrowIfCancellationRequested();
            var measured = await FaultRun.Measure(pair, fault, contender.Daemon, contender.Timing);
            measurements.Add(measured);
            Console.WriteLine($"{contender.Daemon}, {contender.Timing}, {fault.Key} {run}/{Runs}: moved {measured.MovedMs:0} ms, "
                + $"outage {measured.OutageMs:0} ms, held by both {measured.HeldByBothMs:0} ms, at the end: {measured.Holder}");
        }
    }

    private IEnumerable<Contender> Contenders()
    {
        if (Ours)
        {
            yield return Contender.Ours(Timing.OneSecond);
            yield return Contender.Ours(Timing.Default);
        }
        if (Peers)
        {
            yield return Contender.Ucarp;
            yield return Contender.Keepalived(Timing.OneSecond);
            yield return Contender.Keepalived(Timing.Default);
        }
    }
}
