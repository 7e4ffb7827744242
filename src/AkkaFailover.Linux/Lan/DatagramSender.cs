using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Linux.Lan;

/// <summary>A raw socket: a port that another program has bound cannot be bound again, but what is sent from it can be written whole.</summary>
public sealed class DatagramSender : IDatagramSender
{
    private readonly Socket _socket;

    private DatagramSender(Socket socket) => _socket = socket;

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">CAP_NET_RAW is missing.</exception>
    public static IDatagramSender Open()
    {
        try
        {
            return new DatagramSender(new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw) { Blocking = false });
        }
        catch (SocketException e)
        {
            throw new IOException($"a raw socket, which needs CAP_NET_RAW: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public string? Send(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> payload)
    {
        if (from.AddressFamily != AddressFamily.InterNetwork || to.AddressFamily != AddressFamily.InterNetwork) return "only IPv4 is supported";
        var datagram = UdpDatagram.Write(Ipv4Address.From(from.Address), (ushort)from.Port, Ipv4Address.From(to.Address), (ushort)to.Port, payload);
        try
        {
            return _socket.SendTo(datagram, to) == datagram.Length ? null : "it was cut short";
        }
        catch (SocketException e)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
