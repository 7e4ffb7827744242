using System.Net.Sockets;
using System.Numerics;
using System.Text;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Daemon.OpenVpn;

namespace AkkaFailover.Fuzz;

/// <summary>What a program behind a management interface's socket writes, be it an OpenVPN server or not. It goes through a connection, as the client reads none but that.</summary>
internal static class ManagementTargets
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("management", [.. ((string[])[
            ">INFO:OpenVPN Management Interface Version 5\r\n1767225600,CONNECTED,SUCCESS,10.8.0.1,,,,\r\nEND\r\n",
            ">LOG:1,I,x\r\nTITLE\tOpenVPN 2.6.14\r\nCLIENT_LIST\tuser\tudp4:198.51.100.10:1194\t10.8.0.2\t\t1\t2\t2026-01-01\t3\tUNDEF\t7\t0\tAES-256-GCM\r\nEND\r\n",
            "SUCCESS: client-kill command succeeded\r\nERROR: client-kill command failed\r\nSUCCESS:\r\n",
            "ENTER PASSWORD:SUCCESS: password is correct\r\nEND\r\n",
        ]).Select(Encoding.UTF8.GetBytes)], () => new Peer().Write),
    ];

    /// <summary>Asks once; false where the connection is of no more use.</summary>
    private static bool Ask(ManagementClient client, bool list)
    {
        try
        {
            if (list) _ = ClientStatus.Parse(client.ListAsync("status 3").GetAwaiter().GetResult());
            else client.DoAsync("client-kill 7 RESTART").GetAwaiter().GetResult();
            return true;
        }
        catch (IOException told)
        {
            return told is ManagementRefusedException;
        }
    }

    /// <summary>Writes an input to whoever connects, and closes.</summary>
    private sealed class Peer
    {
        // A name without a file, which goes with the process.
        private readonly ManagementPlace _place = new($"\0failover-fuzz-{Guid.NewGuid():N}", null, 0, null);
        private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        public Peer()
        {
            _listener.Bind(new UnixDomainSocketEndPoint(_place.UnixPath!));
            _listener.Listen();
        }

        /// <summary>The input is all there before the first question, and its end too: nothing waits for anything.</summary>
        public void Write(byte[] input, ulong decision)
        {
            using var client = ManagementClient.ConnectAsync(_place).GetAwaiter().GetResult();
            using var connection = _listener.Accept();
            connection.Send(input);
            connection.Shutdown(SocketShutdown.Send);
            while (Ask(client, list: (decision & 1) == 0)) decision = BitOperations.RotateRight(decision, 1);
        }
    }
}
