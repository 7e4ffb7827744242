using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Daemon.Groups;

/// <summary>What the heartbeat asks on the LAN, and what it hears there.</summary>
internal static class LanFrames
{
    /// <summary>Asks for an address: ARP for IPv4, neighbour discovery for IPv6.</summary>
    /// <param name="target">The address.</param>
    /// <param name="to">The station asked; null for all.</param>
    /// <param name="mac">This node's station.</param>
    /// <param name="source">This node's address.</param>
    public static byte[] Question(IPAddress target, MacAddress? to, MacAddress mac, IPAddress source)
    {
        if (target.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var solicitation = NeighbourFrame.Solicitation(to, mac, IPAddress.IPv6Any, target);
            var frame = new byte[solicitation.Length];
            solicitation.Write(frame);
            return frame;
        }
        var octets = new byte[ArpFrame.Length];
        ArpFrame.Request(to ?? MacAddress.Broadcast, mac, Ipv4Address.From(source), Ipv4Address.From(target)).Write(octets);
        return octets;
    }

    /// <summary>
    /// The filter of what a group must hear: adverts, answers to this node, and whoever says that it has one of the group's
    /// addresses. Broadcast ARP of everybody else, the bulk of it, does not leave the kernel.
    /// </summary>
    public static string Filter(GroupSettings group)
    {
        var claims = group.VirtualAddresses.Where(a => !a.IsIPv6).Select(a => $" or arp[14:4] = {Ipv4Address.From(a.Address).Value}");
        return $"(ip proto {Ipv4Header.ProtocolCarp}) or (arp and (not ether broadcast{string.Concat(claims)})) or (icmp6 and ip6[40] = {(byte)NeighbourMessage.Advertisement})";
    }
}
