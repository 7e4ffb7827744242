using System.Net.Sockets;

namespace AkkaFailover.Daemon.Control;

/// <summary>
/// The listening socket's file. It is bound inside a directory of mode 0700, given its mode there and only then moved to
/// its place: nobody else can connect at any moment, and what an earlier daemon left behind is replaced in one step.
/// </summary>
internal static class ControlSocket
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>Listens at a path.</summary>
    /// <exception cref="ControlSocketException">Another daemon listens there, or the path cannot be used.</exception>
    public static Socket Listen(string path, int backlog)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var nursery = Path.Combine(directory, $".{Environment.ProcessId:x}");
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(directory);
            RefuseIfTaken(path);
            Directory.CreateDirectory(nursery, OwnerDirectory);
            var born = Path.Combine(nursery, "s");
            File.Delete(born);
            listener.Bind(new UnixDomainSocketEndPoint(born));
            File.SetUnixFileMode(born, OwnerOnly);
            listener.Listen(backlog);
            File.Move(born, path, overwrite: true);
            return listener;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            listener.Dispose();
            throw new ControlSocketException($"control.socket: cannot listen on {path}: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(nursery)) Directory.Delete(nursery, recursive: true);
        }
    }

    private static void RefuseIfTaken(string path)
    {
        if (!File.Exists(path)) return;
        if (new FileInfo(path).Length > 0)
            throw new ControlSocketException($"control.socket: {path} is a file, not a socket: remove it or choose another path", null);
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            return;
        }
        throw new ControlSocketException($"control.socket: another daemon listens on {path}: stop it, or choose another path", null);
    }
}

/// <summary>The control socket cannot be had; the message names the key, the path and the mend.</summary>
public sealed class ControlSocketException(string message, Exception? cause) : Exception(message, cause);
