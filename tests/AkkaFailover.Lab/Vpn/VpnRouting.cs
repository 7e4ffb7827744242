using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Vpn;

/// <summary>What makes the lab's hosts a site with a VPN gateway: who forwards, and where to.</summary>
public static class VpnRouting
{
    /// <summary>
    /// The server inside the site that clients reach through the tunnel: the lab's host w. It is an address of its own, because the observer's
    /// questions tell the nodes of stations that are not there as those of w's first address.
    /// </summary>
    public const string InnerServer = "192.0.2.102";

    /// <summary>The router's address outside, which clients from outside connect to.</summary>
    public static string RouterOutside { get; } = LabTopology.Hosts.Single(host => host.Name == "r").Cables[1].Address;

    /// <summary>The nodes forward, the router hands the VPN's port on to the virtual address, the inner server knows the way back.</summary>
    public static void Apply(LabNetwork lab)
    {
        foreach (var node in new[] { lab.A, lab.B }) NetworkNamespace.SetKernelParameters(node.Namespace, ("ipv4/ip_forward", "1"));
        Tool.Run("ip", ["netns", "exec", lab["r"].Namespace, "nft", "-f", "-"], $$"""
            table ip vpn {
                chain prerouting {
                    type nat hook prerouting priority dstnat;
                    ip daddr {{RouterOutside}} meta l4proto { tcp, udp } th dport {{VpnServer.Port}} dnat to {{LabTopology.VirtualAddress}}
                }
            }

            """);
        Tool.Ip(lab.Watcher.Namespace, $"address add {InnerServer}/{LabTopology.PrefixLength} dev {lab.Watcher.Plan.Cables[0].Interface}", $"route add {VpnServer.TunnelNetwork} via {LabTopology.VirtualAddress}");
    }
}
