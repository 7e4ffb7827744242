using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using AkkaFailover.Lab.Scenarios;

namespace AkkaFailover.Lab.Commands;

/// <summary>
/// Lets a pair do nothing for a long time, and then kills the active's host: what only time breaks shows here, and in no round of
/// a few seconds.
/// </summary>
/// <param name="Duration">How long before the fault.</param>
internal sealed record SoakCommand(TimeSpan Duration)
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(5);

    public async Task<int> Run(CancellationToken stop)
    {
        using var lab = LabNetwork.Create();
        using var observer = new Observer(lab);
        var (a, b) = Contender.Ours(Timing.Default).Prepare(lab);
        var pair = new LabPair(lab, observer, a, b);
        await pair.Settle();
        var active = pair.Active;
        var began = LabClock.Now;
        while (LabClock.Now - began < Duration)
        {
            Report(pair, LabClock.Now - began);
            var left = Duration - (LabClock.Now - began);
            await Task.Delay(left < ReportInterval ? left : ReportInterval, stop);
            // The answers of hours would fill the memory.
            observer.Reset();
            if (pair.Active != active) throw new LabException($"the role moved by itself\n{pair.Describe()}");
        }
        Report(pair, LabClock.Now - began);
        var run = await FaultRun.Measure(pair, Fault.HostDeath, Contender.OurName, Timing.Default.Name);
        Console.WriteLine($"{Fault.HostDeath.Title} after {Duration}: answered by the other node after {run.MovedMs:0} ms, held by both {run.HeldByBothMs:0} ms, at the end: {run.Holder}");
        if (run.EndsAs(Fault.HostDeath.Outcome)) return 0;
        Console.WriteLine(pair.Describe());
        return 1;
    }

    private static void Report(LabPair pair, TimeSpan after) =>
        Console.WriteLine($"{after:hh\\:mm\\:ss}  {string.Join("  ", new[] { pair.A, pair.B }.Select(node => $"{node.Host.Name}: {Resident(node):0.0} MiB"))}");

    private static double Resident(Node node) => node.DaemonProcesses().Sum(LabHost.ResidentBytes) / (1024.0 * 1024);
}
