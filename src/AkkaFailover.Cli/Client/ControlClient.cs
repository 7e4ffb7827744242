using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Client;

/// <summary>A connection to the daemon's control socket.</summary>
internal sealed class ControlClient : IDisposable
{
    /// <summary>A daemon that is there says what it offers at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly NetworkStream _stream;
    private readonly StreamReader _lines;
    private readonly CancellationTokenRegistration _interruption;

    private ControlClient(Socket socket, CancellationToken interrupted)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _interruption = interrupted.Register(_stream.Dispose);
        _lines = new StreamReader(_stream, Encoding.UTF8, false, 16 * 1024);
    }

    /// <summary>Connects; an interruption closes the connection under whoever reads.</summary>
    /// <exception cref="UnreachableException">Nobody listens there, or it may not be used.</exception>
    public static ControlClient Connect(string path, CancellationToken interrupted = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return new ControlClient(socket, interrupted);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            throw new UnreachableException((e as SocketException)?.SocketErrorCode switch
            {
                SocketError.AccessDenied => $"no access to {path}: become root, or the daemon's own user",
                SocketError.ConnectionRefused => $"nobody listens on {path}: is akka-failover running?",
                SocketError.AddressNotAvailable => $"no socket {path}: is akka-failover running, and is its control.socket this path (--socket)?",
                _ => $"cannot connect to {path}: {e.Message}",
            });
        }
    }

    /// <summary>Asks for everything that can be typed.</summary>
    public async Task<Catalogue> CatalogueAsync()
    {
        try
        {
            await SendAsync(new ControlRequest(0, [ControlProtocol.CatalogueCommand]));
            var answer = await ReadAsync().WaitAsync(Patience);
            if (answer.Error is { } refused) throw new RefusedException(refused);
            return answer.Data.Deserialize(ControlProtocol.Json.Catalogue) ?? throw new UnreachableException("the daemon sent no definitions");
        }
        catch (TimeoutException)
        {
            throw new UnreachableException($"the daemon did not answer within {Patience.TotalSeconds:0} s: it hangs or is stopped");
        }
    }

    /// <summary>Sends a request. A connection that is gone shows when the answer is read, which may say why.</summary>
    public async Task SendAsync(ControlRequest request)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(request, ControlProtocol.Json.ControlRequest);
        try
        {
            await _stream.WriteAsync((byte[])[.. json, (byte)'\n']);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Read on: the daemon says why before it closes.
        }
    }

    /// <summary>The next answer.</summary>
    /// <exception cref="UnreachableException">The daemon closed the connection.</exception>
    public async Task<ControlAnswer> ReadAsync()
    {
        try
        {
            var line = await _lines.ReadLineAsync() ?? throw new UnreachableException("the daemon closed the connection: see its log");
            return JsonSerializer.Deserialize(line, ControlProtocol.Json.ControlAnswer) ?? throw new UnreachableException("the daemon sent an empty answer");
        }
        catch (Exception e) when (e is IOException or JsonException or ObjectDisposedException)
        {
            throw new UnreachableException($"the connection to the daemon broke: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interruption.Dispose();
        _lines.Dispose();
        _stream.Dispose();
    }
}

/// <summary>The daemon cannot be reached (exit code 2).</summary>
internal sealed class UnreachableException(string message) : Exception(message);

/// <summary>The daemon does not serve this client (exit code 1).</summary>
internal sealed class RefusedException(string message) : Exception(message);
