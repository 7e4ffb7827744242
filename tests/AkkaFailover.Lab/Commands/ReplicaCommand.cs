using System.Text.Json;
using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Files;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Commands;

/// <summary>Measures the replica beside etcd.</summary>
/// <param name="Runs">Of each number of clients, ours and etcd in turn; 0 to leave this part out.</param>
/// <param name="Duration">Of one measurement, after a warm-up.</param>
/// <param name="Clients">Numbers of clients.</param>
/// <param name="Entries">Numbers of entries for claim, start and memory, rising; empty to leave this part out.</param>
/// <param name="Files">Changes of small files for the latency of watched paths, and a tree of 10,000; 0 to leave this part out.</param>
/// <param name="Rows">Changes of one row of an SQLite database of 100 MB; 0 to leave this part out.</param>
/// <param name="Peers">Measure etcd, rsync and lsyncd too.</param>
/// <param name="JsonFile">Where every single run is written; null for nowhere.</param>
internal sealed record ReplicaCommand(int Runs, TimeSpan Duration, IReadOnlyList<int> Clients, IReadOnlyList<int> Entries, int Files, int Rows, bool Peers, string? JsonFile)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public async Task<int> Run(CancellationToken stop)
    {
        using var lab = LabNetwork.Create();
        using var observer = new Observer(lab, realTime: false);
        var ours = new AkkaStore(lab, observer);
        List<ReplicatedStore> stores = [ours];
        if (Peers) stores.Add(new EtcdStore(lab));
        var measured = new List<StoreRun>();
        for (var run = 1; run <= Runs; run++)
        {
            foreach (var store in stores) await Measure(store, run, measured, stop);
        }
        var history = new List<HistoryCost>();
        if (Entries.Count > 0) await MeasureHistory(ours, history, stop);
        var (latencies, copies) = Files > 0 ? await MeasureFiles(lab, observer, stop) : ([], []);
        var rows = Rows > 0 ? await MeasureRows(lab, observer) : [];

        var machine = $"{Machine.Describe()}, {Machine.FileSystemOf(lab.Folder)}";
        Console.WriteLine();
        Console.WriteLine(ReplicaTable.Format(measured, history, Runs, machine));
        if (Files > 0) Console.WriteLine(ReplicaTable.Format(latencies, copies));
        if (Rows > 0) Console.WriteLine(ReplicaTable.Format(rows));
        if (JsonFile is not null) File.WriteAllText(JsonFile, JsonSerializer.Serialize(new { machine, runs = measured, history, latencies, copies, rows }, Json));
        return 0;
    }

    private async Task Measure(ReplicatedStore store, int run, List<StoreRun> measured, CancellationToken stop)
    {
        await store.Start();
        foreach (var number in Clients)
        {
            stop.ThrowIfCancellationRequested();
            var result = await Measure(store, number);
            measured.Add(new StoreRun(store.Name, run, result));
            Console.WriteLine($"{store.Name} {run}/{Runs}, {number} clients: p50 {result.P50Ms:0.00} ms, p99 {result.P99Ms:0.00} ms, {result.PerSecond:0}/s");
        }
        store.Remove();
    }

    private async Task<Throughput> Measure(ReplicatedStore store, int number)
    {
        var clients = await store.Connect(number);
        try
        {
            return await Explained(store, () => ClosedLoop.Measure(clients, WarmUp, Duration));
        }
        finally
        {
            foreach (var client in clients) client.Dispose();
        }
    }

    private static async Task<T> Explained<T>(ReplicatedStore store, Func<Task<T>> measure)
    {
        try
        {
            return await measure();
        }
        catch (LabException failed)
        {
            throw new LabException($"{failed.Message}\n{store.Describe()}");
        }
    }

    private async Task<(List<FileLatency> Latencies, List<TreeCopy> Copies)> MeasureFiles(LabNetwork lab, Observer observer, CancellationToken stop)
    {
        List<FileReplicator> replicators = [new AkkaFiles(lab, observer)];
        if (Peers) replicators.AddRange([new InotifyRsyncFiles(lab), new LsyncdFiles(lab)]);
        var (latencies, copies) = (new List<FileLatency>(), new List<TreeCopy>());
        foreach (var replicator in replicators)
        {
            stop.ThrowIfCancellationRequested();
            await replicator.Start();
            latencies.Add(await FileRun.Latency(replicator, Files));
            Console.WriteLine($"{replicator.Name}: a file is there after {latencies[^1].P50Ms:0.0} ms (worst {latencies[^1].WorstMs:0.0})");
            if (replicator is AkkaFiles) copies.Add(await FileRun.Tree(replicator));
            else if (replicator is InotifyRsyncFiles rsync) copies.AddRange(new[] { true, false }.Select(fsync => FileRun.TreeByRsync(rsync, lab.A, fsync)));
            replicator.Remove();
        }
        return (latencies, copies);
    }

    private async Task<List<RowCost>> MeasureRows(LabNetwork lab, Observer observer)
    {
        var run = new DatabaseRun(lab);
        var costs = new List<RowCost> { await run.Ours(observer, Rows) };
        if (Peers)
        {
            var rsync = new InotifyRsyncFiles(lab);
            await rsync.Start();
            costs.Add(await run.ByBackup(rsync, Rows));
            rsync.Remove();
        }
        return costs;
    }

    private async Task MeasureHistory(AkkaStore store, List<HistoryCost> history, CancellationToken stop)
    {
        var run = new HistoryRun(store);
        await run.Begin();
        foreach (var entries in Entries.Order())
        {
            stop.ThrowIfCancellationRequested();
            var cost = await Explained(store, () => run.Measure(entries));
            history.Add(cost);
            Console.WriteLine($"{entries} entries: claim {cost.ClaimMs:0.0} ms (worst {cost.WorstClaimMs:0.0}), standby ready {cost.StartSeconds:0.0} s after its start, "
                + $"{cost.BytesPerEntry:0} B an entry beyond the content, filled at {cost.FilledPerSecond:0}/s");
        }
        store.Remove();
    }
}
