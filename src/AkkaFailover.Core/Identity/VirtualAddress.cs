using System.Net;
using System.Net.Sockets;

namespace AkkaFailover.Core;

/// <summary>One address of a group: <c>192.0.2.222/24</c> or <c>2001:db8::5/64 dev eth1</c>.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">0–32 for IPv4, 0–128 for IPv6.</param>
/// <param name="Interface">The interface that carries it.</param>
public sealed record VirtualAddress(IPAddress Address, int PrefixLength, string Interface)
{
    /// <summary>Whether this is an IPv6 address.</summary>
    public bool IsIPv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Reads <c>ADDRESS[/PREFIX] [dev INTERFACE]</c>; without a prefix it is /32 or /128.</summary>
    /// <returns>False where the text has another form; <paramref name="error"/> says why.</returns>
    public static bool TryParse(string text, string defaultInterface, out VirtualAddress? address, out string? error)
    {
        address = null;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length is not (1 or 3) || (words.Length == 3 && words[1] != "dev"))
        {
            error = "write ADDRESS/PREFIX or ADDRESS/PREFIX dev INTERFACE";
            return false;
        }
        var slash = words[0].IndexOf('/', StringComparison.Ordinal);
        var ipText = slash < 0 ? words[0] : words[0][..slash];
        if (!IPAddress.TryParse(ipText, out var ip) || (ip.AddressFamily == AddressFamily.InterNetwork && ipText.Count(c => c == '.') != 3))
        {
            error = $"'{ipText}' is not an IP address";
            return false;
        }
        var most = ip.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        var prefix = most;
        if (slash >= 0 && (!int.TryParse(words[0][(slash + 1)..], out prefix) || prefix < 0 || prefix > most))
        {
            error = $"the prefix length is 0 to {most}";
            return false;
        }
        error = null;
        address = new VirtualAddress(ip, prefix, words.Length == 3 ? words[2] : defaultInterface);
        return true;
    }

    /// <summary>The contract's form: <c>192.0.2.222/24</c>.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";
}
