using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>Does jobs in labs of their own: first those that must be alone, then the others beside each other.</summary>
/// <param name="jobs">What is to be measured.</param>
/// <param name="labs">How many labs there are at one time, for jobs that need not be alone.</param>
/// <param name="lossSeconds">For the report.</param>
/// <param name="keep">Has the report so far after each job: what was measured in hours is not lost with the last minute.</param>
internal sealed class BenchRun(IReadOnlyList<BenchJob> jobs, int labs, double lossSeconds, Action<BenchReport> keep)
{
    // Beyond every promise of the table.
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    // A daemon that does not come to rest needs most of a minute to show it; what it did twice it would do again.
    private const int Patience = 2;
    private readonly Lock _lock = new();
    private readonly BenchProgress _progress = new(jobs, labs);
    private readonly string _commit = Machine.CommitOf(Artifacts.Folder); // now: the working copy may move on before the end
    private readonly List<NodeCost> _costs = [];
    private readonly List<Measurement> _runs = [];
    private readonly List<FailedRun> _failed = [];

    /// <summary>Measures everything.</summary>
    public async Task<BenchReport> Run(CancellationToken stop)
    {
        foreach (var job in jobs.Where(job => job.IsAlone)) await Do(job, stop);
        // The longest first, or the last would run with all other labs done.
        var others = jobs.Where(job => !job.IsAlone).OrderByDescending(job => job.Runs * job.Expected);
        await Parallel.ForEachAsync(others, new ParallelOptions { MaxDegreeOfParallelism = labs, CancellationToken = stop }, async (job, _) => await Do(job, stop));
        lock (_lock) return Report();
    }

    private async Task Do(BenchJob job, CancellationToken stop)
    {
        using var lab = LabNetwork.Create();
        using var observer = new Observer(lab);
        var (a, b) = job.Contender.Prepare(lab);
        var pair = new LabPair(lab, observer, a, b);
        var failures = 0;
        for (var run = 1; run <= job.Runs && failures < Patience; run++)
        {
            var began = LabClock.Now;
            string result;
            try
            {
                result = job.Fault is null ? await MeasureCost(pair, job, stop) : await Measure(pair, job, job.Fault, stop);
            }
            catch (LabException e)
            {
                failures++;
                result = $"not measured: {e.Message}";
                lock (_lock) _failed.Add(new FailedRun(job.Contender.Daemon, job.Contender.Timing.Key, job.Key, e.Message.Split('\n', 2)[0]));
                pair.Clear();
            }
            lock (_lock)
            {
                _progress.Add(job, LabClock.Now - began);
                Console.WriteLine($"{_progress} {job.Contender.Daemon}, {job.Contender.Timing.Key}, {job.Key} {run}/{job.Runs}: {result}");
            }
        }
        lock (_lock)
        {
            _progress.End(job);
            keep(Report());
        }
    }

    private async Task<string> Measure(LabPair pair, BenchJob job, Fault fault, CancellationToken stop)
    {
        var measured = await FaultRun.Measure(pair, fault, job.Contender.Daemon, job.Contender.Timing.Key).WaitAsync(stop);
        lock (_lock) _runs.Add(measured);
        var text = $"claimed {measured.ClaimedMs:0} ms, moved {measured.MovedMs:0} ms, outage {measured.OutageMs:0} ms, held by both {measured.HeldByBothMs:0} ms, "
            + $"takeovers {measured.Takeovers}, at the end: {measured.Holder}{(measured.LastClaim.Length > 0 ? $" ({measured.LastClaim})" : "")}";
        // What took so long has to be found, and the next run overwrites its traces.
        return job.Contender.IsOurs && (measured.MovedMs > Slow.TotalMilliseconds || !measured.EndsAs(fault.Outcome)) ? $"{text}\n{pair.Describe()}" : text;
    }

    private async Task<string> MeasureCost(LabPair pair, BenchJob job, CancellationToken stop)
    {
        var cost = await NodeCost.Measure(pair, job.Contender).WaitAsync(stop);
        lock (_lock) _costs.Add(cost);
        return $"{cost.Cores:0.000} cores, {cost.NodeMebibytes:0} MiB";
    }

    private BenchReport Report() => new(_commit, Machine.Describe(), DateOnly.FromDateTime(DateTime.UtcNow), lossSeconds, [.. _costs], [.. _runs], [.. _failed]);
}
