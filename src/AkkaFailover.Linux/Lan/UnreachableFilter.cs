using System.Net;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Lan;

/// <summary>
/// A table of nftables that belongs to a socket of this process: nobody else can change it, and the kernel removes it with the socket
/// (<c>flags owner</c>, Linux 5.12).
/// </summary>
public static class UnreachableFilter
{
    // Bits from the ICMP header: it has 8 octets, and the header of the datagram that it is about follows (RFC 792), without options.
    private const string ProtocolOfDatagram = "@th,136,8", PortOfSender = "@th,224,16";
    private const int Udp = 17;

    // RFC 1191: path MTU discovery goes on.
    private const int FragmentationNeeded = 4;

    /// <summary>Opens it; see <see cref="Core.Ports.UnreachableFilterOpener"/>.</summary>
    /// <exception cref="IOException">nftables is missing, or refuses it.</exception>
    public static IDisposable Open(string name, IReadOnlyList<IPEndPoint> servers)
    {
        var rules = servers.Select(server =>
            $"ip daddr {server.Address} icmp type destination-unreachable icmp code != {FragmentationNeeded} {ProtocolOfDatagram} {Udp} {PortOfSender} {server.Port} counter drop");
        var nftables = Nftables.Open();
        try
        {
            nftables.Run($"table ip akka_failover.{name} {{ flags owner; chain input {{ type filter hook input priority raw; {string.Join("; ", rules)}; }}; }}");
            return nftables;
        }
        catch (IOException)
        {
            nftables.Dispose();
            throw;
        }
    }
}
