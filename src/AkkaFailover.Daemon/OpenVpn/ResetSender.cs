using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire.OpenVpn;

namespace AkkaFailover.Daemon.OpenVpn;

/// <summary>
/// Sends resets in the server's name. As long as it is open the server is spared what becomes of them: the host of a client that is gone
/// answers "unreachable", and the kernel would take the server's next packet, to whomever, for the one that failed.
/// </summary>
internal sealed class ResetSender : IDisposable
{
    // Older than anything that the server sends: the client takes a later packet with an earlier time for a replayed one.
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(60);

    private readonly IDatagramSender _sender;
    private readonly IDisposable? _filter;
    private readonly IReadOnlyList<IPEndPoint> _from;
    private readonly StaticKey _key;
    private readonly uint _time;
    private readonly Dictionary<IPEndPoint, byte[]> _packets = [];

    private ResetSender(IDatagramSender sender, ResetPorts ports, string group, IReadOnlyList<IPEndPoint> from, StaticKey key, DateTimeOffset now)
    {
        (_sender, _from, _key, _time) = (sender, from, key, (uint)(now - Age).ToUnixTimeSeconds());
        try
        {
            _filter = ports.OpenFilter(group, from);
        }
        catch (IOException e)
        {
            WhyNoFilter = e.Message;
        }
    }

    /// <summary>Why what clients answer that are gone reaches the server; empty where it does not.</summary>
    public string WhyNoFilter { get; } = "";

    /// <summary>Opens it.</summary>
    /// <param name="config">The server's configuration.</param>
    /// <param name="group">The group: clients know the server by one of its addresses.</param>
    /// <param name="ports">What it is made of.</param>
    /// <param name="now">Wall-clock time.</param>
    /// <param name="whyNot">Why clients of this server cannot be made to reconnect; empty where they can.</param>
    public static ResetSender? Open(ServerConfig config, GroupSettings group, ResetPorts ports, DateTimeOffset now, out string whyNot)
    {
        var known = group.VirtualAddresses.Select(address => address.Address).Where(address => address.AddressFamily == AddressFamily.InterNetwork);
        var from = config.Port is { } port ? known.Select(address => new IPEndPoint(address, port)).ToList() : [];
        whyNot = !config.IsUdp ? "the server speaks TCP, whose clients notice by themselves"
            : config.HasTlsCryptV2 ? "tls-crypt-v2 gives each client a key of its own; only tls-crypt is supported"
            : !config.Has("tls-crypt") ? "the server has no tls-crypt key"
            : from.Count == 0 ? "the group has no IPv4 address, or the server's port is not a number"
            : "";
        if (whyNot.Length > 0) return null;
        try
        {
            var text = config.Inline("tls-crypt") ?? File.ReadAllText(config.File("tls-crypt")!);
            if (StaticKey.Parse(text) is { } key) return new ResetSender(ports.OpenSender(), ports, group.Name.ToString(), from, key, now);
            whyNot = $"{config.File("tls-crypt") ?? "the inline tls-crypt"} is not a static key of OpenVPN";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            whyNot = e.Message;
        }
        return null;
    }

    /// <summary>Sends a reset, the same one again to whom one was sent before.</summary>
    /// <returns>Null, or why it did not leave.</returns>
    public string? Send(IPEndPoint to)
    {
        if (!_packets.TryGetValue(to, out var packet))
        {
            Span<byte> session = stackalloc byte[ServerReset.SessionIdLength];
            RandomNumberGenerator.Fill(session);
            _packets[to] = packet = ServerReset.Write(_key, session, _time);
        }
        return _from.Select(from => _sender.Send(from, to, packet)).ToList().Find(failure => failure is not null);
    }

    public void Dispose()
    {
        _sender.Dispose();
        _filter?.Dispose();
    }
}

/// <summary>What resets are sent with.</summary>
/// <param name="OpenSender">Opens the socket.</param>
/// <param name="OpenFilter">Opens what spares the server the answers.</param>
internal sealed record ResetPorts(DatagramSenderOpener OpenSender, UnreachableFilterOpener OpenFilter);
