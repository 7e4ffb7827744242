namespace AkkaFailover.Lab.Scenarios;

/// <summary>The runs of one fault with one contender, in a lab of their own.</summary>
/// <param name="Contender">Who fails over.</param>
/// <param name="Fault">The fault; null for what the pair takes at rest.</param>
/// <param name="Runs">How many.</param>
public sealed record BenchJob(Contender Contender, Fault? Fault, int Runs)
{
    // For a daemon of ours that starts, joins and comes to rest; and for a pair that only has to be looked at.
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(7), RestTime = TimeSpan.FromSeconds(3);

    /// <summary>The fault's key, or that of the cost.</summary>
    public string Key => Fault?.Key ?? NodeCost.Key;

    /// <summary>
    /// Whether nothing else may run meanwhile: for what is counted in milliseconds, and where a daemon of ours starts before each run, which takes all
    /// cores for a second. The others wait for seconds in which nothing starts.
    /// </summary>
    public bool IsAlone => Fault is null || Fault.Outcome == Outcome.HandsOver || (Contender.IsOurs && (Fault.EndsDaemon || Fault.Outcome == Outcome.Moves));

    /// <summary>How long a run takes, as far as it is known before.</summary>
    public TimeSpan Expected => Fault is null ? StartTime + NodeCost.Window
        : Fault.Lasts + Fault.Watch + (Contender.IsOurs && Fault.EndsDaemon ? StartTime : RestTime) + (Fault.Outcome == Outcome.Stays ? TimeSpan.Zero : Contender.Timing.Heartbeat.Deadline);
}
