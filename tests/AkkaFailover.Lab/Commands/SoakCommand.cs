using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using AkkaFailover.Lab.Scenarios;

namespace AkkaFailover.Lab.Commands;

/// <summary>
/// Lets a pair do nothing for a long time, and then kills the active's host: what only time breaks shows here, and in no round of
/// a few seconds.
/// </summary>
/// <param name="Contender">Whose pair.</param>
/// <param name="Duration">How long before the fault.</param>
/// <param name="Hardship">What makes it hard to keep the role meanwhile.</param>
/// <param name="Deaths">How often the active's host dies at the end.</param>
internal sealed record SoakCommand(Contender Contender, TimeSpan Duration, Hardship Hardship, int Deaths)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1), AlarmTime = TimeSpan.FromSeconds(10);

    public async Task<int> Run(CancellationToken stop)
    {
        using var lab = LabNetwork.Create();
        using var observer = new Observer(lab);
        var (a, b) = Contender.Prepare(lab);
        var pair = new LabPair(lab, observer, a, b);
        await pair.Settle();
        if (Hardship.HeapMegabytes > 0) await Fill(pair);
        using var busy = new BusyProcesses(lab, Hardship.Busy);
        await pair.Settle();
        if (Hardship.LossPercent > 0)
        {
            foreach (var node in new[] { a, b }) lab.Switch.Lose(node.Host, Hardship.LossPercent);
        }
        if (Hardship.MulticastLost) await LoseMulticast(pair);
        var moves = await Watch(pair, stop);
        lab.Switch.RestoreFrames();
        var good = await Die(pair) && moves == 0;
        Console.WriteLine($"{Contender.Daemon}, {Contender.Timing.Name}, {Hardship}, {Duration}: the role moved {moves} times by itself, on {Machine.Describe()}, its load {Machine.Load()}");
        return good ? 0 : 1;
    }

    private static async Task LoseMulticast(LabPair pair)
    {
        var began = LabClock.Now;
        pair.Lab.Switch.DropHeartbeats(pair.Active.Host);
        foreach (var node in new[] { pair.Active, pair.Other(pair.Active) }.OfType<AkkaNode>())
        {
            await pair.Expect(() => node.Status?.AlarmText.Contains("heartbeat-path-lost", StringComparison.Ordinal) == true, AlarmTime, $"{node.Host.Name} names the lost path");
            Console.WriteLine($"{node.Host.Name} names the lost path after {(LabClock.Now - began).TotalMilliseconds:0} ms at most");
        }
    }

    private async Task<int> Watch(LabPair pair, CancellationToken stop)
    {
        var (observer, moves, began) = (pair.Observer, 0, LabClock.Now);
        observer.Reset();
        while (LabClock.Now - began < Duration)
        {
            var left = Duration - (LabClock.Now - began);
            await Task.Delay(left < ReportInterval ? left : ReportInterval, stop);
            var record = observer.Snapshot();
            var late = observer.WorstLateness;
            // The answers of hours would fill the memory.
            observer.Reset();
            var holdings = Holdings.Of(record.Changes, record.To);
            moves += Math.Max(0, holdings.Count - 1);
            Console.WriteLine($"{LabClock.Now - began:hh\\:mm\\:ss}  moved {moves}, held by both {Holdings.HeldByBoth(holdings).TotalMilliseconds:0.0} ms, longest gap of the client "
                + $"{Outage.LongestGap(record.Pings, record.From, record.To).TotalMilliseconds:0} ms, the observer's own thread late by {late.TotalMilliseconds:0} ms; {Memory(pair)}; load {Machine.Load()}");
            foreach (var node in new[] { pair.A, pair.B }.OfType<AkkaNode>()) Console.WriteLine($"          {node.Host.Name}: {node.Lateness}");
            if (holdings.Count != 1) Console.WriteLine(pair.Describe());
        }
        return moves;
    }

    private async Task<bool> Die(LabPair pair)
    {
        var runs = new List<Measurement>();
        while (runs.Count < Deaths)
        {
            var run = await FaultRun.Measure(pair, Fault.HostDeath, Contender.Daemon, Contender.Timing.Name);
            runs.Add(run);
            Console.WriteLine($"{Fault.HostDeath.Title}: claimed after {run.ClaimedMs:0.0} ms, answered by the other node after {run.MovedMs:0.0} ms, outage {run.OutageMs:0.0} ms, "
                + $"held by both {run.HeldByBothMs:0} ms, at the end: {run.Holder}");
            if (!run.EndsAs(Fault.HostDeath.Outcome)) Console.WriteLine(pair.Describe());
            else if (pair.Active is AkkaNode next) Console.WriteLine(next.Ask("group", "history", "--last"));
        }
        if (runs.Count == 0) return true;
        var series = new Series(runs);
        Console.WriteLine($"{Fault.HostDeath.Title}: median {series.Median(Fault.HostDeath.Outcome):0.0} ms, worst {series.Worst(Fault.HostDeath.Outcome):0.0} ms of {runs.Count}");
        return runs.TrueForAll(run => run.EndsAs(Fault.HostDeath.Outcome) && run.HeldByBothMs == 0);
    }

    // Filled at the default timing: what is measured is how a large replica is held, not how it is made.
    private async Task Fill(LabPair pair)
    {
        const int ValueLength = 1024;
        PairConfiguration.Write(pair.Lab, Timing.Default);
        pair.Clear();
        await pair.Settle();
        try
        {
            await Entries.Add((AkkaNode)pair.Active, 0, Hardship.HeapMegabytes * 1024 * 1024 / ValueLength, ValueLength);
        }
        catch (LabException e)
        {
            throw new LabException($"{e.Message}\n{pair.Describe()}");
        }
        pair.Clear();
        _ = Contender.Prepare(pair.Lab);
    }

    private static string Memory(LabPair pair) =>
        string.Join(", ", new[] { pair.A, pair.B }.Select(node => $"{node.Host.Name} {node.DaemonProcesses().Sum(LabHost.ResidentBytes) / (1024.0 * 1024):0.0} MiB"));
}

/// <summary>What makes it hard for a pair to keep its role.</summary>
/// <param name="Busy">Processes that take all the processor time they get.</param>
/// <param name="HeapMegabytes">Entries in the replica.</param>
/// <param name="LossPercent">Of the frames that each node sends on the LAN.</param>
/// <param name="MulticastLost">The active's heartbeats do not arrive, all else does.</param>
internal sealed record Hardship(int Busy, int HeapMegabytes, int LossPercent, bool MulticastLost)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Busy} busy processes, {HeapMegabytes} MB of entries, {LossPercent} % loss{(MulticastLost ? ", multicast lost" : "")}";
}
