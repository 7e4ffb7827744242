namespace AkkaFailover.Lab.Vpn;

/// <summary>How clients reach the server: a column of the table.</summary>
/// <param name="Key">For the command line and the results.</param>
/// <param name="Title">For the table.</param>
/// <param name="Tcp">TCP instead of UDP.</param>
/// <param name="Keepalive">The server's <c>keepalive</c>: seconds between pings, and of silence before a client connects anew.</param>
public sealed record VpnVariant(string Key, string Title, bool Tcp, string Keepalive)
{
    /// <summary>UDP with the timing that everybody has.</summary>
    public static readonly VpnVariant Udp = new("udp-10-60", "UDP, keepalive 10 60", Tcp: false, "10 60");

    /// <summary>UDP with a short one.</summary>
    public static readonly VpnVariant ShortUdp = new("udp-1-3", "UDP, keepalive 1 3", Tcp: false, "1 3");

    /// <summary>TCP.</summary>
    public static readonly VpnVariant OverTcp = new("tcp", "TCP, keepalive 10 60", Tcp: true, "10 60");

    /// <summary>All of them, in the order of the table.</summary>
    public static readonly IReadOnlyList<VpnVariant> All = [Udp, ShortUdp, OverTcp];
}
