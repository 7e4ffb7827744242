using System.Net.Sockets;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Hosting;

namespace AkkaFailover.Daemon.Health;

/// <summary>Good when a connection is accepted.</summary>
internal static class TcpProbe
{
    public static ProbeAnswer Run(TcpCheck check)
    {
        try
        {
            return TcpConnect.Try(check.Address, check.Timeout) switch
            {
                SocketError.Success => new ProbeAnswer(true, $"{check.Address} accepts connections"),
                SocketError.ConnectionRefused => new ProbeAnswer(false, $"{check.Address} refuses connections"),
                SocketError.TimedOut => new ProbeAnswer(false, $"{check.Address} did not answer within {check.Timeout.TotalSeconds:0.###} s"),
                var error => new ProbeAnswer(false, $"{check.Address}: {error}"),
            };
        }
        catch (SocketException failure)
        {
            return new ProbeAnswer(false, $"{check.Address}: {failure.Message}");
        }
    }
}
