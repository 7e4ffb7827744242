namespace AkkaFailover.Lab.Network;

/// <summary>Directions of a cut, seen from the host.</summary>
[Flags]
public enum Direction
{
    /// <summary>What the host sends is lost.</summary>
    From = 1,

    /// <summary>What is sent to the host is lost.</summary>
    To = 2,

    /// <summary>Both.</summary>
    Both = From | To,
}

/// <summary>
/// The switch: a namespace with one bridge a segment, without multicast snooping, and the faults of the wire. Faults drop
/// frames on the way through the bridge, so that not even a capture on the other host sees them. What is dropped stands in
/// sets of one nftables table; the table is the only record of it, so that every process that works on a lab sees the same.
/// </summary>
public sealed class LabSwitch
{
    private const string Rules = """
        table bridge lab {
            set cut_from { type ifname; }
            set cut_to { type ifname; }
            set carp_from { type ifname; }
            chain loss { }
            chain forward {
                type filter hook forward priority 0; policy accept;
                iifname @cut_from drop
                oifname @cut_to drop
                iifname @carp_from ip protocol 112 drop
                jump loss
            }
        }
        """;

    internal LabSwitch(string ns) => Namespace = ns;

    /// <summary>The switch's network namespace.</summary>
    public string Namespace { get; }

    internal static string Port(Cable cable, string host) => $"{cable.Segment}-{host}";

    internal void Build()
    {
        NetworkNamespace.SetKernelParameters(Namespace, ("ipv6/conf/all/disable_ipv6", "1"), ("ipv6/conf/default/disable_ipv6", "1"));
        // A switch looks at stations. With this module in the kernel, a bridge also drops IP packets that are not as they should be.
        if (File.Exists("/proc/sys/net/bridge/bridge-nf-call-iptables")) NetworkNamespace.SetKernelParameters(Namespace, ("bridge/bridge-nf-call-iptables", "0"));
        Tool.Ip(Namespace, [.. LabTopology.Segments.SelectMany(segment => new[]
        {
            $"link add name {segment} type bridge mcast_snooping 0",
            $"link set dev {segment} up",
        })]);
        Nft(Rules);
    }

    internal void Connect(LabHost host, Cable cable)
    {
        var port = Port(cable, host.Name);
        Tool.Run("ip", ["link", "add", "name", cable.Interface, "netns", host.Namespace, "address", cable.Mac.ToString(),
            "type", "veth", "peer", "name", port, "netns", Namespace]);
        Tool.Ip(Namespace, $"link set dev {port} master {cable.Segment}", $"link set dev {port} up");
    }

    /// <summary>All cables of a host go dead: both ends lose the carrier.</summary>
    public void Unplug(LabHost host) => SetPorts(host, "down");

    /// <summary>A host's cable of one segment goes dead: both ends lose the carrier.</summary>
    public void Unplug(LabHost host, string segment) => Tool.Ip(Namespace, $"link set dev {PortOn(host, segment)} down");

    /// <summary>All cables of a host are live again.</summary>
    public void Plug(LabHost host) => SetPorts(host, "up");

    /// <summary>Cuts a host off a segment without anybody losing the carrier.</summary>
    public void Cut(LabHost host, string segment = LabTopology.Lan, Direction direction = Direction.Both) =>
        CutPorts([PortOn(host, segment)], direction);

    /// <summary>Cuts a host off all segments, without anybody losing the carrier: all at one moment, or who is cut off the LAN is told on the link that others are not.</summary>
    public void CutOff(LabHost host) => CutPorts(host.Plan.Cables.Select(cable => Port(cable, host.Name)), Direction.Both);

    /// <summary>Mends what <see cref="Cut"/> cut in both directions.</summary>
    public void Mend(LabHost host, string segment = LabTopology.Lan)
    {
        var port = Quoted(PortOn(host, segment));
        Nft($"delete element bridge lab cut_from {{ {port} }}\ndelete element bridge lab cut_to {{ {port} }}");
    }

    /// <summary>The nodes lose their cluster link, silently.</summary>
    public void PartitionLink(LabHost node) => Cut(node, LabTopology.Link);

    /// <summary>A host's heartbeats (IP protocol 112: CARP, VRRP) are lost; everything else works.</summary>
    public void DropHeartbeats(LabHost host) =>
        Nft($"add element bridge lab carp_from {{ {Quoted(Port(host.Plan.Cables[0], host.Name))} }}");

    /// <summary>A share of what a host sends on a segment is lost.</summary>
    public void Lose(LabHost host, int percent, string segment = LabTopology.Lan) =>
        Nft($"add rule bridge lab loss iifname {Quoted(Port(host.Plan.Cables.Single(cable => cable.Segment == segment), host.Name))} numgen random mod 100 < {percent} drop");

    /// <summary>Port isolation: two hosts cannot hear each other on the LAN, everybody else hears both.</summary>
    public void Isolate(LabHost one, LabHost other)
    {
        var (a, b) = (Quoted(Port(one.Plan.Cables[0], one.Name)), Quoted(Port(other.Plan.Cables[0], other.Name)));
        Nft($"add rule bridge lab loss iifname {a} oifname {b} drop\nadd rule bridge lab loss iifname {b} oifname {a} drop");
    }

    /// <summary>Ends every fault that drops frames; ports stay as they are.</summary>
    public void RestoreFrames() => Nft($"delete table bridge lab\n{Rules}");

    private void CutPorts(IEnumerable<string> ports, Direction direction)
    {
        var elements = string.Join(", ", ports.Select(Quoted));
        var commands = new List<string>();
        if (direction.HasFlag(Direction.From)) commands.Add($"add element bridge lab cut_from {{ {elements} }}");
        if (direction.HasFlag(Direction.To)) commands.Add($"add element bridge lab cut_to {{ {elements} }}");
        Nft(string.Join('\n', commands));
    }

    private static string PortOn(LabHost host, string segment) => Port(host.Plan.Cables.Single(cable => cable.Segment == segment), host.Name);

    private static string Quoted(string port) => $"\"{port}\"";

    // The LAN last: who sees that go down must not be able to say so on the link any more, nor a beat follow the last advert.
    private void SetPorts(LabHost host, string state) =>
        Tool.Ip(Namespace, [.. Enumerable.Reverse(host.Plan.Cables).Select(cable => $"link set dev {Port(cable, host.Name)} {state}")]);

    private void Nft(string commands) => Tool.Run("ip", ["netns", "exec", Namespace, "nft", "-f", "-"], commands + "\n");
}
