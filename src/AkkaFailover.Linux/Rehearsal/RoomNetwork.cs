using System.Diagnostics;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Linux.Rehearsal;

/// <summary>The network of a rehearsal, by ip(8): interfaces named as the host's, with the addresses that it would have after a claim, and nobody else there.</summary>
internal static class RoomNetwork
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Makes it.</summary>
    /// <exception cref="IOException">A virtual address is not there.</exception>
    public static void Make(IReadOnlyList<RoomLink> links, IReadOnlyList<RoomAddress> addresses)
    {
        Require("link set dev lo up");
        foreach (var (link, number) in links.Select((link, number) => (link, number))) MakeLink(link.Name, $"rehearsal{number}");
        Require([.. links.Select(link => $"link set dev {link.Name} up"), .. addresses.Select(address => Add(address.Address, address.Interface))]);
        // What else the host has is not what is rehearsed: a kernel that refuses some of it has the last word.
        _ = Ip([.. links.SelectMany(Own)], force: true);
    }

    /// <summary>A pair, which has a carrier; its other end is here too, and nobody is at it.</summary>
    private static void MakeLink(string name, string peer)
    {
        if (Ip([$"link add name {name} type veth peer name {peer}"], force: false) is not { } refused)
        {
            Require($"link set dev {peer} up");
            return;
        }
        if (Ip([$"link add name {name} type dummy"], force: false) is { } also)
            throw new IOException($"interface {name} cannot be made, neither as veth ({refused}) nor as dummy ({also})");
    }

    private static IEnumerable<string> Own(RoomLink link) =>
        [.. link.Addresses.Select(address => Add(address, link.Name)), .. link.Gateways.Select(gateway => $"route replace default via {gateway} dev {link.Name} onlink")];

    private static string Add(string address, string name) =>
        $"address replace {address} dev {name}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}";

    private static void Require(params IReadOnlyList<string> lines)
    {
        if (Ip(lines, force: false) is { } problem) throw new IOException($"the network cannot be made: {problem}");
    }

    /// <summary>Runs lines of ip(8).</summary>
    /// <returns>What it said where it failed; null where it did not.</returns>
    private static string? Ip(IReadOnlyList<string> lines, bool force)
    {
        var start = new ProcessStartInfo("ip", force ? ["-force", "-batch", "-"] : ["-batch", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var ip = Process.Start(start) ?? throw new IOException("ip(8) cannot be started");
        ip.StandardInput.Write(string.Join('\n', lines) + '\n');
        ip.StandardInput.Close();
        var said = ip.StandardError.ReadToEndAsync();
        if (!ip.WaitForExit(Patience))
        {
            ip.Kill();
            return $"ip did not end within {Patience.TotalSeconds:0} s";
        }
        return ip.ExitCode == 0 ? null : said.Result.ReplaceLineEndings(" ").Trim();
    }
}
