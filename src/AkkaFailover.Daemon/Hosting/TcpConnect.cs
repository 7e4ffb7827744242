using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>Whether somebody accepts connections at an address; one that is accepted is reset at once, so that nothing stays behind on either side.</summary>
internal static class TcpConnect
{
    /// <summary>Tries it; blocks.</summary>
    /// <param name="target">Where.</param>
    /// <param name="bound">How long the answer may take; a name server has its own time.</param>
    /// <exception cref="SocketException">The name has no address.</exception>
    public static SocketError Try(HostPort target, TimeSpan bound)
    {
        var address = IPAddress.TryParse(target.Host, out var literal) ? literal
            : Dns.GetHostAddresses(target.Host).FirstOrDefault() ?? throw new SocketException((int)SocketError.HostNotFound);
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Blocking = false;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        try
        {
            socket.Connect(new IPEndPoint(address, target.Port));
            return SocketError.Success;
        }
        catch (SocketException pending) when (pending.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(bound, SelectMode.SelectWrite)) return SocketError.TimedOut;
            return (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }
}
