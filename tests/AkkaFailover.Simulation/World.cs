using System.Runtime.CompilerServices;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Simulation;

/// <summary>
/// Two hosts, a LAN, a cluster link and virtual time: the real election under a network that loses, delays, duplicates
/// and cuts, on hosts that crash, hang and come back. One seed is one story; the same seed tells it again.
/// </summary>
public sealed class World
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(5);
    private static readonly Moment Beginning = new(1_000_000_000);
    private readonly PriorityQueue<Action, (Moment At, long Order)> _events = new();
    private readonly List<string> _story = [];
    private readonly HashSet<Term> _claims = [];
    private readonly Moment?[] _unheard = new Moment?[2];
    private Moment _lastSilence = Moment.Zero;
    private long _order;
    private Moment? _bothSince;

    /// <summary>A world for a seed; the nodes' timings may differ.</summary>
    public World(int seed, HeartbeatTiming timingOfA, HeartbeatTiming timingOfB, bool tells = true)
    {
        Seed = seed;
        Tells = tells;
        Random = new Random(seed);
        Timing = timingOfA.Deadline > timingOfB.Deadline ? timingOfA : timingOfB;
        NearlyADeadline = Timing.Deadline - (Timing.Interval * 1.6);
        (Lan, Link) = (new Path(this, "lan"), new Path(this, "link"));
        var (a, b) = (NodeName.Parse("a"), NodeName.Parse("b"));
        Nodes = [new Host(this, a, b, timingOfA), new Host(this, b, a, timingOfB)];
    }

    public int Seed { get; }

    /// <summary>Whether the story is kept.</summary>
    public bool Tells { get; }

    public Random Random { get; }

    /// <summary>The slower node's.</summary>
    public HeartbeatTiming Timing { get; }

    /// <summary>Who lost all frames for so long may have lost all that count in a deadline.</summary>
    public TimeSpan NearlyADeadline { get; }

    public Moment Now { get; private set; } = Beginning;

    /// <summary>The time that has passed.</summary>
    public TimeSpan Lived => Now - Beginning;

    public Path Lan { get; }

    public Path Link { get; }

    public IReadOnlyList<Path> Paths => [Lan, Link];

    public Host[] Nodes { get; }

    /// <summary>How many events have been run.</summary>
    public long Events { get; private set; }

    /// <summary>What happened.</summary>
    public IReadOnlyList<string> Story => _story;

    public Host Other(Host host) => ReferenceEquals(host, Nodes[0]) ? Nodes[1] : Nodes[0];

    public TimeSpan Between(double fromMilliseconds, double toMilliseconds) =>
        TimeSpan.FromMilliseconds(fromMilliseconds + (Random.NextDouble() * (toMilliseconds - fromMilliseconds)));

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public void After(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, _order++));

    public void Tell([InterpolatedStringHandlerArgument("")] StoryLine line)
    {
        if (Tells) _story.Add($"{Lived.TotalSeconds,8:0.000} {line.Text()}");
    }

    /// <summary>The story begins here.</summary>
    public void Forget() => _story.Clear();

    /// <summary>Runs until a moment; the invariants are looked at after every event.</summary>
    public void RunFor(TimeSpan duration)
    {
        var end = Now + duration;
        while (_events.TryPeek(out _, out var next) && next.At <= end)
        {
            var action = _events.Dequeue();
            Now = next.At;
            Events++;
            action();
            CheckHolders();
        }
        Now = end;
    }

    /// <summary>Something changed that the transport of the link may notice.</summary>
    public void LinkMayDiffer()
    {
        foreach (var node in Nodes) node.LinkMayDiffer();
    }

    public void Claimed(Host host, Term term)
    {
        Require(_claims.Add(term), $"{host.Name} claims with term {term}, which has been used before");
    }

    public void Require(bool condition, string complaint)
    {
        if (!condition) throw new InvariantException(this, complaint);
    }

    /// <summary>A host has tried to send a frame, on whatever path.</summary>
    public void Tried(Host from, bool passed)
    {
        var index = IndexOf(from);
        _unheard[index] = passed ? null : _unheard[index] ?? Now;
    }

    /// <summary>A host is not there or does not run: that nothing of it is heard is no fault of the paths.</summary>
    public void Quiet(Host host) => _unheard[IndexOf(host)] = null;

    /// <summary>Never two holders, unless every frame that was tried one way was lost for nearly a deadline, on all paths together or on each, lately.</summary>
    private void CheckHolders()
    {
        Lan.Observe();
        Link.Observe();
        if (IsLong(_unheard[0]) || IsLong(_unheard[1])) _lastSilence = Now;
        if (!Nodes[0].Answers || !Nodes[1].Answers)
        {
            _bothSince = null;
            return;
        }
        _bothSince ??= Now;
        var excused = (Recent(Lan.LastOutage) && Recent(Link.LastOutage)) || Recent(_lastSilence);
        if (!excused && Now - _bothSince.Value > Tolerance) Require(false, "two holders");
        if (excused) _bothSince = Now;
    }

    /// <summary>Whether a silence is nearly as long as a deadline.</summary>
    public bool IsLong(Moment? since) => since is { } from && Now - from >= NearlyADeadline;

    private int IndexOf(Host host) => ReferenceEquals(host, Nodes[0]) ? 0 : 1;

    private bool Recent(Moment outage) => Now - outage < (Timing.Deadline * 2) + TimeSpan.FromMilliseconds(100);
}

/// <summary>An invariant is broken; the message is the story.</summary>
public sealed class InvariantException(World world, string complaint)
    : Exception($"seed {world.Seed}: {complaint}\n{string.Join('\n', world.Story.TakeLast(60))}");
