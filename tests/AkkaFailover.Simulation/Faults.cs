using AkkaFailover.Core.Election;

namespace AkkaFailover.Simulation;

/// <summary>Draws what goes wrong, from the world's own randomness.</summary>
public static class Faults
{
    /// <summary>Plans faults over a span of time; each one that cuts something also mends it.</summary>
    public static void Plan(World world, TimeSpan span)
    {
        foreach (var host in world.Nodes) world.After(world.Between(0, world.Chance(0.5) ? 5 : 3_000), host.Boot);
        var count = world.Random.Next(1, 9);
        for (var i = 0; i < count; i++) world.After(world.Between(500, span.TotalMilliseconds), () => One(world));
    }

    /// <summary>Everything is mended and everybody is there.</summary>
    public static void Mend(World world)
    {
        world.Tell($"everything mended");
        foreach (var path in world.Paths) path.Heal();
        foreach (var host in world.Nodes)
        {
            host.SetCarrier(true);
            host.Boot();
        }
    }

    private static void One(World world)
    {
        var host = world.Nodes[world.Random.Next(2)];
        var index = ReferenceEquals(host, world.Nodes[0]) ? 0 : 1;
        switch (world.Random.Next(14))
        {
            case 0: Down(world, host, () => host.Kill(guardToo: false)); break;
            case 1: Down(world, host, () => host.Kill(guardToo: true)); break;
            case 2: Down(world, host, host.Die); break;
            case 3: host.Hang(world.Between(50, 9_000)); break;
            case 4: host.Freeze(world.Between(50, 9_000)); break;
            case 5: For(world, 50, 6_000, () => host.SetCarrier(false), () => host.SetCarrier(true)); break;
            case 6: For(world, 50, 8_000, () => world.Lan.Cut(index, true), () => world.Lan.Cut(index, false)); break;
            case 7: For(world, 50, 8_000, () => Cut(world.Lan, true), () => Cut(world.Lan, false)); break;
            case 8: For(world, 50, 8_000, () => Cut(world.Link, true), () => Cut(world.Link, false)); break;
            case 9: For(world, 50, 8_000, () => world.Link.Cut(index, true), () => world.Link.Cut(index, false)); break;
            case 10: For(world, 100, 8_000, () => world.Lan.AdvertsFiltered = true, () => world.Lan.AdvertsFiltered = false); break;
            case 11: For(world, 500, 9_000, () => world.Lan.Loss = 0.3, () => world.Lan.Loss = 0); break;
            case 12: host.Operator(new HandoverRequested("test")); break;
            default: Down(world, host, () => host.Operator(new StopRequested("SIGTERM"))); break;
        }
    }

    private static void Cut(Path path, bool cut)
    {
        path.Cut(0, cut);
        path.Cut(1, cut);
    }

    private static void For(World world, double from, double to, Action begin, Action end)
    {
        begin();
        world.After(world.Between(from, to), end);
    }

    private static void Down(World world, Host host, Action down)
    {
        down();
        world.After(world.Between(100, 6_000), host.Boot);
    }
}
