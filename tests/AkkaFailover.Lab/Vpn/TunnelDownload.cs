using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Vpn;

/// <summary>
/// One TCP connection from a client through the tunnel to the server inside, which sends so many random bytes at a steady rate. Nothing is asked
/// for twice: either this one connection lives through the fault, or the download fails.
/// </summary>
public sealed class TunnelDownload : IDisposable
{
    private const int Port = 8080, ChunkBytes = 64 * 1024;
    private readonly Socket _listener, _client;
    private readonly long _bytes;
    private readonly double _bytesPerSecond;
    private readonly CancellationTokenSource _end = new();
    private long _received;

    private TunnelDownload(Socket listener, Socket client, long bytes, TimeSpan duration) =>
        (_listener, _client, _bytes, _bytesPerSecond) = (listener, client, bytes, bytes / duration.TotalSeconds);

    /// <summary>Bytes that have arrived.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The checksum of what arrived and of what was sent, once all of it has.</summary>
    public Task<(string Received, string Sent)> Completed { get; private set; } = null!;

    /// <summary>Begins a download.</summary>
    /// <param name="lab">The network.</param>
    /// <param name="client">Where it arrives.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="duration">How long the sender takes where nothing is in its way.</param>
    /// <exception cref="LabException">No connection.</exception>
    public static TunnelDownload Begin(LabNetwork lab, LabHost client, long bytes, TimeSpan duration)
    {
        var server = new IPEndPoint(IPAddress.Parse(VpnRouting.InnerServer), Port);
        var listener = NetworkNamespace.Run(lab.Watcher.Namespace, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(server);
            socket.Listen();
            return socket;
        });
        var download = new TunnelDownload(listener, NetworkNamespace.Run(client.Namespace, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)), bytes, duration);
        var sent = download.Send();
        var received = download.Receive(server);
        download.Completed = Both();
        return download;

        async Task<(string, string)> Both()
        {
            // Where one fails the other may wait for ever.
            await await Task.WhenAny(sent, received);
            return (await received, await sent);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _client.Dispose();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task<string> Send()
    {
        using var connection = await _listener.AcceptAsync(_end.Token);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (random, chunk, begin) = (new Random(Seed: 200), new byte[ChunkBytes], Stopwatch.StartNew());
        for (long sent = 0; sent < _bytes;)
        {
            var count = (int)Math.Min(ChunkBytes, _bytes - sent);
            random.NextBytes(chunk);
            hash.AppendData(chunk, 0, count);
            for (var done = 0; done < count;) done += await connection.SendAsync(chunk.AsMemory(done, count - done), _end.Token);
            sent += count;
            var early = TimeSpan.FromSeconds(sent / _bytesPerSecond) - begin.Elapsed;
            if (early > TimeSpan.FromMilliseconds(5)) await Task.Delay(early, _end.Token);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private async Task<string> Receive(IPEndPoint server)
    {
        await _client.ConnectAsync(server, _end.Token);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[ChunkBytes];
        while (Received < _bytes)
        {
            var count = await _client.ReceiveAsync(buffer, _end.Token);
            if (count == 0) throw new LabException($"the download ended after {Received} of {_bytes} bytes");
            hash.AppendData(buffer, 0, count);
            Interlocked.Add(ref _received, count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
