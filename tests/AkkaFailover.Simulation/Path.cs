using AkkaFailover.Core;

namespace AkkaFailover.Simulation;

/// <summary>One path between the hosts, with what is wrong with it in each direction.</summary>
public class Path(World world, string name)
{
    private readonly bool[] _cut = new bool[2];
    private readonly Moment?[] _unheardSince = new Moment?[2];
    private readonly Moment[] _lastInOrder = new Moment[2];

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
    public virtual bool Whole => !_cut[0] && !_cut[1];

    protected World World => world;

    public void Cut(int fromHost, bool cut)
    {
        _cut[fromHost] = cut;
        world.Happens($"{name} {(cut ? "cut" : "whole")} from {world.Nodes[fromHost].Name}");
        world.LinkMayDiffer();
    }

    public virtual void Heal()
    {
        _cut[0] = _cut[1] = false;
        Loss = 0;
        world.LinkMayDiffer();
    }

    /// <summary>Whether a frame from this host gets through now.</summary>
    public bool Passes(Host from, bool advert = false)
    {
        var to = world.Other(from);
        if (!to.IsThere || Filters(advert)) return false;
        var passes = Carries(from, advert) && from.CanSend(this) && to.CanSend(this) && !world.Chance(Loss);
        if (!Tells(advert)) return passes;
        world.Tried(from, passes);
        if (passes) _unheardSince[from.Index] = null;
        else _unheardSince[from.Index] ??= world.Now;
        return passes;
    }

    /// <summary>Delivers a frame after the path's delay, sometimes twice.</summary>
    public void Send(Host from, bool advert, Action deliver)
    {
        if (!Passes(from, advert)) return;
        world.After(Delay(), deliver);
        if (world.Chance(0.01)) world.After(world.Between(1, 30), deliver);
    }

    /// <summary>Delivers a part of a stream: in order and once, or not at all.</summary>
    public void Stream(Host from, Action deliver)
    {
        if (!Passes(from)) return;
        var at = Moment.Max(_lastInOrder[from.Index], world.Now + Delay());
        _lastInOrder[from.Index] = at;
        world.After(at - world.Now, deliver);
    }

    /// <summary>What was tried so far says nothing any more.</summary>
    public void Quiet() => _unheardSince[0] = _unheardSince[1] = null;

    /// <summary>Whether what is cut lets a frame from this host through.</summary>
    protected virtual bool Carries(Host from, bool advert) => !_cut[from.Index];

    /// <summary>Whether frames of this kind are filtered, which is no fault of the path: the others pass.</summary>
    protected virtual bool Filters(bool advert) => false;

    /// <summary>Whether frames of this kind can tell of a holder.</summary>
    protected virtual bool Tells(bool advert) => true;

    private TimeSpan Delay() => world.Between(0.05, world.Chance(0.02) ? 20 : 1);
}
