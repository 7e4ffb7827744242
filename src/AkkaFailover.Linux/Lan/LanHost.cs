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
    public IReadOnlyList<LanStation> Neighbours(string interfaceName, int limit)
    {
        try
        {
            return [.. File.ReadLines(NeighbourTable).Skip(1).Select(line => ParseNeighbour(line, interfaceName)).OfType<LanStation>().Take(limit)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    // 192.0.2.1   0x1   0x2   02:00:00:00:00:0b   *   eth0
    private static LanStation? ParseNeighbour(string line, string interfaceName)
    {
        const int Complete = 2;
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 6 && words[5] == interfaceName
            && int.TryParse(words[2].AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var flags) && (flags & Complete) != 0
            && IPAddress.TryParse(words[0], out var address) && MacAddress.TryParse(words[3], out var mac)
            ? new LanStation(address, mac)
            : null;
    }
}
