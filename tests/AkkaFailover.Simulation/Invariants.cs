using AkkaFailover.Core;

namespace AkkaFailover.Simulation;

/// <summary>What must hold after every event: never two holders that could know of each other, and never none for long.</summary>
public sealed class Invariants(World world)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LeastDeadline = TimeSpan.FromMilliseconds(700);
    private readonly TimeSpan _nearlyADeadline = world.Timing.Deadline - (world.Timing.Interval * 1.6);
    private readonly TimeSpan _longestNone = LongestNone(world.Timing.Deadline);
    private readonly Moment?[] _unheard = new Moment?[2];
    private readonly Moment?[] _alone = new Moment?[2];
    private readonly TimeSpan[] _reckoned = new TimeSpan[2];
    private Moment _lastSilence = Moment.Zero;
    private Moment _calmFrom;
    private Moment _servedUntil;
    private Moment? _bothSince;
    private bool _bothExcused;

    /// <summary>Something that is no decision of the nodes happens.</summary>
    public void CalmFrom(Moment now) => _calmFrom = now;

    /// <summary>A host has tried to send a frame, on whatever path.</summary>
    public void Tried(Host from, bool passed) => _unheard[from.Index] = passed ? null : _unheard[from.Index] ?? world.Now;

    /// <summary>A host is not there or does not run: that nothing of it is heard is no fault of the paths.</summary>
    public void Quiet(Host host) => _unheard[host.Index] = null;

    /// <summary>Who lost all frames for so long may have lost all that count in a deadline.</summary>
    public bool IsLong(Moment? since) => since is { } from && world.Now - from >= _nearlyADeadline;

    /// <summary>Looks at both.</summary>
    public void Check()
    {
        world.Lan.Observe();
        world.Link.Observe();
        if (IsLong(_unheard[0]) || IsLong(_unheard[1])) _lastSilence = world.Now;
        if (world.Traits.Witness)
        {
            foreach (var node in world.Nodes) NoteAlone(node);
        }
        CheckTwo();
        CheckNone();
    }

    /// <summary>Since when it has reached nobody, and the longest deadline that it has reckoned with since: it is shorter once the other one has greeted.</summary>
    private void NoteAlone(Host node)
    {
        var reaches = (world.Lan.WitnessAlive && world.Lan.ReachesOthers(node)) || world.Lan.ReachesPeer(node);
        _reckoned[node.Index] = reaches || node.Deadline > _reckoned[node.Index] ? node.Deadline : _reckoned[node.Index];
        _alone[node.Index] = reaches ? null : _alone[node.Index] ?? world.Now;
    }

    /// <summary>
    /// Never two holders, unless every frame that was tried one way was lost for nearly a deadline, on all paths together or on each, lately. With a witness not even then, where one of them has
    /// reached neither it nor the other one's station for long. What began so may last as long as the kernel of a host whose daemon and guard are dead keeps the address.
    /// </summary>
    private void CheckTwo()
    {
        if (!world.Nodes[0].Answers || !world.Nodes[1].Answers)
        {
            (_bothSince, _bothExcused) = (null, false);
            return;
        }
        _bothSince ??= world.Now;
        var apart = (Recent(world.Lan.LastOutage) && Recent(world.Link.LastOutage)) || Recent(_lastSilence);
        var excused = (apart && !world.Nodes.Any(IsAlone))
            || (_bothExcused && world.Nodes.Any(node => node is { DaemonAlive: false, GuardAlive: false }));
        if (!excused && world.Now - _bothSince.Value > Tolerance) world.Require(false, "two holders");
        if (excused) (_bothSince, _bothExcused) = (world.Now, true);
    }

    /// <summary>
    /// While nothing happens, and a node could serve, somebody does within four deadlines and two seconds, of those that it
    /// reckons with: 0.7 s each at least, for a link that is cut one way is given up after its own silence of up to 3.5 s.
    /// </summary>
    private void CheckNone()
    {
        if (Serves(world.Nodes[0]) || Serves(world.Nodes[1])) _servedUntil = world.Now;
        var from = Moment.Max(_servedUntil, _calmFrom);
        if (world.Now - from <= _longestNone) return;
        foreach (var node in world.Nodes)
        {
            var fit = node.FitSince is { } since && world.Now - Moment.Max(from, since) > LongestNone(node.Deadline) && world.Lan.ReachesOthers(node)
                && (!world.Traits.Witness || world.Lan.WitnessAlive);
            world.Require(!fit || IsKeptAway(node), $"nobody serves for {(world.Now - from).TotalSeconds:0.0} s, although {node.Name} could");
        }
    }

    /// <summary>
    /// An active that nothing reaches on the LAN, and that is heard there, keeps the other one away. What tells it so is the cluster link, or a witness that
    /// does not answer: without both it cannot know that anybody could serve in its place.
    /// </summary>
    private bool IsKeptAway(Host node) =>
        world.Other(node) is { Answers: true } active && world.Lan.IsHeardOnly(active) && !world.Link.Whole && !world.Traits.Witness;

    /// <summary>A node that runs and has reached neither the witness nor the other one's station for so long that it must have noticed.</summary>
    private bool IsAlone(Host node) => node.DaemonAlive && _alone[node.Index] is { } since && world.Now - since > (_reckoned[node.Index] * 2) + TimeSpan.FromSeconds(1);

    private bool Serves(Host host) => host.Answers && world.Lan.ReachesOthers(host);

    private static TimeSpan LongestNone(TimeSpan deadline) => ((deadline > LeastDeadline ? deadline : LeastDeadline) * 4) + TimeSpan.FromSeconds(2);

    private bool Recent(Moment outage) => world.Now - outage < (world.Timing.Deadline * 2) + TimeSpan.FromMilliseconds(100);
}
