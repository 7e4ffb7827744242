using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Simulation;

/// <summary>What happens to a world: a random story of faults, drawn from the world's own randomness.</summary>
public static class Faults
{
    private const double LeastLate = 50;

    // A link on which nothing comes for longer, with a second between two beats, ends its connection: that is the story of one that is cut.
    private static readonly TimeSpan LatestOnLink = LinkMachine.SilenceLimit - TimeSpan.FromSeconds(1);

    /// <summary>Plans faults over a span of time; each one that cuts something also mends it.</summary>
    public static void Plan(World world, TimeSpan span)
    {
        foreach (var host in world.Nodes) world.After(world.Between(0, world.Chance(0.5) ? 5 : 3_000), host.Boot);
        var count = world.Random.Next(1, 9);
        for (var i = 0; i < count; i++) world.After(world.Between(500, span.TotalMilliseconds), () => One(world));
        for (var i = world.Traits.Late ? world.Random.Next(1, 4) : 0; i > 0; i--) world.After(world.Between(500, span.TotalMilliseconds), () => Late(world));
    }

    /// <summary>Everything is mended and everybody is there.</summary>
    public static void Mend(World world)
    {
        world.Happens($"everything mended");
        foreach (var path in world.Paths) path.Heal();
        foreach (var host in world.Nodes)
        {
            host.SetCarrier(true);
            host.Service?.Recover();
            host.Boot();
        }
        world.After(TimeSpan.FromSeconds(2), () =>
        {
            foreach (var host in world.Nodes) host.Operator(new PauseRequested(Paused: false, "test"));
        });
        if (!world.Traits.ClaimWhenStale) world.After(TimeSpan.FromSeconds(15), () => Decide(world));
    }

    /// <summary>Two histories that parted: whose shall go on is not for the nodes to say. Anything else is.</summary>
    private static void Decide(World world)
    {
        if (world.Nodes.Any(node => node.Answers)) return;
        world.Require(!world.Nodes.Any(HasAll), $"nobody claims, although one has all that the other has. {string.Join(" ", world.Nodes.Select(node => node.Why))}");
        world.Nodes[0].Operator(new TakeoverForced("test"));

        bool HasAll(Host node) => world.Other(node).Replica?.Disk is not { } other || node.Replica!.Disk.Contains(other.Last, other.DigestAt(other.Last));
    }

    private static void One(World world)
    {
        var host = world.Nodes[world.Random.Next(2)];
        var index = host.Index;
        switch (world.Random.Next(23))
        {
            case 0: Down(world, host, () => host.Kill(guardToo: false)); break;
            case 1: Down(world, host, () => host.Kill(guardToo: true)); break;
            case 2: Down(world, host, host.Die); break;
            case 3: Down(world, host, () => Reboot(world)); break;
            case 4: host.Hang(world.Between(50, 9_000)); break;
            case 5: host.Freeze(world.Between(50, 9_000)); break;
            case 6: For(world, 50, 6_000, () => host.SetCarrier(false), () => host.SetCarrier(true)); break;
            case 7: For(world, 50, 8_000, () => world.Lan.Cut(index, true), () => world.Lan.Cut(index, false)); break;
            case 8: For(world, 50, 8_000, () => Cut(world.Lan, true), () => Cut(world.Lan, false)); break;
            case 9: For(world, 50, 8_000, () => world.Lan.SetPort(index, false, false), () => world.Lan.SetPort(index, true, true)); break;
            case 10: For(world, 50, 8_000, () => world.Lan.SetPort(index, false, true), () => world.Lan.SetPort(index, true, true)); break;
            case 11: For(world, 50, 8_000, () => world.Lan.SetPort(index, true, false), () => world.Lan.SetPort(index, true, true)); break;
            case 12: For(world, 50, 8_000, () => Cut(world.Link, true), () => Cut(world.Link, false)); break;
            case 13: For(world, 50, 8_000, () => world.Link.Cut(index, true), () => world.Link.Cut(index, false)); break;
            case 14: For(world, 100, 8_000, () => world.Lan.AdvertsFiltered = true, () => world.Lan.AdvertsFiltered = false); break;
            case 15: For(world, 500, 9_000, () => world.Lan.Loss = 0.3, () => world.Lan.Loss = 0); break;
            case 16: For(world, 500, 9_000, () => world.Link.Loss = 0.2, () => world.Link.Loss = 0); break;
            case 17: host.Operator(new HandoverRequested("test")); break;
            case 18: Down(world, host, () => host.Operator(new StopRequested("SIGTERM"))); break;
            case 19: OfTraits(world, host); break;
            case 20: host.Operator(new TakeoverForced("test")); break;
            case 21: For(world, 500, 9_000, () => host.Operator(new PauseRequested(Paused: true, "test")), () => host.Operator(new PauseRequested(Paused: false, "test"))); break;
            default:
                host.ClockError += TimeSpan.FromHours(world.Chance(0.5) ? 1 : -1);
                world.Tell($"{host.Name} clock wrong by {host.ClockError.TotalHours:0} h");
                break;
        }
    }

    /// <summary>What only a story with a witness, or with a service, can meet.</summary>
    private static void OfTraits(World world, Host host)
    {
        if (world.Traits.Witness) For(world, 500, 8_000, () => Witness(world, host, there: false), () => Witness(world, host, there: true));
        if (host.Service is { } service) For(world, 500, 9_000, () => Sicken(world, host, service), service.Recover);
    }

    /// <summary>Gone for one of them, or for both.</summary>
    private static void Witness(World world, Host host, bool there)
    {
        world.Lan.SetWitness(host.Index, there);
        if (there || world.Chance(0.5)) world.Lan.SetWitness(world.Other(host).Index, there);
    }

    /// <summary>Its processes do not live long, or do and take their time until their checks are up: too long, some of them.</summary>
    private static void Sicken(World world, Host host, HostedService service)
    {
        world.Happens($"{host.Name} service sick");
        var isSlow = world.Traits.Checks && world.Chance(0.5);
        (service.Lives, service.Rises) = (() => isSlow ? null : world.Between(5, 1_500), () => world.Between(50, 3_000));
        service.Crash();
    }

    /// <summary>What one of them sends on one path comes late, or what both do: by 50 ms to two deadlines, evenly on a logarithmic scale.</summary>
    private static void Late(World world)
    {
        var path = world.Paths[world.Random.Next(2)];
        var most = (world.Timing.Deadline * 2).TotalMilliseconds;
        if (path == world.Link) most = Math.Min(most, LatestOnLink.TotalMilliseconds);
        var least = Math.Min(LeastLate, most / 8);
        var late = TimeSpan.FromMilliseconds(least * Math.Pow(most / least, world.Random.NextDouble()));
        int[] from = world.Random.Next(3) is < 2 and var one ? [one] : [0, 1];
        For(world, 500, 9_000, () => Slow(late), () => Slow(TimeSpan.Zero));

        void Slow(TimeSpan by)
        {
            foreach (var host in from) path.Slow(host, by);
        }
    }

    private static void Reboot(World world)
    {
        foreach (var host in world.Nodes) host.Die();
        var other = world.Nodes[world.Random.Next(2)];
        world.After(world.Between(100, 6_000), other.Boot);
    }

    private static void Cut(Path path, bool cut)
    {
        path.Cut(0, cut);
        path.Cut(1, cut);
    }

    private static void For(World world, double from, double to, Action begin, Action end)
    {
        begin();
        if (!Lasts(world)) world.After(world.Between(from, to), end);
    }

    /// <summary>Some faults last until everything is mended: what follows from them has its time.</summary>
    private static bool Lasts(World world) => world.Chance(0.2);

    private static void Down(World world, Host host, Action down)
    {
        down();
        if (Lasts(world)) return;
        world.After(world.Between(100, 6_000), host.Boot);
    }
}
