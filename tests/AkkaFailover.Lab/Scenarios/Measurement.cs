namespace AkkaFailover.Lab.Scenarios;

/// <summary>What one run of one fault showed; times in milliseconds.</summary>
/// <param name="Fault">The fault's key.</param>
/// <param name="Timing">The key of the heartbeat's timing.</param>
/// <param name="Daemon">akka-failover, ucarp or keepalived.</param>
/// <param name="ClaimedMs">From the fault to the address in the other node's kernel; null where it never came there.</param>
/// <param name="MovedMs">From the fault to the client's first answer from the other node; null where it never answered.</param>
/// <param name="OutageMs">The client's longest time without an answer.</param>
/// <param name="OutsideOutageMs">The same for the client behind the router.</param>
/// <param name="HeldByBothMs">How long both kernels had the address.</param>
/// <param name="AnsweredByBothMs">How long both answered ARP requests for it.</param>
/// <param name="HeldByBothAtEnd">Both still had it when the observation ended.</param>
/// <param name="Holder">Who had it at the end: old, new, both or nobody.</param>
/// <param name="Takeovers">How often the address came into a kernel after the fault.</param>
/// <param name="LastClaim">Where the time of the claim went, as the new holder says; empty where it does not.</param>
public sealed record Measurement(
    string Fault,
    string Timing,
    string Daemon,
    double? ClaimedMs,
    double? MovedMs,
    double OutageMs,
    double OutsideOutageMs,
    double HeldByBothMs,
    double AnsweredByBothMs,
    bool HeldByBothAtEnd,
    string Holder,
    int Takeovers,
    string LastClaim)
{
    /// <summary>How late the lab's own real-time threads were at worst, in milliseconds: so long the machine stood still, and not a daemon.</summary>
    public double LateMs { get; init; }

    /// <summary>From the last advert of the old holder that left its host, as the client's host received it, to the address in the other node's kernel, in milliseconds; null where there was none, or no claim.</summary>
    public double? SilentMs { get; init; }

    /// <summary>Whether one node alone has the address at the end, the right one, and it moved once, or not at all where nothing should.</summary>
    public bool EndsAs(Outcome outcome) => outcome == Outcome.Stays ? this is { Holder: "old", Takeovers: 0, MovedMs: null } : this is { Holder: "new", Takeovers: 1 };
}

/// <summary>Several runs of one fault.</summary>
/// <param name="Runs">At least one.</param>
public sealed record Series(IReadOnlyList<Measurement> Runs)
{
    /// <summary>Median of what counts for a fault; null where the address did not move in most runs.</summary>
    public double? Median(Outcome outcome)
    {
        var median = Statistics.Median(Runs.Select(run => Value(run, outcome)));
        return double.IsFinite(median) ? median : null;
    }

    /// <summary>The worst of what counts for a fault; null where the address did not move in some run.</summary>
    public double? Worst(Outcome outcome) => Runs.Max(run => Value(run, outcome)) is var worst && double.IsFinite(worst) ? worst : null;

    /// <summary>The longest time that both kernels had the address.</summary>
    public double HeldByBothMs => Runs.Max(run => run.HeldByBothMs);

    /// <summary>What counts for a fault, in milliseconds, an outage after the move too; infinite where the address did not move.</summary>
    public static double Value(Measurement run, Outcome outcome) => outcome switch
    {
        Outcome.Moves or Outcome.MovesForGood => run.MovedMs is { } moved ? Math.Max(moved, run.OutageMs) : double.PositiveInfinity,
        _ => run.OutageMs,
    };
}
