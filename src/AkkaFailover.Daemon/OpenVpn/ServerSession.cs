using AkkaFailover.Core.OpenVpn;

namespace AkkaFailover.Daemon.OpenVpn;

/// <summary>What a look at a server found.</summary>
/// <param name="Clients">Its clients; null where it is not ready or cannot be asked.</param>
/// <param name="Failure">Why it cannot be asked; null where it can.</param>
internal sealed record Listing(IReadOnlyList<VpnClient>? Clients, string? Failure);

/// <summary>One run of a server, seen through its management interface; used by one task at a time.</summary>
internal sealed class ServerSession(string configFile) : IDisposable
{
    private ManagementClient? _management;

    /// <summary>The server's configuration as it was when it was first read in this run; null before.</summary>
    public ServerConfig? Config { get; private set; }

    /// <summary>Has the server tell clients to restart, and lists those that it has.</summary>
    /// <param name="restart">Their numbers; who has gone meanwhile needs no restart.</param>
    public async Task<Listing> LookAsync(IReadOnlyList<long> restart)
    {
        try
        {
            Config ??= ServerInspector.Load(configFile);
            if (Config.Management is not { } place)
                return new Listing(null, $"{configFile} has no management interface: add 'management /run/openvpn-NAME.sock unix'");
            _management ??= await ManagementClient.ConnectAsync(place);
            foreach (var cid in restart) await RestartAsync(_management, cid);
            var state = await _management.ListAsync("state");
            // Bound, and with its tunnel device: before, a client that knocks is not heard.
            return state is [.., var last] && last.Split(',') is [_, "CONNECTED", ..]
                ? new Listing(ClientStatus.Parse(await _management.ListAsync("status 3")), null)
                : new Listing(null, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Drop();
            return new Listing(null, Config?.Management is { } place ? $"{place}: {e.Message}" : e.Message);
        }
    }

    public void Dispose() => Drop();

    private static async Task RestartAsync(ManagementClient management, long cid)
    {
        try
        {
            await management.DoAsync($"client-kill {cid} RESTART");
        }
        catch (ManagementRefusedException)
        {
            // It has gone by itself.
        }
    }

    private void Drop()
    {
        _management?.Dispose();
        _management = null;
    }
}
