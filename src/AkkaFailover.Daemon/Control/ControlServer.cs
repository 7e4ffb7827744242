using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaFailover.Daemon.Control;

/// <summary>The control socket: accepts clients, at most <see cref="MaxConnections"/> at once.</summary>
/// <param name="path">The socket's path (<c>control.socket</c>).</param>
/// <param name="context">What commands may ask; called for each request.</param>
/// <param name="logger">The log.</param>
public sealed class ControlServer(string path, Func<ControlContext> context, ILogger<ControlServer> logger) : IHostedService, IDisposable
{
    /// <summary>The most clients at once; further ones are told so and closed.</summary>
    public const int MaxConnections = 512;

    private readonly CommandDispatcher _dispatcher = new(context, ControlPalettes.All);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<Task> _connections = [];
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>Binds the socket; clients wait until <see cref="StartAsync"/>.</summary>
    /// <exception cref="ControlSocketException">It cannot be bound.</exception>
    public void Listen() => _listener = ControlSocket.Listen(path, MaxConnections);

    /// <summary>Serves clients.</summary>
    /// <exception cref="ControlSocketException">It cannot be bound.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_listener is null) Listen();
        _accepting = AcceptAsync(_listener!);
        logger.LogDebug("Control socket: {Path}", path);
        return Task.CompletedTask;
    }

    /// <summary>Takes the socket away and ends all connections.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_listener is null) return;
        // Away first: from here on the path may belong to the next daemon.
        File.Delete(path);
        await _stopping.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections).WaitAsync(cancellationToken);
        _listener.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener?.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(_stopping.Token);
                _connections.RemoveWhere(connection => connection.IsCompleted);
                _connections.Add(ServeAsync(socket, _connections.Count < MaxConnections));
            }
            catch (SocketException e)
            {
                // Out of descriptors: the next one may find one free.
                logger.LogWarning("Control socket: a connection could not be accepted: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket, bool welcome)
    {
        using var connection = new ControlConnection(socket, _dispatcher, logger);
        try
        {
            if (welcome) await connection.ServeAsync(_stopping.Token);
            else await connection.RefuseAsync($"{MaxConnections} clients are connected already: close one");
        }
        catch (Exception e)
        {
            // One client's accident is neither the other clients' nor the stop's.
            logger.LogError(e, "A control connection failed");
        }
    }
}
