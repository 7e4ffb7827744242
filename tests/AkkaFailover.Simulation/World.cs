using System.Runtime.CompilerServices;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Simulation;

/// <summary>
/// Two hosts, a LAN, a cluster link and virtual time: the real decisions under a network that loses, delays, duplicates
/// and cuts, on hosts that crash, hang and come back. One seed is one story; the same seed tells it again.
/// </summary>
public sealed class World
{
    // Long after zero: nothing that never happened was lately.
    private static readonly Moment Beginning = new(1_000_000_000_000);
    private static readonly DateTimeOffset WallAtBeginning = DateTimeOffset.UnixEpoch.AddYears(50);
    private readonly PriorityQueue<(Action Action, IRuns? Of, int Run), (Moment At, long Order)> _events = new();
    private readonly List<string> _story = [];
    private readonly HashSet<Term> _terms = [];
    private readonly Invariants _invariants;
    private long _order;

    /// <summary>A world for a seed; the nodes' timings may differ.</summary>
    public World(int seed, PairTiming timing, Traits traits, bool tells = true, Decisions? decisions = null)
    {
        (Seed, Tells, Traits, Decisions) = (seed, tells, traits, decisions ?? Decisions.Real);
        Random = new Random(seed);
        Timing = timing.OfA.Deadline > timing.OfB.Deadline ? timing.OfA : timing.OfB;
        (Lan, Link) = (new Lan(this), new Path(this, "link"));
        _invariants = new Invariants(this);
        var (a, b) = (NodeName.Parse("a"), NodeName.Parse("b"));
        Nodes = [new Host(this, 0, a, b, timing.OfA), new Host(this, 1, b, a, timing.OfB)];
        if (!traits.Replica) return;
        Acknowledged = new Acknowledgements(this);
        foreach (var node in Nodes) node.Replicate(Acknowledged);
    }

    public int Seed { get; }

    /// <summary>Whether the story is kept.</summary>
    public bool Tells { get; }

    public Traits Traits { get; }

    public Decisions Decisions { get; }

    public Random Random { get; }

    /// <summary>The slower node's.</summary>
    public HeartbeatTiming Timing { get; }

    public Moment Now { get; private set; } = Beginning;

    /// <summary>The time that has passed.</summary>
    public TimeSpan Lived => Now - Beginning;

    /// <summary>What the time of day is; a host's own clock may be wrong.</summary>
    public DateTimeOffset Wall => WallAtBeginning + Lived;

    public Lan Lan { get; }

    public Path Link { get; }

    public IReadOnlyList<Path> Paths => [Lan, Link];

    public Host[] Nodes { get; }

    /// <summary>What clients were told; null without replicas.</summary>
    public Acknowledgements? Acknowledged { get; }

    /// <summary>Clients write.</summary>
    public bool ClientsWrite { get; set; } = true;

    /// <summary>How many events have been run.</summary>
    public long Events { get; private set; }

    /// <summary>What happened.</summary>
    public IReadOnlyList<string> Story => _story;

    public Host Other(Host host) => Nodes[1 - host.Index];

    public TimeSpan Between(double fromMilliseconds, double toMilliseconds) =>
        TimeSpan.FromMilliseconds(fromMilliseconds + (Random.NextDouble() * (toMilliseconds - fromMilliseconds)));

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    public void After(TimeSpan delay, Action action) => _events.Enqueue((action, null, 0), (Now + delay, _order++));

    /// <summary>Something for this run of a part; a later run never sees it.</summary>
    public void After(TimeSpan delay, IRuns of, Action action) => _events.Enqueue((action, of, of.Run), (Now + delay, _order++));

    public void Tell([InterpolatedStringHandlerArgument("")] StoryLine line)
    {
        if (Tells) _story.Add($"{Lived.TotalSeconds,8:0.000} {line.Text()}");
    }

    /// <summary>A fault begins or ends.</summary>
    public void Happens([InterpolatedStringHandlerArgument("")] StoryLine line)
    {
        _invariants.CalmFrom(Now);
        Tell(line);
    }

    /// <summary>The story begins here.</summary>
    public void Forget() => _story.Clear();

    /// <summary>Runs until a moment; the invariants are looked at after every event.</summary>
    public void RunFor(TimeSpan duration)
    {
        var end = Now + duration;
        while (_events.TryPeek(out _, out var next) && next.At <= end)
        {
            var (action, of, run) = _events.Dequeue();
            Now = next.At;
            Events++;
            if (of is null || of.Run == run) action();
            _invariants.Check();
        }
        Now = end;
    }

    /// <summary>Something changed that the transport of the link may notice.</summary>
    public void LinkMayDiffer()
    {
        foreach (var node in Nodes) node.LinkMayDiffer();
    }

    /// <summary>Adverts with a term begin: no node has ever begun to advertise with it.</summary>
    public void Advertises(Host host, Term term) => Require(_terms.Add(term), $"{host.Name} advertises with term {term}, which has been used before");

    public void Require(bool condition, string complaint)
    {
        if (!condition) throw new InvariantException(this, complaint);
    }

    public void Require(bool condition, [InterpolatedStringHandlerArgument("condition")] Complaint complaint)
    {
        if (!condition) throw new InvariantException(this, complaint.Text());
    }

    /// <summary>A host has sent a frame that has not arrived yet, on whatever path.</summary>
    public void Misses(Host from) => _invariants.Misses(from);

    /// <summary>A frame of a host has arrived, on whatever path.</summary>
    public void Hears(Host from, Moment sent) => _invariants.Hears(from, sent);

    /// <summary>A host changes its role.</summary>
    public void Moves(Host host, RoleChange change) => _invariants.Moves(host, change);

    /// <summary>A host comes, goes, or stands still: that nothing of it was heard, or nothing by it, is no fault of the paths.</summary>
    public void Quiet()
    {
        _invariants.Quiet();
        foreach (var path in Paths) path.Quiet();
    }

    /// <inheritdoc cref="Invariants.ShowsInVain"/>
    public bool ShowsInVain(int host, Moment? missing) => _invariants.ShowsInVain(host, missing);

    /// <summary>Whether a silence is nearly as long as a deadline.</summary>
    public bool IsLong(Moment? since) => _invariants.IsLong(since);
}

/// <summary>Something that dies and is started again.</summary>
public interface IRuns
{
    /// <summary>How often it was.</summary>
    int Run { get; }
}

/// <summary>An invariant is broken; the message is the story.</summary>
public sealed class InvariantException(World world, string complaint)
    : Exception($"seed {world.Seed}, after {world.Lived.TotalSeconds:0.000} s: {complaint}\n{string.Join('\n', world.Story.TakeLast(60))}");
