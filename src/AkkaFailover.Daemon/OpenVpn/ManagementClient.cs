using System.Net.Sockets;
using System.Text;
using AkkaFailover.Core.OpenVpn;

namespace AkkaFailover.Daemon.OpenVpn;

/// <summary>
/// A connection to a server's management interface: one question at a time, each within its time; what it answers is bounded in
/// lines and in their length, for the program behind the socket may be any.
/// </summary>
internal sealed class ManagementClient : IDisposable
{
    /// <summary>How long a question may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // A row for each client in two tables, and some lines around them.
    private const int MaxLines = (4 * ClientStatus.MaxClients) + 1000;

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly byte[] _line = new byte[ClientStatus.MaxLine];
    private int _at;
    private int _length;

    private ManagementClient(Socket socket) => _socket = socket;

    /// <summary>Connects.</summary>
    /// <exception cref="IOException">Nobody is there, or it does not let this program in.</exception>
    public static async Task<ManagementClient> ConnectAsync(ManagementPlace place)
    {
        using var patience = new CancellationTokenSource(Patience);
        var socket = place.UnixPath is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var client = new ManagementClient(socket);
        try
        {
            if (place.UnixPath is { } path) await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), patience.Token);
            else await socket.ConnectAsync(place.Host!, place.Port, patience.Token);
            if (place.PasswordFile is { } file)
                await client.SendAsync((await File.ReadAllLinesAsync(file, patience.Token)).FirstOrDefault() ?? "", patience.Token);
            return client;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or UnauthorizedAccessException or ArgumentException)
        {
            client.Dispose();
            throw new IOException(e is OperationCanceledException ? "it did not accept the connection in time" : e.Message, e);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>The lines of an answer that ends with END.</summary>
    /// <exception cref="IOException">It refused, broke off, wrote too much or took too long.</exception>
    public Task<IReadOnlyList<string>> ListAsync(string command) => AskAsync(command, line => line == "END");

    /// <summary>Gives a command that is answered in one line.</summary>
    /// <exception cref="IOException">As for <see cref="ListAsync"/>.</exception>
    public Task DoAsync(string command) => AskAsync(command, line => line.StartsWith("SUCCESS:", StringComparison.Ordinal));

    public void Dispose() => _socket.Dispose();

    private async Task<IReadOnlyList<string>> AskAsync(string command, Func<string, bool> isEnd)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await SendAsync(command, patience.Token);
            var lines = new List<string>();
            while (lines.Count < MaxLines)
            {
                var line = await ReadLineAsync(patience.Token);
                // What it tells by itself, and what it asks for before it lets anybody in.
                if (line.StartsWith('>')) continue;
                if (line.StartsWith("ERROR:", StringComparison.Ordinal)) throw new ManagementRefusedException($"it refused '{command}': {line}");
                if (isEnd(line)) return lines;
                lines.Add(line);
            }
            throw new IOException($"its answer to '{command}' has more than {MaxLines} lines");
        }
        catch (OperationCanceledException e)
        {
            throw new IOException($"it did not answer '{command}' within {Patience.TotalSeconds:0} s", e);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private async Task SendAsync(string line, CancellationToken patience) =>
        await _socket.SendAsync(Encoding.UTF8.GetBytes(line + "\n"), patience);

    private async Task<string> ReadLineAsync(CancellationToken patience)
    {
        for (var length = 0; ;)
        {
            if (_at == _length)
            {
                (_at, _length) = (0, await _socket.ReceiveAsync(_buffer, patience));
                if (_length == 0) throw new IOException("it closed the connection");
            }
            var octet = _buffer[_at++];
            if (octet == '\n') return Encoding.UTF8.GetString(_line, 0, length).TrimEnd('\r');
            if (length == _line.Length) throw new IOException($"it wrote a line of more than {_line.Length} bytes");
            _line[length++] = octet;
        }
    }
}

/// <summary>The server understood a command and will not do it; the connection is in order.</summary>
internal sealed class ManagementRefusedException(string message) : IOException(message);
