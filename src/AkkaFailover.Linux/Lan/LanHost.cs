using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Heartbeat;

namespace AkkaFailover.Linux.Lan;

/// <summary>The interfaces of this host, in the network namespace of the calling thread.</summary>
public sealed class LanHost : ILanHost
{
    private const string NeighbourTable = "/proc/thread-self/net/arp";
    private const string RoutingTable = "/proc/thread-self/net/route";

    /// <inheritdoc/>
    public ILanPort Open(LanRequest request) => new PcapPort(request);

    /// <inheritdoc/>
    public IAdvertSender CreateSender(ILanPort port, IAdvertWriter adverts, AdvertSenderOptions options) => new AdvertThread(port, adverts, options);

    /// <inheritdoc/>
    public IReadOnlyList<IPAddress> Addresses(string interfaceName) =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.Name == interfaceName)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => a.AddressFamily == AddressFamily.InterNetwork),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<LanStation> Neighbours(string interfaceName, int limit) =>
        [.. Rows(NeighbourTable).Select(words => ParseNeighbour(words, interfaceName)).OfType<LanStation>().Take(limit)];

    /// <inheritdoc/>
    public IReadOnlyList<IPAddress> Gateways(string interfaceName) =>
        [.. Rows(RoutingTable).Select(words => ParseGateway(words, interfaceName)).OfType<IPAddress>()];

    private static List<string[]> Rows(string table)
    {
        try
        {
            return [.. File.ReadLines(table).Skip(1).Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    // eth0    00000000        FE0200C0        0003 ...: addresses as the host's 32-bit number
    private static IPAddress? ParseGateway(string[] words, string interfaceName) =>
        words.Length > 2 && words[0] == interfaceName && words[1] == "00000000"
        && uint.TryParse(words[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address) && address != 0
            ? new IPAddress(address)
            : null;

    // 192.0.2.1   0x1   0x2   02:00:00:00:00:0b   *   eth0
    private static LanStation? ParseNeighbour(string[] words, string interfaceName)
    {
        const int Complete = 2;
        return words.Length == 6 && words[5] == interfaceName
            && int.TryParse(words[2].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var flags) && (flags & Complete) != 0
            && IPAddress.TryParse(words[0], out var address) && MacAddress.TryParse(words[3], out var mac)
            ? new LanStation(address, mac)
            : null;
    }
}
