using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Chaos;

/// <summary>A fault with what chance chose for it.</summary>
/// <param name="Fault">Its kind.</param>
/// <param name="Draw">What chance chose.</param>
/// <param name="Began">Before it was caused.</param>
internal sealed record Cast(ChaosFault Fault, Draw Draw, Moment Began)
{
    /// <summary>The role must not move because of it.</summary>
    public bool Stays => (!Draw.IsActive && !Fault.MovesByStandby) || Fault.Stays || Fault.StaysFor(Draw);

    /// <summary>The role must move because of it.</summary>
    public bool Moves => Draw.IsActive && Draw.Length.TotalSeconds >= Fault.MovesFrom;

    /// <summary>For people.</summary>
    public override string ToString() => $"{Fault.Words}{(Fault.Loses != Paths.None ? $" of {Draw.Percent} %" : "")} {Draw}";

    /// <summary>The longest outage that it may cause, by itself.</summary>
    public TimeSpan Bound(bool together) => TimeSpan.FromSeconds(together ? Math.Max(Fault.OfActive, Fault.OfStandby) + Fault.Prolongs : Draw.IsActive ? Fault.OfActive : Fault.OfStandby);

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
/// <param name="Trouble">What was seen besides: daemons that ended although nothing ended them, and so on.</param>
internal sealed record Evidence(IReadOnlyList<Cast> Casts, Moment Began, Moment Mended, double Pace, Record Record, TimeSpan Late, string Before, string After,
    IReadOnlyList<HistoryEvent> Events, IReadOnlyList<string> Trouble)
{
    private static readonly HashSet<MacAddress> NodeStations = [.. LabTopology.Hosts.Where(host => host.Name is "a" or "b").Select(host => host.Cables[0].Mac)];

    public IReadOnlyList<Holding> Holdings => Observation.Holdings.Of(Record.Changes, Record.To);

    /// <summary>Answers of the nodes; a stranger's do not count.</summary>
    public IReadOnlyList<Answer> Answers => [.. Record.Pings.Where(answer => NodeStations.Contains(answer.From))];

    /// <summary>The client's longest time without an answer of a node.</summary>
    public TimeSpan Outage => Observation.Outage.LongestGap(Answers, Began, Record.To);

    /// <summary>The longest time without a holder.</summary>
    public TimeSpan Nobody => Observation.Holdings.LongestWithoutHolder(Holdings, Began, Record.To);

    /// <summary>How long both held the address, in a partition too.</summary>
    public TimeSpan HeldByBoth => Observation.Holdings.HeldByBoth(Holdings);

    /// <summary>How long both answered, outside a partition and what it takes to end it; a stranger does not count.</summary>
    public TimeSpan AnsweredByBoth => Observation.Outage.AnsweredByBoth([.. Record.Arps.Where(answer => NodeStations.Contains(answer.From) && !InPartition(answer.At))]);

    /// <summary>Whether faults end both daemons.</summary>
    public static bool EndsBoth(IEnumerable<Cast> casts) => casts.SelectMany(cast => cast.In(cast.Fault.Ends)).Distinct().Count() == 2;

    public bool Together => Casts.Count > 1;

    /// <summary>Since when no path between the nodes was whole, of one fault or of two together; null where one always was. All faults are mended together, so that it is so until then.</summary>
    public Moment? PartedAt
    {
        get
        {
            var broken = Paths.None;
            foreach (var cast in Casts)
            {
                broken |= cast.Fault.Breaks;
                if (broken == Paths.All) return cast.Began;
            }
            return null;
        }
    }

    /// <summary>By when one of them has given way after a partition.</summary>
    public Moment HealedAt => Mended + (2 * Timing.Default.Heartbeat.Deadline) + Margin;

    /// <summary>Both may be active: no path is whole, or one of them has still to give way.</summary>
    public bool InPartition(Moment at) => at > PartedAt && at < HealedAt;

    /// <summary>The role may have to move, or did in a partition.</summary>
    public bool MayMove(Moment at) => InPartition(at) || (at > UnheardSince(Before) && at < HealedAt);

    /// <summary>The holder may have been as a dead host to the other one, and holds until it has heard the claim.</summary>
    public bool HeldUnheard(Moment from, Moment to) => from < Mended && Holdings.Any(holding => holding.From < from && holding.To >= to && from > UnheardSince(holding.Host));

    /// <summary>How long that takes, in all.</summary>
    public TimeSpan UntilHeard => TimeSpan.FromSeconds(Casts.Any(cast => cast.Fault is { Mutes: true, Deafens: true }) ? ChaosFaults.ClaimIsSentAgain : ChaosFaults.ClaimIsHeard) + Margin;

    /// <summary>Since when what a node sends on the LAN has not reached the other one, while the link lost frames: a stream that loses one twice is silent for a deadline. Null where it always did.</summary>
    private Moment? UnheardSince(string host)
    {
        var unheard = Casts.FirstOrDefault(cast => cast.Draw.Node.Host.Name == host ? cast.Fault.Mutes : cast.Fault.Deafens);
        var loss = Casts.FirstOrDefault(cast => cast.Fault.Loses.HasFlag(Paths.Link));
        return unheard is null || loss is null ? null : Moment.Max(unheard.Began, loss.Began);
    }

    /// <summary>What the machine may add to every bound: how long it let a thread of ordinary priority wait, and half a second where a daemon has to start before anybody can be there.</summary>
    public TimeSpan Margin => Late + (Starts ? TimeSpan.FromSeconds(0.5) : TimeSpan.FromSeconds(0.05));

    /// <summary>What counts as nobody being there: where the client's own packets are lost, that nobody holds the address, and what comes once they are not.</summary>
    public TimeSpan Judged => Longer(Nobody, Casts.Any(cast => cast.Fault.BlindsClient) ? Observation.Outage.LongestGap(Answers, Mended, Record.To) : Outage);

    /// <summary>Nobody is there before a daemon has started, or a node has come back.</summary>
    private bool Starts => NoneLeft || EndsBoth(Casts);

    private bool NoneLeft => Together && Casts.SelectMany(cast => cast.In(cast.Fault.Fells)).Distinct().Count() == 2;

    /// <summary>How long that may be. Of faults that overlap the sum: each may hit who has just taken over; and until a start after their end where they left no healthy node.</summary>
    public TimeSpan Bound
    {
        get
        {
            var bound = Casts.Aggregate(TimeSpan.Zero, (sum, cast) => sum + cast.Bound(Together));
            if (NoneLeft || Casts.Any(cast => cast.Fault.LastsAsLong)) bound += Mended - Began;
            return Starts ? bound + (Pace * ChaosFaults.Start) : bound;
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
