using System.Globalization;
using System.Net;
using System.Text;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.OpenVpn;

/// <summary>A client with an established session, as a server lists it.</summary>
/// <param name="CommonName">Of its certificate, or its user name.</param>
/// <param name="RealAddress">Where its packets come from.</param>
/// <param name="TunnelAddress">Its address in the tunnel; empty where it has none.</param>
/// <param name="Cid">The number the server of now knows it by; meaningless to another one.</param>
public sealed record VpnClient(string CommonName, IPEndPoint RealAddress, string TunnelAddress, long Cid)
{
    private const string Prefix = "openvpn-client:";

    /// <summary>Whether a key of the replica is a client's.</summary>
    public static bool IsKey(string key) => key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The clients among the entries of a replica.</summary>
    public static IEnumerable<VpnClient> In(EntryMap entries) => entries.Under(Prefix).Select(entry => Decode(entry.Key, entry.Entry.Value)).OfType<VpnClient>();

    /// <summary>The key it has in the replica.</summary>
    public string Key => $"{Prefix}{RealAddress}";

    /// <summary>The value it has there: name and tunnel address, a line each.</summary>
    public byte[] Encode() => Encoding.UTF8.GetBytes($"{CommonName}\n{TunnelAddress}");

    /// <summary>Reads an entry of the replica; the peer is believed no more than anybody else.</summary>
    /// <returns>Null where it is none of ours.</returns>
    public static VpnClient? Decode(string key, ReadOnlySpan<byte> value) =>
        Read(key, value) is { } client && client.Key == key ? client : null;

    private static VpnClient? Read(string key, ReadOnlySpan<byte> value) =>
        IsKey(key) && value.Length <= ClientStatus.MaxLine && IPEndPoint.TryParse(key[Prefix.Length..], out var address) && address.Port > 0
        && Encoding.UTF8.GetString(value).Split('\n') is [var name, var tunnel] ? new VpnClient(name, address, tunnel, -1) : null;

    /// <inheritdoc/>
    public override string ToString() => $"{CommonName} ({RealAddress})";
}

/// <summary>The answer to <c>status 3</c> of the management interface (OpenVPN 2.4 and later): fields separated by tabs.</summary>
public static class ClientStatus
{
    /// <summary>A line is not longer, in characters.</summary>
    public const int MaxLine = 4096;

    /// <summary>Clients that are followed; what a server has beyond them waits for its time-out.</summary>
    public const int MaxClients = 4096;

    private const string Row = "CLIENT_LIST";

    // Its columns, behind the row's name.
    private const int Name = 1, Real = 2, Tunnel = 3, Cid = 10;

    /// <summary>The clients in the lines of an answer; who has not been let in yet (UNDEF) is none.</summary>
    public static IReadOnlyList<VpnClient> Parse(IEnumerable<string> lines) =>
        [.. lines.Select(Client).OfType<VpnClient>().Take(MaxClients)];

    private static VpnClient? Client(string line) =>
        line.Split('\t') is { Length: > Cid } fields && fields[0] == Row && fields[Name] is not ("UNDEF" or "")
        && AddressOf(fields[Real]) is { } address
        && long.TryParse(fields[Cid], NumberStyles.None, CultureInfo.InvariantCulture, out var cid)
            ? new VpnClient(Printable(fields[Name]), address, Printable(fields[Tunnel]), cid)
            : null;

    /// <summary>A common name is a client's own choice.</summary>
    private static string Printable(string text) => string.Concat(text.Where(c => !char.IsControl(c)));

    /// <summary>Later versions write the protocol in front: <c>udp4:192.0.2.1:1194</c>.</summary>
    private static IPEndPoint? AddressOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && text[..colon] is "udp4" or "udp6" or "tcp4-server" or "tcp6-server") text = text[(colon + 1)..];
        return IPEndPoint.TryParse(text, out var address) && address.Port > 0 ? address : null;
    }
}
