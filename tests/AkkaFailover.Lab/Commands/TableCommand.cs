using System.Text.Json;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using AkkaFailover.Lab.Scenarios;

namespace AkkaFailover.Lab.Commands;

/// <summary>Measures the table of faults.</summary>
/// <param name="Runs">Of each fault with AkkaFailover; 0 to leave it out.</param>
/// <param name="PeerRuns">Of each fault with ucarp and keepalived; 0 to leave them out.</param>
/// <param name="Faults">Keys of the faults, in the order wanted; empty for all.</param>
/// <param name="Timings">Of the heartbeat, with AkkaFailover.</param>
/// <param name="JsonFile">Where every single run is written; null for nowhere.</param>
internal sealed record TableCommand(int Runs, int PeerRuns, IReadOnlyList<string> Faults, IReadOnlyList<Timing> Timings, string? JsonFile)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public async Task<int> Run(CancellationToken stop)
    {
        var measurements = new List<Measurement>();
        foreach (var (contender, runs) in Contenders())
        {
            using var lab = LabNetwork.Create();
            using var observer = new Observer(lab);
            var (a, b) = contender.Prepare(lab);
            var pair = new LabPair(lab, observer, a, b);
            foreach (var fault in Faults.Count == 0 ? contender.Faults : Faults.SelectMany(key => contender.Faults.Where(fault => fault.Key == key)))
                await MeasureOrSayWhyNot(pair, contender, fault, runs, measurements, stop);
        }
        Console.WriteLine();
        Console.WriteLine($"Median (worst) of {Runs} runs, peers {PeerRuns}, on {Machine.Describe()}.");
        Console.WriteLine();
        Console.WriteLine(FaultTable.Format(measurements));
        if (JsonFile is not null) File.WriteAllText(JsonFile, JsonSerializer.Serialize(new { machine = Machine.Describe(), runs = measurements }, Json));
        return measurements.Exists(run => run.Daemon == Contender.OurName && !run.EndsAs(Fault.All.Single(fault => fault.Key == run.Fault).Outcome)) ? 1 : 0;
    }

    // Beyond every promise of the table.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    // A peer that does not come back from its own fault must not take the other figures with it.
    private async Task MeasureOrSayWhyNot(LabPair pair, Contender contender, Fault fault, int runs, List<Measurement> measurements, CancellationToken stop)
    {
        try
        {
            await Measure(pair, contender, fault, runs, measurements, stop);
        }
        catch (LabException e) when (pair.A is not AkkaNode)
        {
            Console.Error.WriteLine($"{contender.Daemon}, {contender.Timing}, {fault.Key}: {e.Message}");
        }
    }

    private async Task Measure(LabPair pair, Contender contender, Fault fault, int runs, List<Measurement> measurements, CancellationToken stop)
    {
        for (var run = 1; run <= runs; run++)
        {
            stop.ThrowIfCancellationRequested();
            var measured = await FaultRun.Measure(pair, fault, contender.Daemon, contender.Timing);
            measurements.Add(measured);
            Console.WriteLine($"{contender.Daemon}, {contender.Timing}, {fault.Key} {run}/{runs}: claimed {measured.ClaimedMs:0} ms, moved {measured.MovedMs:0} ms, "
                + $"outage {measured.OutageMs:0} ms, held by both {measured.HeldByBothMs:0} ms, at the end: {measured.Holder}");
            // What took so long has to be found, and the next run overwrites its traces.
            if (measured.MovedMs > Slow.TotalMilliseconds || !measured.EndsAs(fault.Outcome)) Console.WriteLine(pair.Describe());
        }
    }

    private IEnumerable<(Contender Contender, int Runs)> Contenders()
    {
        if (Runs > 0)
        {
            foreach (var timing in Timings) yield return (Contender.Ours(timing), Runs);
        }
        if (PeerRuns > 0)
        {
            yield return (Contender.Ucarp, PeerRuns);
            yield return (Contender.Keepalived(Timing.OneSecond), PeerRuns);
            yield return (Contender.Keepalived(Timing.Default), PeerRuns);
        }
    }
}
