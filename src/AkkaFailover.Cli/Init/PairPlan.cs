using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Cli.Init;

/// <summary>One node of the pair to be written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Listen">Where its cluster link listens.</param>
/// <param name="Source">IPv4 source of its adverts; null for the interface's first address.</param>
internal sealed record PlannedNode(NodeName Name, HostPort Listen, IPAddress? Source);

/// <summary>A pair with one group.</summary>
/// <param name="Nodes">The two nodes.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Interface">The network interface on both.</param>
/// <param name="Addresses">The virtual addresses, as the configuration writes them.</param>
/// <param name="Vhid">CARP's virtual host id.</param>
internal sealed record PairPlan(IReadOnlyList<PlannedNode> Nodes, GroupName Group, string Interface, IReadOnlyList<string> Addresses, byte Vhid)
{
    private const int LongestInterfaceName = 15;

    /// <summary>The other node.</summary>
    public PlannedNode PeerOf(PlannedNode node) => Nodes.Single(other => other != node);

    /// <summary>Takes the plan from the command's options.</summary>
    /// <returns>Null where one is wrong; <paramref name="problem"/> says how.</returns>
    public static PairPlan? Parse(CallLine line, out string? problem)
    {
        var interfaceName = line.Option("interface")!;
        var addresses = line.All("address");
        var nodes = ParseNodes(line, out problem);
        if (nodes is null) return null;

        problem = addresses.Select(address => VirtualAddress.TryParse(address, interfaceName, out _, out var why) ? null : $"'{address}': {why}").FirstOrDefault(why => why is not null);
        if (interfaceName.Length is 0 or > LongestInterfaceName || interfaceName.Any(c => c is '/' or '"' || char.IsWhiteSpace(c))) problem = $"'{interfaceName}' is not the name of a network interface";
        if (!byte.TryParse(line.Option("vhid") ?? "1", NumberStyles.None, CultureInfo.InvariantCulture, out var vhid) || vhid == 0) problem = "--vhid is 1 to 255";
        return problem is null ? new PairPlan(nodes, GroupName.Parse(line.Option("group") ?? "vpn"), interfaceName, addresses, vhid) : null;
    }

    private static List<PlannedNode>? ParseNodes(CallLine line, out string? problem)
    {
        var nodes = new List<PlannedNode>();
        problem = null;
        if (!int.TryParse(line.Option("port") ?? "4053", NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535) problem = "--port is 1 to 65535";
        foreach (var text in line.All("node"))
        {
            if (Named(text) is var (name, address) && HostPort.TryParse(address, port, out var listen)) nodes.Add(new PlannedNode(name, listen!, null));
            else problem ??= $"--node {text}: write NAME=ADDRESS, NAME in lower-case letters, digits and hyphens";
        }
        foreach (var text in line.All("source"))
        {
            var index = Named(text) is var (name, _) ? nodes.FindIndex(node => node.Name == name) : -1;
            if (index >= 0 && IPAddress.TryParse(Named(text)!.Value.Address, out var address) && address.AddressFamily == AddressFamily.InterNetwork) nodes[index] = nodes[index] with { Source = address };
            else problem ??= $"--source {text}: write NAME=ADDRESS, the name of one of the nodes and an IPv4 address";
        }
        if (nodes.Count != 2 || nodes[0].Name == nodes[1].Name) problem ??= "give --node twice, with different names";
        return problem is null ? nodes : null;
    }

    private static (NodeName Name, string Address)? Named(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && NodeName.TryParse(text[..equals], out var name) ? (name, text[(equals + 1)..]) : null;
    }
}
