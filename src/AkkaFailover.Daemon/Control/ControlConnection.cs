using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.RateLimiting;
using AkkaFailover.Core.Palettes;
using Microsoft.Extensions.Logging;

namespace AkkaFailover.Daemon.Control;

/// <summary>
/// One client: reads requests, begins them in their order, and answers each as it is done. Bounds: a line of 8 MiB, 256
/// requests or 16 MiB of them at once (more wait in the socket), five minutes without a request, and 30 s for the client
/// to take an answer.
/// </summary>
internal sealed class ControlConnection(Socket socket, CommandDispatcher dispatcher, ILogger logger) : IDisposable
{
    private const int BytesPerPermit = 64 * 1024;
    private static readonly TimeSpan MostIdle = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MostWriting = TimeSpan.FromSeconds(30);

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _gone = new();

    /// <summary>One permit a request and one for each 64 KiB of it.</summary>
    private readonly ConcurrencyLimiter _outstanding = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = ControlProtocol.MaxOutstanding,
        QueueLimit = ControlProtocol.MaxOutstanding,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Serves the client until it closes, breaks a bound, or the daemon stops. Never throws.</summary>
    public async Task ServeAsync(CancellationToken stopping)
    {
        var running = new HashSet<Task>();
        try
        {
            var peer = PeerCredentials.Of(socket);
            if (peer.Trusted)
            {
                await ReadRequestsAsync(peer.UserName(), running, stopping);
            }
            else
            {
                logger.LogWarning("Control connection of {User} (pid {Pid}) refused: only root and the daemon's own user may command", peer.UserName(), peer.Pid);
                await RefuseAsync($"{peer.UserName()} may not command this daemon: become root, or the daemon's own user");
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            logger.LogDebug("Control connection ended: {Reason}", e.Message);
        }
        await _gone.CancelAsync();
        // A client that closed its sending side still gets its answers; a stop of the daemon waits for none.
        if (!stopping.IsCancellationRequested) await Task.WhenAll(running);
    }

    /// <summary>Says why the client is not served. Never throws.</summary>
    public async Task RefuseAsync(string reason)
    {
        if (!await TryWriteAsync(new ControlAnswer(0, ExitCode.Refused) { Error = reason })) logger.LogDebug("A refused control client left at once");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _writing.Dispose();
        _gone.Dispose();
        _outstanding.Dispose();
    }

    private async Task ReadRequestsAsync(string by, HashSet<Task> running, CancellationToken stopping)
    {
        var lines = new LineReader(_stream, ControlProtocol.MaxRequestBytes);
        try
        {
            while (await ReadUnlessIdleAsync(lines, running, stopping) is { } line)
            {
                var permits = 1 + (int)(line.Length / BytesPerPermit);
                var lease = await _outstanding.AcquireAsync(permits, stopping);
                var request = Parse(line);
                lines.Consume();
                running.RemoveWhere(task => task.IsCompleted);
                running.Add(AnswerAsync(request, by, lease));
            }
        }
        catch (InvalidDataException broken)
        {
            await RefuseAsync(broken.Message);
        }
    }

    private static async ValueTask<ReadOnlySequence<byte>?> ReadUnlessIdleAsync(LineReader lines, HashSet<Task> running, CancellationToken stopping)
    {
        while (true)
        {
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            idle.CancelAfter(MostIdle);
            try
            {
                return await lines.ReadAsync(idle.Token);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested && running.Any(task => !task.IsCompleted))
            {
                // A client that watches says nothing for as long as it likes.
            }
        }
    }

    /// <summary>Reads a request; null where the line is none.</summary>
    internal static ControlRequest? Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            // A null among the words, or the files, is no JSON error.
            return JsonSerializer.Deserialize(ref json, ControlProtocol.Json.ControlRequest) is { } request
                && request.Argv?.Contains(null!) != true && request.Files?.All(file => file is { Path: not null, Content: not null }) != false ? request : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task AnswerAsync(ControlRequest? request, string by, RateLimitLease lease)
    {
        using (lease)
        {
            // Without its answers a client is not served on: the reading ends as well.
            if (!await TryWriteAsync(await RunAsync(request, by))) socket.Close();
        }
    }

    private async Task<ControlAnswer> RunAsync(ControlRequest? request, string by)
    {
        if (request?.Argv is null)
            return new ControlAnswer(request?.Id ?? 0, ExitCode.Usage) { Error = """the line is not a request: {"id":1,"argv":["status"]}""" };
        try
        {
            return await dispatcher.RunAsync(request, by, WriteAsync, _gone.Token);
        }
        catch (Exception e) when (IsGone(e))
        {
            return new ControlAnswer(request.Id, ExitCode.Refused) { Error = "the client has gone" };
        }
        catch (Exception e)
        {
            logger.LogError(e, "Command {Command} failed", string.Join(' ', request.Argv.Take(2)));
            return new ControlAnswer(request.Id, ExitCode.Refused) { Error = $"internal error: {e.Message}; see the daemon's log" };
        }
    }

    private static bool IsGone(Exception e) => e is IOException or SocketException or OperationCanceledException or ObjectDisposedException;

    private async Task<bool> TryWriteAsync(ControlAnswer answer)
    {
        try
        {
            await WriteAsync(answer);
            return true;
        }
        catch (Exception e) when (IsGone(e))
        {
            return false;
        }
    }

    private async ValueTask WriteAsync(ControlAnswer answer)
    {
        var line = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = ControlProtocol.Json.Options.Encoder }))
            JsonSerializer.Serialize(json, answer, ControlProtocol.Json.ControlAnswer);
        line.Write("\n"u8);

        using var slow = new CancellationTokenSource(MostWriting);
        await _writing.WaitAsync(slow.Token);
        try
        {
            await _stream.WriteAsync(line.WrittenMemory, slow.Token);
        }
        finally
        {
            _writing.Release();
        }
    }
}
