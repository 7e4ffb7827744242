using AkkaFailover.Core;

namespace AkkaFailover.Simulation;

/// <summary>One path between the hosts, with what is wrong with it in each direction.</summary>
public class Path(World world, string name)
{
    private const int LongestUsual = 20;
    private static readonly TimeSpan Resend = TimeSpan.FromMilliseconds(200);
    private readonly Silence[] _silence = [new(), new()];
    private readonly TimeSpan[] _late = new TimeSpan[2];
    private readonly Moment[] _lastInOrder = new Moment[2];
    private readonly Moment?[] _cutSince = new Moment?[2];

    public string Name => name;

    /// <summary>Probability that a frame is lost.</summary>
    public double Loss
    {
        get;
        set
        {
            field = value;
            world.Happens($"{name} loses {value:P0}");
        }
    }

    /// <summary>
    /// Whether it is broken now: cut, or all that who holds or claims has sent for nearly a deadline has not arrived. Frames that are late tell what was when they were sent: a path on which all are so late
    /// keeps what happens from the other end for as long as one that loses them. Nothing is excused by a path on which they are late by less.
    /// </summary>
    public virtual bool IsOut => !Whole || world.ShowsInVain(0, _silence[0].Since) || world.ShowsInVain(1, _silence[1].Since);

    /// <summary>Whether frames can pass both ways at all.</summary>
    public virtual bool Whole => _cutSince is [null, null];

    /// <summary>Whether frames pass both ways in time, but for those that are lost at random.</summary>
    public virtual bool IsClear => Whole && RoundTrip == TimeSpan.Zero;

    /// <summary>How much longer than usual a question and its answer take.</summary>
    public TimeSpan RoundTrip => _late[0] + _late[1];

    /// <summary>How much longer than usual frames take, in the slower direction.</summary>
    public TimeSpan Lateness => _late[0] > _late[1] ? _late[0] : _late[1];

    protected World World => world;

    public void Cut(int fromHost, bool cut)
    {
        _cutSince[fromHost] = cut ? _cutSince[fromHost] ?? world.Now : null;
        world.Happens($"{name} {(cut ? "cut" : "whole")} from {world.Nodes[fromHost].Name}");
        world.LinkMayDiffer();
    }

    /// <summary>Frames of a host take so much longer from now on. What is under way already does not: on the LAN it may come after what was sent later.</summary>
    public void Slow(int fromHost, TimeSpan by)
    {
        _late[fromHost] = by;
        world.Happens($"{name} {(by == TimeSpan.Zero ? "in time" : $"late by {by.TotalSeconds:0.000} s")} from {world.Nodes[fromHost].Name}");
    }

    public virtual void Heal()
    {
        _cutSince[0] = _cutSince[1] = null;
        _late[0] = _late[1] = TimeSpan.Zero;
        Loss = 0;
        world.LinkMayDiffer();
    }

    /// <summary>Whether a frame from this host gets through now.</summary>
    /// <param name="from">Who sends it.</param>
    /// <param name="advert">Whether it is an advert.</param>
    /// <param name="tells">Whether the other host can know a holder by it: by a question, or the answer for a station's own address, it cannot.</param>
    public bool Passes(Host from, bool advert = false, bool tells = true)
    {
        var to = world.Other(from);
        if (!to.IsThere || Filters(advert)) return false;
        var passes = Carries(from, advert) && from.CanSend(this) && to.CanSend(this) && !world.Chance(Loss);
        if (!tells || !Tells(advert)) return passes;
        var isLate = _late[from.Index] > TimeSpan.Zero;
        if (passes && !isLate) Hears(from, world.Now);
        else Misses(from);
        if (passes && isLate) HearsLate(from, world.Now);
        return passes;
    }

    /// <summary>Delivers a frame after the path's delay, sometimes twice.</summary>
    public void Send(Host from, bool advert, Action deliver)
    {
        if (Passes(from, advert)) WhenThere(from, () =>
        {
            world.After(Delay(), deliver);
            if (world.Chance(0.01)) world.After(world.Between(1, 30), deliver);
        });
    }

    /// <summary>What a frame that is sent now does at the other end: at once, or where it is late then, if that end still takes frames.</summary>
    protected void WhenThere(Host from, Action then)
    {
        if (_late[from.Index] == TimeSpan.Zero) then();
        else Later(from, then);
    }

    private void Later(Host from, Action then) => world.After(_late[from.Index], () =>
    {
        if (world.Other(from).CanSend(this)) then();
    });

    /// <summary>
    /// Delivers a part of a stream, in order and once. What is lost is sent again after 0.2, 0.4 and 0.8 s, what a machine that stands still did not take each 0.2 s, and all that follows waits for it; where no
    /// acknowledgement comes back the stream goes on for 0.2 s only.
    /// </summary>
    public void Stream(Host from, Action deliver)
    {
        var to = world.Other(from);
        if (!to.HostAlive) return;
        if (!from.CanSend(this) || !(to.Frozen || to.CanSend(this)) || _cutSince[from.Index] is not null || world.Now - _cutSince[to.Index] > Resend)
        {
            Misses(from);
            return;
        }
        var at = world.Now + Delay() + _late[from.Index];
        for (var again = Resend; again <= Resend * 4 && world.Chance(Loss); again *= 2) at += again;
        at = Moment.Max(_lastInOrder[from.Index], at);
        if (at - world.Now > TimeSpan.FromMilliseconds(LongestUsual)) Misses(from);
        Arrive(from, (world.Now, ((IRuns)to).Run), at, deliver);
    }

    /// <summary>How long it takes until the beginning or the end of a stream is noticed: it comes behind all that was sent before.</summary>
    public TimeSpan Behind(Host from, TimeSpan usual) => Moment.Max(_lastInOrder[from.Index], world.Now + usual + _late[from.Index]) - world.Now;

    private void Arrive(Host from, (Moment At, int ToRun) sent, Moment at, Action deliver)
    {
        at = Moment.Max(_lastInOrder[from.Index], at);
        _lastInOrder[from.Index] = at;
        world.After(at - world.Now, () =>
        {
            var to = world.Other(from);
            if (to.Frozen)
            {
                if (_cutSince[from.Index] is null) Arrive(from, sent, world.Now + Resend, deliver);
                return;
            }
            Hears(from, sent.At);
            // What was sent to a process that is gone does not reach the next one.
            if (((IRuns)to).Run == sent.ToRun) deliver();
        });
    }

    /// <summary>Whether the other host is there, and frames of it arrive.</summary>
    public bool IsHeard(Host from) => IsOpen(from) && !world.IsLong(_silence[from.Index].Since);

    /// <summary>The same, where what is late still arrives.</summary>
    public bool IsHeardAtLast(Host from) => IsHeard(from) || (IsOpen(from) && _late[from.Index] > TimeSpan.Zero);

    private bool IsOpen(Host from) => from.IsThere && _cutSince[from.Index] is null;

    /// <summary>What was tried so far says nothing any more, but what is being sent again, or is under way, does.</summary>
    public void Quiet()
    {
        for (var from = 0; from < 2; from++)
        {
            if (_lastInOrder[from] <= world.Now && _late[from] == TimeSpan.Zero) _silence[from].Forget();
        }
    }

    /// <summary>Whether what is cut lets a frame from this host through.</summary>
    protected virtual bool Carries(Host from, bool advert) => _cutSince[from.Index] is null;

    /// <summary>Whether frames of this kind are filtered, which is no fault of the path: the others pass.</summary>
    protected virtual bool Filters(bool advert) => false;

    /// <summary>Whether frames of this kind can tell of a holder.</summary>
    protected virtual bool Tells(bool advert) => true;

    private void Hears(Host from, Moment sent)
    {
        _silence[from.Index].Hears(sent);
        world.Hears(from, sent);
    }

    private void HearsLate(Host from, Moment sent) => Later(from, () => Hears(from, sent));

    private void Misses(Host from)
    {
        _silence[from.Index].Misses(world.Now);
        world.Misses(from);
    }

    private TimeSpan Delay() => world.Between(0.05, world.Chance(0.02) ? LongestUsual : 1);
}
