namespace AkkaFailover.Lab.Network;

/// <summary>One cable: a host's interface on a segment of the switch.</summary>
/// <param name="Segment">lan, link or outside: a bridge of its own.</param>
/// <param name="Interface">The interface in the host.</param>
/// <param name="Mac">The interface's station address.</param>
/// <param name="Address">Its IPv4 address.</param>
public sealed record Cable(string Segment, string Interface, MacAddress Mac, string Address);

/// <summary>One host of the lab.</summary>
/// <param name="Name">One letter.</param>
/// <param name="Purpose">For people.</param>
/// <param name="Gateway">Next hop of its default route; null for none.</param>
/// <param name="Cables">The first one is the host's main interface.</param>
public sealed record HostPlan(string Name, string Purpose, string? Gateway, params Cable[] Cables);

/// <summary>
/// The plan of the lab: two nodes, a client and a watcher on one LAN, a second link between the nodes, and a router with a
/// host behind it. The watcher asks by ARP who has the address; it is a host of its own because the answers would
/// otherwise mend the client's neighbour cache, which a failover has to mend itself.
/// </summary>
public static class LabTopology
{
    /// <summary>The address that fails over, on the LAN.</summary>
    public const string VirtualAddress = "192.0.2.222";

    /// <summary>Length of the LAN's prefix; the virtual address carries it too.</summary>
    public const int PrefixLength = 24;

    /// <summary>The segment of the clients and heartbeats.</summary>
    public const string Lan = "lan";

    /// <summary>The segment of the cluster link.</summary>
    public const string Link = "link";

    /// <summary>All hosts.</summary>
    public static readonly IReadOnlyList<HostPlan> Hosts =
    [
        new("a", "node", "192.0.2.254", new(Lan, "eth0", Mac(0x0a), "192.0.2.1"), new(Link, "eth1", Mac(0x1a), "10.9.0.1")),
        new("b", "node", "192.0.2.254", new(Lan, "eth0", Mac(0x0b), "192.0.2.2"), new(Link, "eth1", Mac(0x1b), "10.9.0.2")),
        new("c", "client on the LAN", null, new Cable(Lan, "eth0", Mac(0x0c), "192.0.2.100")),
        new("w", "watcher: who answers?", null, new Cable(Lan, "eth0", Mac(0x0d), "192.0.2.101")),
        new("r", "router", null, new(Lan, "eth0", Mac(0xfe), "192.0.2.254"), new("outside", "eth1", Mac(0xff), "198.51.100.1")),
        new("o", "client behind the router", "198.51.100.1", new Cable("outside", "eth0", Mac(0x0e), "198.51.100.10")),
    ];

    /// <summary>The segments, in the order of their first use.</summary>
    public static IEnumerable<string> Segments => Hosts.SelectMany(host => host.Cables).Select(cable => cable.Segment).Distinct();

    private static MacAddress Mac(byte last) => new(0x0200_0000_0000UL | last);
}
