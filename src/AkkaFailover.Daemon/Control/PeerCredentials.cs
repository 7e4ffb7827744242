using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AkkaFailover.Daemon.Control;

/// <summary>Who is at the other end of a Unix socket, as the kernel knows it since the connect (unix(7), SO_PEERCRED).</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Uid">Effective user id.</param>
/// <param name="Gid">Effective group id.</param>
internal readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>This process's own effective user id.</summary>
    public static readonly uint OwnUid = geteuid();

    /// <summary>Whether commands are taken from there: from root and from the daemon's own user.</summary>
    public bool Trusted => Uid == 0 || Uid == OwnUid;

    /// <summary>Asks the kernel.</summary>
    public static PeerCredentials Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        return MemoryMarshal.Read<PeerCredentials>(credentials);
    }

    /// <summary>The user's name, or "uid N" where none is known here.</summary>
    public string UserName()
    {
        var uid = Uid.ToString();
        try
        {
            foreach (var line in File.ReadLines("/etc/passwd"))
                if (line.Split(':') is [var name, _, var id, ..] && id == uid) return name;
        }
        catch (IOException)
        {
            // A host without the file still has numbers.
        }
        return $"uid {uid}";
    }

    [DllImport("libc")]
    private static extern uint geteuid();
}
