using System.Net;
using System.Runtime.InteropServices;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Netlink;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Lan;

/// <summary>
/// A table of nf_tables that belongs to a socket of this process: nobody else changes it, and the kernel removes it with the socket
/// (Linux 5.12). See <see cref="Core.Ports.UnreachableFilterOpener"/>.
/// </summary>
public sealed class UnreachableFilter : IDisposable
{
    private const byte Icmp = 1, Udp = 17;

    // RFC 792: destination unreachable, time exceeded, parameter problem. RFC 1191: with "fragmentation needed" path MTU discovery goes on.
    private const byte DestinationUnreachable = 3, TimeExceeded = 11, ParameterProblem = 12, FragmentationNeeded = 4;

    // Of the IP header, and of the ICMP header of 8 octets with the IP header (without options) and the ports of the datagram that it is about behind it.
    private const uint Protocol = 9, Destination = 16;
    private const uint Type = 0, Code = 1, DatagramProtocol = 8 + 9, DatagramSource = 8 + 20;
    private const int LargestAnswer = 8192;

    private readonly SafeFileHandle _socket;

    private UnreachableFilter(SafeFileHandle socket) => _socket = socket;

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">The kernel has no nf_tables or is too old, CAP_NET_ADMIN is missing, or the name is taken.</exception>
    public static IDisposable Open(string name, IReadOnlyList<IPEndPoint> servers)
    {
        var batch = new PacketFilterBatch($"akka_failover.{name}");
        foreach (var server in servers)
        {
            batch.DropWhere([.. About(server, DestinationUnreachable), new PacketCondition(PacketHeader.Transport, Code, [FragmentationNeeded], IsNot: true)]);
            batch.DropWhere(About(server, TimeExceeded));
            batch.DropWhere(About(server, ParameterProblem));
        }
        var filter = new UnreachableFilter(RawSockets.OpenNetfilter());
        try
        {
            filter.Send(batch);
            return filter;
        }
        catch (IOException)
        {
            filter.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static IEnumerable<PacketCondition> About(IPEndPoint server, byte type) =>
    [
        new(PacketHeader.Network, Destination, server.Address.GetAddressBytes()),
        new(PacketHeader.Network, Protocol, [Icmp]),
        new(PacketHeader.Transport, Type, [type]),
        new(PacketHeader.Transport, DatagramProtocol, [Udp]),
        new(PacketHeader.Transport, DatagramSource, [(byte)(server.Port >> 8), (byte)server.Port]),
    ];

    /// <summary>The kernel does all of it, or nothing, before the call returns; then its answers can be read.</summary>
    private void Send(PacketFilterBatch batch)
    {
        if (!RawSockets.Send(_socket, batch.Finish())) throw Refused(Errno.Last);
        Span<byte> buffer = stackalloc byte[LargestAnswer];
        for (var answers = 0; answers < batch.Requests;)
        {
            var length = RawSockets.Receive(_socket, buffer, wait: false);
            if (length < 0) throw Refused(Errno.Last);
            var messages = new NetlinkMessages(buffer[..length]);
            while (messages.Next())
            {
                if (messages.Type != NetlinkFormat.MessageError || messages.Payload.Length < 4) continue;
                var errno = -MemoryMarshal.Read<int>(messages.Payload);
                if (errno != 0) throw Refused(errno);
                answers++;
            }
        }
    }

    private static IOException Refused(int errno) => new($"a packet filter, which needs nf_tables, Linux 5.12 and CAP_NET_ADMIN: {Errno.Describe(errno)}");
}
