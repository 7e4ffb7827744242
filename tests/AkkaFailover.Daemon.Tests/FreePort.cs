using System.Net;
using System.Net.Sockets;

namespace AkkaFailover.Daemon.Tests;

/// <summary>
/// Ports on which a test's servers will listen: below those that the kernel gives to whoever asks for any, and each one once. Tests run side by side, and another one
/// would take a port of the kernel's own choice before its server does.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000, Count = 12_000;
    private static int _last = Environment.ProcessId;

    /// <summary>A port of the loopback address that nobody listens on.</summary>
    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            if (IsFree(port)) return port;
        }
        throw new InvalidOperationException($"no free port from {First} to {First + Count - 1}");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
