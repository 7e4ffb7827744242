using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Health;

/// <summary>Good when a connection is accepted; it is reset at once, so that nothing stays behind on either side.</summary>
internal static class TcpProbe
{
    public static ProbeAnswer Run(TcpCheck check)
    {
        try
        {
            var address = IPAddress.TryParse(check.Address.Host, out var literal) ? literal : Dns.GetHostAddresses(check.Address.Host)[0];
            return Connect(new IPEndPoint(address, check.Address.Port), check.Timeout) switch
            {
                SocketError.Success => new ProbeAnswer(true, $"{check.Address} accepts connections"),
                SocketError.ConnectionRefused => new ProbeAnswer(false, $"{check.Address} refuses connections"),
                SocketError.TimedOut => new ProbeAnswer(false, $"{check.Address} did not answer within {check.Timeout.TotalSeconds:0.###} s"),
                var error => new ProbeAnswer(false, $"{check.Address}: {error}"),
            };
        }
        catch (Exception failure) when (failure is SocketException or IndexOutOfRangeException)
        {
            return new ProbeAnswer(false, $"{check.Address}: {failure.Message}");
        }
    }

    private static SocketError Connect(IPEndPoint target, TimeSpan bound)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Blocking = false;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        try
        {
            socket.Connect(target);
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
