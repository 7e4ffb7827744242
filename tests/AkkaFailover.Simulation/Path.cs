using AkkaFailover.Core;

namespace AkkaFailover.Simulation;

/// <summary>One path between the hosts, with what is wrong with it in each direction.</summary>
public class Path(World world, string name)
{
    private static readonly TimeSpan Resend = TimeSpan.FromMilliseconds(200);
    private readonly Moment?[] _unheardSince = new Moment?[2];
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

    /// <summary>Whether it is broken now: cut, or frames were tried one way for nearly a deadline and none passed.</summary>
    public bool IsOut => !Whole || world.IsLong(_unheardSince[0]) || world.IsLong(_unheardSince[1]);

    /// <summary>Whether frames can pass both ways at all.</summary>
    public virtual bool Whole => _cutSince is [null, null];

    protected World World => world;

    public void Cut(int fromHost, bool cut)
    {
        _cutSince[fromHost] = cut ? _cutSince[fromHost] ?? world.Now : null;
        world.Happens($"{name} {(cut ? "cut" : "whole")} from {world.Nodes[fromHost].Name}");
        world.LinkMayDiffer();
    }

    public virtual void Heal()
    {
        _cutSince[0] = _cutSince[1] = null;
        Loss = 0;
        world.LinkMayDiffer();
    }

    /// <summary>Whether a frame from this host gets through now.</summary>
    public bool Passes(Host from, bool advert = false)
    {
        var to = world.Other(from);
        if (!to.IsThere || Filters(advert)) return false;
        var passes = Carries(from, advert) && from.CanSend(this) && to.CanSend(this) && !world.Chance(Loss);
        if (Tells(advert)) Note(from, passes);
        return passes;
    }

    /// <summary>Delivers a frame after the path's delay, sometimes twice.</summary>
    public void Send(Host from, bool advert, Action deliver)
    {
        if (!Passes(from, advert)) return;
        world.After(Delay(), deliver);
        if (world.Chance(0.01)) world.After(world.Between(1, 30), deliver);
    }

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
            Note(from, passes: false);
            return;
        }
        var at = world.Now + Delay();
        for (var again = Resend; again <= Resend * 4 && world.Chance(Loss); again *= 2)
        {
            Note(from, passes: false);
            at += again;
        }
        Arrive(from, at, deliver);
    }

    private void Arrive(Host from, Moment at, Action deliver)
    {
        at = Moment.Max(_lastInOrder[from.Index], at);
        _lastInOrder[from.Index] = at;
        world.After(at - world.Now, () =>
        {
            if (world.Other(from).Frozen)
            {
                if (_cutSince[from.Index] is null) Arrive(from, world.Now + Resend, deliver);
                return;
            }
            // What waits behind it has not passed yet.
            if (world.Now >= _lastInOrder[from.Index] || _unheardSince[from.Index] is null) Note(from, passes: true);
            deliver();
        });
    }

    /// <summary>Whether the other host is there, and frames of it arrive.</summary>
    public bool IsHeard(Host from) => from.IsThere && _cutSince[from.Index] is null && !world.IsLong(_unheardSince[from.Index]);

    /// <summary>What was tried so far says nothing any more, but what is being sent again does.</summary>
    public void Quiet()
    {
        for (var from = 0; from < 2; from++)
        {
            if (_lastInOrder[from] <= world.Now) _unheardSince[from] = null;
        }
    }

    /// <summary>Whether what is cut lets a frame from this host through.</summary>
    protected virtual bool Carries(Host from, bool advert) => _cutSince[from.Index] is null;

    /// <summary>Whether frames of this kind are filtered, which is no fault of the path: the others pass.</summary>
    protected virtual bool Filters(bool advert) => false;

    /// <summary>Whether frames of this kind can tell of a holder.</summary>
    protected virtual bool Tells(bool advert) => true;

    private void Note(Host from, bool passes)
    {
        world.Tried(from, passes);
        if (passes) _unheardSince[from.Index] = null;
        else _unheardSince[from.Index] ??= world.Now;
    }

    private TimeSpan Delay() => world.Between(0.05, world.Chance(0.02) ? 20 : 1);
}
