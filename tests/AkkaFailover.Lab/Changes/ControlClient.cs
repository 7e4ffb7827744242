using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AkkaFailover.Lab.Changes;

/// <summary>What the daemon answered to a change.</summary>
/// <param name="Version">The change's number; 0 where it was refused.</param>
/// <param name="Replicated">Both nodes have it on disk.</param>
/// <param name="Error">Why it was refused; empty where it was not.</param>
internal readonly record struct ChangeAnswer(long Version, bool Replicated, string Error)
{
    /// <summary>Whether the change counts.</summary>
    public bool IsAcknowledged => Error.Length == 0;
}

/// <summary>A connection to a daemon's control socket that sends what <c>failoverctl config set --stdin</c> sends (docs/control-protocol.md).</summary>
internal sealed class ControlClient : IChangeClient
{
    private static readonly byte[] Before = "{\"id\":1,\"argv\":[\"config\",\"set\",\"--stdin\"],\"data\":\""u8.ToArray();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private byte[] _received = new byte[16 * 1024];
    private int _begin, _end;

    private ControlClient()
    {
    }

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody listens.</exception>
    public static async Task<ControlClient> Connect(string socket)
    {
        var client = new ControlClient();
        try
        {
            await client._socket.ConnectAsync(new UnixDomainSocketEndPoint(socket));
            return client;
        }
        catch (SocketException)
        {
            client.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task Put(string key, string value)
    {
        var answer = await Change(key, value);
        if (!answer.Replicated) throw new LabException($"{key} is not on both nodes: {answer}");
    }

    /// <summary>Changes a key and waits for the answer.</summary>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<ChangeAnswer> Change(string key, string value)
    {
        await Send(key, value);
        return await Receive();
    }

    /// <summary>Sends a change without waiting; its answer is one of the next that <see cref="Receive"/> returns.</summary>
    public async Task Send(string key, string value) => await SendAll(Line(key, value));

    /// <summary>Waits for the next answer to a change.</summary>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<ChangeAnswer> Receive() => Read(await ReceiveLine());

    /// <summary>Asks for a key's value.</summary>
    /// <returns>Its version and value; null where there is no such key.</returns>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<(long Version, string Value)?> Get(string key)
    {
        await SendAll(JsonSerializer.SerializeToUtf8Bytes(new { id = 1, argv = new[] { "config", "get", key } }).Append((byte)'\n').ToArray());
        using var answer = JsonDocument.Parse(await ReceiveLine());
        return answer.RootElement.TryGetProperty("data", out var data)
            ? (data.GetProperty("version").GetInt64(), data.GetProperty("value").GetString()!)
            : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>The request that sets a key.</summary>
    public static byte[] Line(string key, string value)
    {
        var change = Encoding.UTF8.GetBytes($$"""{"key":"{{key}}","value":"{{value}}"}""");
        return [.. Before, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(change)), .. "\"}\n"u8];
    }

    /// <summary>The answer to it.</summary>
    public static ChangeAnswer Read(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (root.GetProperty("code").GetInt32() != 0) return new ChangeAnswer(0, false, root.GetProperty("error").GetString()!);
        var data = root.GetProperty("data");
        return new ChangeAnswer(data.GetProperty("version").GetInt64(), data.GetProperty("replicated").GetBoolean(), "");
    }

    private async Task SendAll(byte[] line)
    {
        try
        {
            for (var sent = 0; sent < line.Length;) sent += await _socket.SendAsync(line.AsMemory(sent));
        }
        catch (SocketException gone)
        {
            throw new IOException(gone.Message, gone);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReceiveLine()
    {
        while (true)
        {
            if (_received.AsSpan(_begin, _end - _begin).IndexOf((byte)'\n') is >= 0 and var length)
            {
                var line = _received.AsMemory(_begin, length);
                _begin += length + 1;
                return line;
            }
            MakeRoom();
            _end += await ReceiveSome();
        }
    }

    private void MakeRoom()
    {
        _received.AsSpan(_begin, _end - _begin).CopyTo(_received);
        (_begin, _end) = (0, _end - _begin);
        if (_end == _received.Length) Array.Resize(ref _received, _received.Length * 2);
    }

    private async Task<int> ReceiveSome()
    {
        try
        {
            return await _socket.ReceiveAsync(_received.AsMemory(_end)) is > 0 and var received ? received : throw new IOException("the daemon closed the connection");
        }
        catch (SocketException gone)
        {
            throw new IOException(gone.Message, gone);
        }
    }
}
