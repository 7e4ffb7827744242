using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>Asks a host's kernel whether somebody listens on a port: a refusal proves that the process is gone.</summary>
internal static class TcpProbe
{
    /// <summary>How long an answer may take; a pair that is further apart cannot fail over in time anyway.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Probes on a thread of its own, since a starved thread pool must not delay a failover, and hands the outcome over
    /// on that thread.
    /// </summary>
    public static void Start(HostPort target, Action<ProbeOutcome, string> done)
    {
        var thread = new Thread(() =>
        {
            var (outcome, detail) = Run(target);
            done(outcome, detail);
        })
        {
            IsBackground = true,
            Name = "link-probe",
        };
        thread.Start();
    }

    private static (ProbeOutcome Outcome, string Detail) Run(HostPort target)
    {
        try
        {
            var address = IPAddress.TryParse(target.Host, out var literal) ? literal : Dns.GetHostAddresses(target.Host)[0];
            return Connect(new IPEndPoint(address, target.Port)) switch
            {
                SocketError.Success => (ProbeOutcome.Open, $"{target} listens"),
                SocketError.ConnectionRefused => (ProbeOutcome.Refused, $"{target} refuses connections: the peer's process is gone"),
                var error => (ProbeOutcome.Unreachable, $"{target} cannot be reached: {error}"),
            };
        }
        catch (SocketException failure)
        {
            return (ProbeOutcome.Unreachable, $"{target} cannot be reached: {failure.Message}");
        }
    }

    private static SocketError Connect(IPEndPoint target)
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
            if (!socket.Poll(Bound, SelectMode.SelectWrite)) return SocketError.TimedOut;
            return (SocketError)(int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }
}
