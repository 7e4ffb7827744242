using System.Net;
using System.Net.Sockets;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>What an address can be used for.</summary>
internal static class AddressRules
{
    /// <summary>Whether one host after the other can hold it: a unicast address.</summary>
    public static bool CanBeShared(IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.Broadcast) && !IsMulticast(address);

    /// <summary>Whether it is a multicast group of IPv4 or IPv6.</summary>
    public static bool IsMulticast(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? address.IsIPv6Multicast : (address.GetAddressBytes()[0] & 0xF0) == 0xE0;
}
