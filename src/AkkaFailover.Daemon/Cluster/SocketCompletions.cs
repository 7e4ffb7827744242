using System.Net;
using System.Net.Sockets;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// Makes .NET hand over what arrives at a socket on the thread that polled it, instead of queueing it to the thread pool: a
/// starved pool would stop all beats of the peer. The setting exists as an environment variable alone, which .NET reads
/// when the process first waits for a socket, and which the commands that the daemon starts should not inherit.
/// </summary>
public static class SocketCompletions
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>To be called before anything in the process uses a socket.</summary>
    public static void RunInline()
    {
        var before = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, "1");
        WaitForASocket();
        Environment.SetEnvironmentVariable(Variable, before);
    }

    private static void WaitForASocket()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var receive = new SocketAsyncEventArgs();
        receive.SetBuffer(new byte[1]);
        socket.ReceiveAsync(receive);
    }
}
