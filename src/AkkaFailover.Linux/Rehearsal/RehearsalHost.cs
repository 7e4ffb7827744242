using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Linux.Rehearsal;

/// <summary>This host's part of a rehearsal.</summary>
public sealed class RehearsalHost : IRehearsalHost
{
    private const int SysAdmin = 21;
    private const string DropIn = "[Service] CapabilityBoundingSet=CAP_SYS_ADMIN CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE, RestrictNamespaces=net mnt pid ipc uts";

    // unshare(1) leaves the propagation of mounts private, and ends what it has started when it is ended itself.
    private static readonly string[] Unshare = ["unshare", "--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "--mount-proc"];

    /// <inheritdoc/>
    public string Missing()
    {
        if (!HasCapability(SysAdmin))
            return $"the daemon lacks CAP_SYS_ADMIN, which makes namespaces and mounts: run it as root without a bounding set, or give it in a drop-in (systemctl edit akka-failover): {DropIn}; then restart it";
        return string.Join("; ", new[] { ("unshare", "util-linux"), ("ip", "iproute2") }.Where(program => !IsInstalled(program.Item1))
            .Select(program => $"the program {program.Item1} is missing: install {program.Item2}"));
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Command(IReadOnlyList<string> arguments) => [.. Unshare, Environment.ProcessPath!, .. arguments];

    /// <inheritdoc/>
    public IReadOnlyList<RoomLink> Links() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .Where(network => network.NetworkInterfaceType != NetworkInterfaceType.Loopback && !IsTunnel(network.Name))
            .Select(network => (network.Name, Properties: network.GetIPProperties()))
            .Select(network => new RoomLink(network.Name,
                [.. network.Properties.UnicastAddresses.Where(unicast => !unicast.Address.IsIPv6LinkLocal).Select(unicast => $"{Text(unicast.Address)}/{unicast.PrefixLength}")],
                [.. network.Properties.GatewayAddresses.Where(gateway => gateway.Address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6).Select(gateway => Text(gateway.Address))])),
    ];

    /// <inheritdoc/>
    public long FreeBytes(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>Without the scope that .NET adds.</summary>
    private static string Text(IPAddress address) => address.ToString().Split('%')[0];

    /// <summary>A service makes its own; one that is there already would be in its way.</summary>
    private static bool IsTunnel(string name) => File.Exists($"/sys/class/net/{name}/tun_flags");

    private static bool HasCapability(int bit)
    {
        const string Label = "CapEff:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        return line is not null && (ulong.Parse(line.AsSpan(Label.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & (1UL << bit)) != 0;
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));
}
