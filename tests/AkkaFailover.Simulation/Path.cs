using AkkaFailover.Core;

namespace AkkaFailover.Simulation;

/// <summary>One path between the hosts, with what is wrong with it in each direction.</summary>
public sealed class Path(World world, string name)
{
    private readonly bool[] _cut = new bool[2];
    private readonly Moment?[] _unheardSince = new Moment?[2];

    public string Name => name;

    /// <summary>Probability that a frame is lost.</summary>
    public double Loss
    {
        get;
        set
        {
            field = value;
            world.Tell($"{name} loses {value:P0}");
        }
    }

    /// <summary>Adverts are filtered, everything else passes (a broken multicast).</summary>
    public bool AdvertsFiltered
    {
        get;
        set
        {
            field = value;
            world.Tell($"{name} {(value ? "filters" : "passes")} adverts");
        }
    }

    /// <summary>The last moment of an outage.</summary>
    public Moment LastOutage { get; private set; } = Moment.Zero;

    /// <summary>Whether frames can pass both ways at all.</summary>
    public bool Whole => !_cut[0] && !_cut[1];

    public void Cut(int fromHost, bool cut)
    {
        _cut[fromHost] = cut;
        world.Tell($"{name} {(cut ? "cut" : "whole")} from {world.Nodes[fromHost].Name}");
        world.LinkMayDiffer();
    }

    public void Heal()
    {
        _cut[0] = _cut[1] = false;
        Loss = 0;
        AdvertsFiltered = false;
        world.LinkMayDiffer();
    }

    /// <summary>Whether a frame from this host gets through now.</summary>
    public bool Passes(Host from, bool advert = false)
    {
        var direction = ReferenceEquals(from, world.Nodes[0]) ? 0 : 1;
        var passes = !_cut[direction] && from.CanSend(this) && world.Other(from).CanReceive(this)
            && !(advert && AdvertsFiltered) && !world.Chance(Loss);
        world.Tried(from, passes);
        if (passes) _unheardSince[direction] = null;
        else _unheardSince[direction] ??= world.Now;
        return passes;
    }

    /// <summary>Delivers a frame after the path's delay, sometimes twice.</summary>
    public void Send(Host from, bool advert, Action deliver)
    {
        if (!Passes(from, advert)) return;
        world.After(world.Between(0.05, world.Chance(0.02) ? 20 : 1), deliver);
        if (ReferenceEquals(this, world.Lan) && world.Chance(0.01)) world.After(world.Between(1, 30), deliver);
    }

    /// <summary>Notes an outage: cut, or frames were tried one way for nearly a deadline and none passed.</summary>
    public void Observe()
    {
        if (!Whole || (ReferenceEquals(this, world.Lan) && !(world.Nodes[0].Carrier && world.Nodes[1].Carrier)) || world.IsLong(_unheardSince[0]) || world.IsLong(_unheardSince[1])) LastOutage = world.Now;
    }
}
