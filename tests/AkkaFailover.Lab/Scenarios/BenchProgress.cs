namespace AkkaFailover.Lab.Scenarios;

/// <summary>How far a benchmark is, and when it is likely to end. Not safe for threads of its own.</summary>
/// <param name="jobs">All that is to be done.</param>
/// <param name="labs">How many of the jobs that need not be alone are done at one time.</param>
internal sealed class BenchProgress(IReadOnlyList<BenchJob> jobs, int labs)
{
    private readonly Dictionary<BenchJob, (int Runs, TimeSpan Took)> _done = [];
    private readonly HashSet<BenchJob> _ended = [];

    /// <summary>A run is over, measured or not.</summary>
    public void Add(BenchJob job, TimeSpan took)
    {
        var (runs, before) = _done.GetValueOrDefault(job);
        _done[job] = (runs + 1, before + took);
    }

    /// <summary>No further run of a job will be done.</summary>
    public void End(BenchJob job) => _ended.Add(job);

    /// <summary>How much time the rest is likely to take.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var alone = Sum(jobs.Where(job => job.IsAlone));
            var others = jobs.Where(job => !job.IsAlone).Select(RemainingOf).ToList();
            var beside = TimeSpan.FromTicks(others.Sum(each => each.Ticks) / labs);
            // The longest of them is in one lab.
            return alone + (others.Count > 0 && others.Max() > beside ? others.Max() : beside);
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var (done, all) = (_done.Values.Sum(each => each.Runs), jobs.Sum(job => job.Runs));
        return $"[{done} of {all} runs, until about {DateTime.Now + Remaining:HH:mm}]";
    }

    private TimeSpan Sum(IEnumerable<BenchJob> some) => TimeSpan.FromTicks(some.Sum(job => RemainingOf(job).Ticks));

    // What this fault took with this daemon so far tells more than what was thought.
    private TimeSpan RemainingOf(BenchJob job)
    {
        if (_ended.Contains(job)) return TimeSpan.Zero;
        var (runs, took) = _done.GetValueOrDefault(job);
        var left = job.Runs - runs;
        if (runs > 0) return left * (took / runs);
        var alike = _done.Where(each => each.Key.Fault == job.Fault && each.Key.Contender.Daemon == job.Contender.Daemon).Select(each => each.Value).ToList();
        return left * (alike.Count > 0 ? TimeSpan.FromTicks(alike.Sum(each => each.Took.Ticks)) / alike.Sum(each => each.Runs) : job.Expected);
    }
}
