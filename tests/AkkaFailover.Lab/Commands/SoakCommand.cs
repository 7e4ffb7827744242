using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Chaos;
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
    private const string PathLost = "heartbeat-path-lost";
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1), AlarmTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// With the fastest heartbeats the other node has the address so soon after its holder's host has died, on a busy machine too. Counted from the last advert that left the host: the LAN's cable is pulled last, and
    /// adverts leave until then.
    /// </summary>
    private static readonly TimeSpan NoticedFast = TimeSpan.FromMilliseconds(60);

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
        var inTime = !Hardship.MulticastLost || await LoseMulticast(pair);
        var (moves, roles) = await Watch(pair, stop);
        lab.Switch.RestoreFrames();
        var good = await Die(pair) && inTime && moves + roles == 0;
        Console.WriteLine($"{Contender.Daemon}, {Contender.Timing.Name}, {Hardship}, {Duration}: the address moved {moves} times by itself, and a node changed its role {roles} times, on {Machine.Describe()}, "
            + $"its load {Machine.Load()}");
        return good ? 0 : 1;
    }

    /// <returns>Whether both nodes said so within a deadline.</returns>
    private async Task<bool> LoseMulticast(LabPair pair)
    {
        var (began, inTime) = (DateTimeOffset.UtcNow, true);
        pair.Lab.Switch.DropHeartbeats(pair.Active.Host);
        foreach (var node in Ours(pair))
        {
            await pair.Expect(() => node.Status?.AlarmSince(PathLost) is not null, AlarmTime, $"{node.Host.Name} names the lost path");
            var after = node.Status!.AlarmSince(PathLost)!.Value - began;
            Console.WriteLine($"{node.Host.Name} names the lost path after {after.TotalMilliseconds:0} ms");
            inTime &= after <= Contender.Timing.Heartbeat.Deadline;
        }
        return inTime;
    }

    private static IEnumerable<AkkaNode> Ours(LabPair pair) => new[] { pair.A, pair.B }.OfType<AkkaNode>();

    /// <returns>How often the address moved, and a node of ours changed its role.</returns>
    private async Task<(int Moves, int Roles)> Watch(LabPair pair, CancellationToken stop)
    {
        var (observer, moves, roles, began) = (pair.Observer, 0, 0, LabClock.Now);
        var histories = Ours(pair).Select(node => new History(node)).ToList();
        foreach (var history in histories) history.ReadNew();
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
            var changed = histories.SelectMany(history => history.ReadNew()).Count(happened => happened.From.Length > 0);
            roles += changed;
            Console.WriteLine($"{LabClock.Now - began:hh\\:mm\\:ss}  moved {moves}, roles changed {roles}, held by both {Holdings.HeldByBoth(holdings).TotalMilliseconds:0.0} ms, longest gap of the client "
                + $"{Outage.LongestGap(record.Pings, record.From, record.To).TotalMilliseconds:0} ms, the observer's own thread late by {late.TotalMilliseconds:0} ms; {Memory(pair)}; load {Machine.Load()}");
            foreach (var node in Ours(pair)) Console.WriteLine($"          {node.Host.Name}: {node.Lateness}");
            if (holdings.Count != 1 || changed > 0) Console.WriteLine(pair.Describe());
        }
        return (moves, roles);
    }

    private async Task<bool> Die(LabPair pair)
    {
        var runs = new List<Measurement>();
        while (runs.Count < Deaths)
        {
            var run = await FaultRun.Measure(pair, Fault.HostDeath, Contender.Daemon, Contender.Timing.Name);
            runs.Add(run);
            Console.WriteLine($"{Fault.HostDeath.Title}: claimed after {run.ClaimedMs:0.0} ms, {run.SilentMs:0.0} ms after the last advert that left it, answered by the other node after {run.MovedMs:0.0} ms, outage {run.OutageMs:0.0} ms, "
                + $"held by both {run.HeldByBothMs:0} ms, at the end: {run.Holder}, the lab itself late by {run.LateMs:0.0} ms");
            if (!run.EndsAs(Fault.HostDeath.Outcome)) Console.WriteLine(pair.Describe());
            else if (pair.Active is AkkaNode next) Console.WriteLine(next.Ask("group", "history", "--last"));
        }
        if (runs.Count == 0) return true;
        var series = new Series(runs);
        var slowest = runs.Max(run => run.SilentMs ?? double.PositiveInfinity);
        Console.WriteLine($"{Fault.HostDeath.Title}: claimed after {runs.Max(run => run.ClaimedMs):0.0} ms at worst, {slowest:0.0} ms after the last advert; answered, median {series.Median(Fault.HostDeath.Outcome):0.0} ms, worst {series.Worst(Fault.HostDeath.Outcome):0.0} ms of {runs.Count}");
        var inTime = Contender.Daemon != Contender.OurName || Contender.Timing != Timing.Fast || slowest <= NoticedFast.TotalMilliseconds;
        return inTime && runs.TrueForAll(run => run.EndsAs(Fault.HostDeath.Outcome) && run.HeldByBothMs == 0);
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
