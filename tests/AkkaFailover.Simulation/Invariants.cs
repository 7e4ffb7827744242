using AkkaFailover.Core;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Simulation;

/// <summary>What must hold after every event: never two holders that could know of each other, and never none for long.</summary>
public sealed class Invariants(World world)
{
    // What a question and its answer take.
    private static readonly TimeSpan Answering = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Moments = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeastDeadline = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(1);
    // Counted from the first frame that was lost, which is up to an interval (and what it is late) after the last that passed.
    private readonly TimeSpan _nearlyADeadline = world.Timing.Deadline - (world.Timing.Interval * 1.1);
    private readonly TimeSpan _longestNone = LongestNone(world.Timing.Deadline);
    private readonly Silence[] _unheard = [new(), new()];
    private readonly Moment?[] _showsSince = new Moment?[2];
    private readonly Moment?[] _alone = new Moment?[2];
    private readonly Moment[] _underWayUntil = new Moment[2];
    private readonly TimeSpan[] _reckoned = new TimeSpan[2];
    private Moment? _makesSince;
    private Moment _lastApart = Moment.Zero;
    private Moment _lastMute = Moment.Zero;
    private Moment _lastLate = Moment.Zero;
    private (Moment At, TimeSpan By) _lastSlow = (Moment.Zero, TimeSpan.Zero);
    private Moment _calmFrom;
    private Moment _servedUntil;
    private bool _both;

    /// <summary>Something that is no decision of the nodes happens.</summary>
    public void CalmFrom(Moment now) => _calmFrom = now;

    /// <summary>A host has sent a frame that has not arrived yet, on whatever path.</summary>
    public void Misses(Host from) => _unheard[from.Index].Misses(world.Now);

    /// <summary>A frame of a host has arrived, on whatever path.</summary>
    public void Hears(Host from, Moment sent) => _unheard[from.Index].Hears(sent);

    /// <summary>What was tried so far says nothing any more.</summary>
    public void Quiet()
    {
        foreach (var unheard in _unheard) unheard.Forget();
    }

    /// <summary>Who lost all frames for so long may have lost all that count in a deadline.</summary>
    public bool IsLong(Moment? since) => since is { } from && world.Now - from >= _nearlyADeadline;

    /// <summary>Who holds or claims shows itself by what it sends; where nothing of that has arrived for so long, the other one cannot know. Of who stands by there is nothing to know.</summary>
    public bool ShowsInVain(int host, Moment? missing) => _showsSince[host] is { } shows && missing is { } since && IsLong(Moment.Max(shows, since));

    /// <summary>Looks at both.</summary>
    public void Check()
    {
        for (var host = 0; host < 2; host++) _showsSince[host] = world.Nodes[host].HoldsOrClaims ? _showsSince[host] ?? world.Now : null;
        NoteConnection();
        var (lanIsOut, linkIsOut) = (world.Lan.IsOut, world.Link.IsOut || IsBeingMade || RefusesLate);
        if ((world.Lan.AdvertsFiltered || lanIsOut) && (linkIsOut || world.Link.Loss > 0)) _lastMute = world.Now;
        // Two that hold go on until something that carries a term passes.
        if ((linkIsOut && (lanIsOut || (_both && world.Lan.AdvertsFiltered))) || ShowsInVain(0, _unheard[0].Since) || ShowsInVain(1, _unheard[1].Since)) _lastApart = world.Now;
        if (world.Lan.Lateness > TimeSpan.Zero) _lastLate = world.Now;
        if (linkIsOut && !lanIsOut && world.Lan.Lateness > TimeSpan.Zero) _lastSlow = (world.Now, world.Lan.Lateness);
        if (lanIsOut && !linkIsOut && world.Link.Lateness > TimeSpan.Zero) _lastSlow = (world.Now, world.Link.Lateness);
        if (world.Traits.Witness)
        {
            foreach (var node in world.Nodes) NoteAlone(node);
        }
        CheckTwo();
        CheckNone();
    }

    /// <summary>A connection is made by three questions and answers: where these take nearly a deadline it is not there for so long, and a moment.</summary>
    private bool IsBeingMade => world.Link.RoundTrip * 3 > _nearlyADeadline && _makesSince is { } since && world.Now - since < (world.Link.RoundTrip * 3) + Moments;

    private void NoteConnection() =>
        _makesSince = world.Link.Whole && world.Nodes.All(IsUp) && world.Nodes.Any(node => !node.LinkShows(LinkStatus.Connected)) ? _makesSince ?? world.Now : null;

    /// <summary>Processes that are dead, while their kernel keeps the address, show on the link by a refusal alone: one that takes a deadline comes too late.</summary>
    private bool RefusesLate => world.Link.RoundTrip >= world.Timing.Deadline && world.Nodes.Any(node => node.KernelAnswers);

    /// <summary>Since when it has reached nobody, and heard nobody on the link, nor has anything of before been under way to it, and the longest deadline that it has reckoned with since: it is shorter once the other one has greeted.</summary>
    private void NoteAlone(Host node)
    {
        var (peer, link) = (world.Lan.ReachesPeer(node), node.LinkShows(LinkStatus.Connected) && world.Link.IsHeardAtLast(world.Other(node)));
        var reaches = world.Lan.ReachesWitness(node) || peer || link;
        _reckoned[node.Index] = reaches || node.Deadline > _reckoned[node.Index] ? node.Deadline : _reckoned[node.Index];
        if (peer) UnderWay(node, world.Lan.RoundTrip);
        if (link) UnderWay(node, world.Link.Behind(world.Other(node), TimeSpan.Zero));
        _alone[node.Index] = reaches || node.IsForced || node.IsPaused ? null : _alone[node.Index] ?? Moment.Max(world.Now, _underWayUntil[node.Index]);
    }

    private void UnderWay(Host to, TimeSpan late) => _underWayUntil[to.Index] = Moment.Max(_underWayUntil[to.Index], world.Now + late);

    /// <summary>
    /// Never two holders, unless both paths were broken at one moment of the last two deadlines. With a witness not even then, where one of them has reached neither it nor the other one's station
    /// for as long as rule 10 lets it hold, unless it was told to, or is paused. What began so lasts as long as the kernel of a host whose daemon and guard are dead keeps the address.
    /// </summary>
    private void CheckTwo()
    {
        var wereBoth = _both;
        _both = world.Nodes[0].Answers && world.Nodes[1].Answers;
        if (!_both) return;
        var mayLast = wereBoth && world.Nodes.Any(node => node.IsDead);
        world.Require(mayLast || ((IsRecent(_lastApart) || HaveClaimedAtOnce() || IsUnheard()) && !world.Nodes.Any(IsAlone)), "two holders");
    }

    /// <summary>The address answers neither of two that claim at one moment, and what carries a term does not pass, or late.</summary>
    private bool HaveClaimedAtOnce() => IsRecent(_lastMute) && HaveClaimedWithin(Answering);

    private bool HaveClaimedWithin(TimeSpan span)
    {
        var (a, b) = (world.Nodes[0].HoldsSince, world.Nodes[1].HoldsSince);
        return IsRecent(Moment.Max(a, b)) && (a - b).Duration() < span;
    }

    /// <summary>
    /// One path is broken, or was a moment ago, and frames on the other are late, so that what a claimer listens or waits for may come after its claim: of two that claim within that time neither can have heard of the other one. Who claims later
    /// than that could, and within two deadlines both have.
    /// </summary>
    private bool IsUnheard() => IsRecent(_lastSlow.At) && HaveClaimedWithin(_lastSlow.By + Answering);

    /// <summary>
    /// While nothing happens, and a node could serve, somebody does within four deadlines and two seconds, of those that it
    /// reckons with: 0.7 s each at least, for a link that is cut one way is given up after its own silence of up to 3.5 s; and what questions and answers on either path are late. A release that waits for its service has stop-timeout for that.
    /// </summary>
    private void CheckNone()
    {
        if (Serves(world.Nodes[0]) || Serves(world.Nodes[1]) || world.Nodes.Any(node => IsUp(node) && node is { Role: Role.Releasing, Service: not null })) _servedUntil = world.Now;
        var from = Moment.Max(_servedUntil, _calmFrom);
        var late = world.Lan.RoundTrip + world.Link.RoundTrip;
        if (world.Now - from <= _longestNone + late) return;
        foreach (var node in world.Nodes)
        {
            var fit = node.FitSince is { } since && world.Now - Moment.Max(from, since) > LongestNone(node.Deadline) + late
                && (world.Traits.Witness ? world.Lan.ReachesWitness(node) : world.Lan.ReachesOthers(node));
            world.Require(!fit || IsKeptAway(node), $"nobody serves for {(world.Now - from).TotalSeconds:0.0} s, although {node.Name} could. {string.Join(" ", world.Nodes.Select(each => each.Why))}");
        }
    }

    /// <summary>
    /// An active that nothing reaches on the LAN, and that is heard there, keeps the other one away. What tells it so is the cluster link, or a witness that
    /// does not answer: without both, or where it was told to be active, it does not know that anybody could serve in its place.
    /// </summary>
    private bool IsKeptAway(Host node) =>
        world.Other(node) is { Answers: true } active && world.Lan.IsHeardOnly(active) && !world.Link.Whole && (!world.Traits.Witness || active.IsForced || active.IsPaused);

    /// <summary>A holder that runs, for a moment at least, and has reached neither the witness nor the other one's station for so long that it must have released, or could not have claimed.</summary>
    private bool IsAlone(Host node)
    {
        // Who was stopped while it held finds it out when it wakes, and releases first of all.
        var wakes = node.HoldsSince < node.AwakeSince && world.Now - node.AwakeSince <= Answering;
        if (!node.DaemonAlive || node.Hangs || wakes || _alone[node.Index] is not { } since) return false;
        var deadline = _reckoned[node.Index];
        var reached = Moment.Max(node.PeerReachedAt, node.HoldsSince);
        var from = Moment.Max(since, reached);
        var patience = deadline - node.Interval;
        // Rule 10 has a second for a witness alone where the other one has been away for two deadlines.
        if (reached + (deadline * 2) <= from + patience + Answering) patience = Longer(patience, LongPatience);
        if (world.Now - from > patience + Answering) return true;
        // Who follows a release asks no witness: one that comes late may be followed when its sender claims again.
        return node.HoldsSince - since > deadline + Answering && !IsRecent(_lastLate);
    }

    /// <summary>
    /// Where one is active and the other one stands by, nobody moves without need: not while nothing has happened for as long as nobody may serve at most, with one path between them on which nothing
    /// is wrong and all others within the reach of both. A service that does not run is a need, and so is a LAN that is broken otherwise and loses frames: one round in which nobody answers counts there.
    /// </summary>
    public void Moves(Host node, RoleChange change)
    {
        var other = world.Other(node);
        var leaves = change.From == Role.Active && other.Role == Role.Standby;
        var claims = change is { From: Role.Standby, To: Role.Replaying } && other is { Role: Role.Active, Answers: true };
        if ((!leaves && !claims) || world.Now - _calmFrom <= _longestNone) return;
        var active = leaves ? node : other;
        var isWell = world.Paths.Any(path => path.IsClear && path.Loss == 0) && (world.Lan.IsClear || world.Lan.Loss == 0)
            && world.Nodes.All(each => IsUp(each) && world.Lan.ReachesOthers(each)) && active.Service is null or { State: ServiceState.Running };
        world.Require(!isWell, $"{node.Name} moves without need: {change.Cause}");
    }

    private static bool IsUp(Host node) => node is { DaemonAlive: true, Hangs: false };

    private bool IsRecent(Moment moment) => world.Now - moment < (world.Timing.Deadline * 2) + Answering;

    private bool Serves(Host host) => host.Answers && world.Lan.ReachesOthers(host);

    private static TimeSpan LongestNone(TimeSpan deadline) => (Longer(deadline, LeastDeadline) * 4) + TimeSpan.FromSeconds(2);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
