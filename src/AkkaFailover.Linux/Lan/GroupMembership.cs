using System.Net;
using System.Net.Sockets;

namespace AkkaFailover.Linux.Lan;

/// <summary>
/// Membership in multicast groups on one interface, held by a socket that receives nothing: without it NICs and snooping
/// switches drop the group's frames, unless the interface is promiscuous.
/// </summary>
internal sealed class GroupMembership : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Joins.</summary>
    /// <exception cref="SocketException">The interface is gone, or the host's limit (net.ipv4.igmp_max_memberships) is reached.</exception>
    public GroupMembership(int interfaceIndex, IEnumerable<IPAddress> groups)
    {
        try
        {
            foreach (var group in groups)
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(group, interfaceIndex));
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Leaves.</summary>
    public void Dispose() => _socket.Dispose();
}
