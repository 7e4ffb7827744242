using System.Text.Json;
using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Commands;

/// <summary>Measures the replica beside etcd.</summary>
/// <param name="Runs">Of each number of clients, ours and etcd in turn; 0 to leave this part out.</param>
/// <param name="Duration">Of one measurement, after a warm-up.</param>
/// <param name="Clients">Numbers of clients.</param>
/// <param name="Entries">Numbers of entries for claim, start and memory, rising; empty to leave this part out.</param>
/// <param name="Etcd">Measure etcd too.</param>
/// <param name="JsonFile">Where every single run is written; null for nowhere.</param>
internal sealed record ReplicaCommand(int Runs, TimeSpan Duration, IReadOnlyList<int> Clients, IReadOnlyList<int> Entries, bool Etcd, string? JsonFile)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public async Task<int> Run(CancellationToken stop)
    {
        using var lab = LabNetwork.Create();
        using var observer = new Observer(lab);
        var ours = new AkkaStore(lab, observer);
        List<ReplicatedStore> stores = [ours];
        if (Etcd) stores.Add(new EtcdStore(lab));
        var measured = new List<StoreRun>();
        for (var run = 1; run <= Runs; run++)
        {
            foreach (var store in stores) await Measure(store, run, measured, stop);
        }
        var history = new List<HistoryCost>();
        if (Entries.Count > 0) await MeasureHistory(ours, history, stop);

        var machine = $"{Machine.Describe()}, {Machine.FileSystemOf(lab.Folder)}";
        Console.WriteLine();
        Console.WriteLine(ReplicaTable.Format(measured, history, Runs, machine));
        if (JsonFile is not null) File.WriteAllText(JsonFile, JsonSerializer.Serialize(new { machine, runs = measured, history }, Json));
        return 0;
    }

    private async Task Measure(ReplicatedStore store, int run, List<StoreRun> measured, CancellationToken stop)
    {
        await store.Start();
        foreach (var number in Clients)
        {
            stop.ThrowIfCancellationRequested();
            var clients = await store.Connect(number);
            var result = await ClosedLoop.Measure(clients, WarmUp, Duration);
            foreach (var client in clients) client.Dispose();
            measured.Add(new StoreRun(store.Name, run, result));
            Console.WriteLine($"{store.Name} {run}/{Runs}, {number} clients: p50 {result.P50Ms:0.00} ms, p99 {result.P99Ms:0.00} ms, {result.PerSecond:0}/s");
        }
        store.Remove();
    }

    private async Task MeasureHistory(AkkaStore store, List<HistoryCost> history, CancellationToken stop)
    {
        var run = new HistoryRun(store);
        await run.Begin();
        foreach (var entries in Entries.Order())
        {
            stop.ThrowIfCancellationRequested();
            var cost = await run.Measure(entries);
            history.Add(cost);
            Console.WriteLine($"{entries} entries: claim {cost.ClaimMs:0.0} ms (worst {cost.WorstClaimMs:0.0}), standby ready {cost.StartSeconds:0.0} s after its start, "
                + $"{cost.BytesPerEntry:0} B an entry beyond the content, filled at {cost.FilledPerSecond:0}/s");
        }
        store.Remove();
    }
}
