using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Chaos;

/// <summary>A fault with what chance chose for it.</summary>
internal sealed record Cast(ChaosFault Fault, Draw Draw)
{
    /// <summary>For people.</summary>
    public override string ToString() => $"{Fault.Words}{(Fault.BlindsClient || Fault.Key == "loss-link" ? $" of {Draw.Percent} %" : "")} {Draw}";

    /// <summary>The longest outage that it may cause, by itself.</summary>
    public TimeSpan Bound(bool together) => TimeSpan.FromSeconds(together ? Math.Max(Fault.OfActive, Fault.OfStandby) : Draw.IsActive ? Fault.OfActive : Fault.OfStandby);

    /// <summary>The names of the nodes in reach.</summary>
    public IEnumerable<string> In(Reach reach) => reach switch
    {
        Reach.Both => ["a", "b"],
        Reach.Target => [Draw.Node.Host.Name],
        _ => [],
    };
}

/// <summary>All that was seen of one fault, or of two that overlapped.</summary>
/// <param name="Casts">What was done.</param>
/// <param name="Began">Before the first thing was done.</param>
/// <param name="Mended">When all of it had been mended and every daemon was started again.</param>
/// <param name="Pace">How slow the machine was at starts when both daemons had to be started; 1 where they had not.</param>
/// <param name="Record">From the rest before to the rest after.</param>
/// <param name="Late">How long the machine let a thread of ordinary priority wait at worst.</param>
/// <param name="Before">Who held the address before.</param>
/// <param name="After">Who holds it now.</param>
/// <param name="Events">Both nodes' history, in the order of time.</param>
/// <param name="Ended">Daemons that ended although nothing ended them.</param>
internal sealed record Evidence(IReadOnlyList<Cast> Casts, Moment Began, Moment Mended, double Pace, Record Record, TimeSpan Late, string Before, string After,
    IReadOnlyList<HistoryEvent> Events, IReadOnlyList<string> Ended)
{
    private static readonly HashSet<MacAddress> NodeStations = [.. LabTopology.Hosts.Where(host => host.Name is "a" or "b").Select(host => host.Cables[0].Mac)];

    public IReadOnlyList<Holding> Holdings { get; } = Observation.Holdings.Of(Record.Changes, Record.To);

    /// <summary>Answers of the nodes; a stranger's do not count.</summary>
    public IReadOnlyList<Answer> Answers { get; } = [.. Record.Pings.Where(answer => NodeStations.Contains(answer.From))];

    /// <summary>The client's longest time without an answer of a node.</summary>
    public TimeSpan Outage => Observation.Outage.LongestGap(Answers, Began, Record.To);

    /// <summary>The longest time without a holder.</summary>
    public TimeSpan Nobody => Observation.Holdings.LongestWithoutHolder(Holdings, Began, Record.To);

    public TimeSpan HeldByBoth => Observation.Holdings.HeldByBoth(Holdings);

    public TimeSpan AnsweredByBoth => Observation.Outage.AnsweredByBoth([.. Record.Arps.Where(answer => NodeStations.Contains(answer.From))]);

    /// <summary>Whether faults end both daemons.</summary>
    public static bool EndsBoth(IEnumerable<Cast> casts) => casts.SelectMany(cast => cast.In(cast.Fault.Ends)).Distinct().Count() == 2;

    public bool Together => Casts.Count > 1;

    /// <summary>No path between the nodes was whole, or all might have been broken at the same time.</summary>
    public bool IsPartition => Casts.Any(cast => cast.Fault.IsPartition)
        || (Together && Casts.Aggregate(Paths.None, (broken, cast) => broken | cast.Fault.Breaks) == Paths.All);

    /// <summary>What counts as nobody being there: where the client's own packets are lost, that nobody holds the address.</summary>
    public TimeSpan Judged => Casts.Any(cast => cast.Fault.BlindsClient) ? Nobody : Outage;

    /// <summary>How long that may be. Of faults that overlap the sum: each may hit who has just taken over; and until a start after their end where they left no healthy node.</summary>
    public TimeSpan Bound
    {
        get
        {
            var bound = Casts.Aggregate(TimeSpan.Zero, (sum, cast) => sum + cast.Bound(Together));
            var noneLeft = Together && Casts.SelectMany(cast => cast.In(cast.Fault.Fells)).Distinct().Count() == 2;
            if (noneLeft || Casts.Any(cast => cast.Fault.LastsAsLong)) bound += Mended - Began;
            return noneLeft || EndsBoth(Casts) ? bound + (Pace * ChaosFaults.Start) : bound;
        }
    }
}
