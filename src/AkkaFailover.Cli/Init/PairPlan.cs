using System.Net;
using AkkaFailover.Core;
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
    /// <summary>The other node.</summary>
    public PlannedNode PeerOf(PlannedNode node) => Nodes.Single(other => other != node);
}
