using System.Net.NetworkInformation;
using System.Net.Sockets;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>What the configuration wants of this host, checked once at start.</summary>
public static class StartupChecks
{
    /// <summary>The outcome.</summary>
    /// <param name="Settings">The settings, <c>cluster.listen</c> being an address of this host.</param>
    /// <param name="Errors">What keeps the daemon from working.</param>
    /// <param name="Warnings">What lets it work less well.</param>
    public sealed record Outcome(FailoverSettings Settings, IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<ConfigurationWarning> Warnings);

    /// <summary>Runs all checks; nothing stays open or behind, except that the state directory then exists.</summary>
    public static Outcome Run(FailoverSettings settings)
    {
        var findings = new Findings();
        CapabilityCheck.Run(findings);
        CheckInterfaces(settings, findings);
        StateDirectoryCheck.Run(settings.StateDir, findings);
        ProgramCheck.Run(settings, findings);
        UnitCheck.Run(settings, findings);
        var listen = ListenCheck.Run(settings.Cluster, findings);
        return new Outcome(settings with { Cluster = settings.Cluster with { Listen = listen } }, findings.Errors, findings.Warnings);
    }

    private static void CheckInterfaces(FailoverSettings settings, Findings findings)
    {
        var present = NetworkInterface.GetAllNetworkInterfaces().ToDictionary(network => network.Name);
        foreach (var group in settings.Groups)
        {
            var path = $"failover.groups.{group.Name}";
            foreach (var name in group.VirtualAddresses.Select(address => address.Interface).Append(group.Interface).Distinct())
                if (!present.ContainsKey(name))
                    findings.Error(name == group.Interface ? $"{path}.interface" : $"{path}.virtual-addresses", name, "this host has no such interface",
                        $"write one that it has: {string.Join(", ", present.Keys.Where(other => other != "lo").Order(StringComparer.Ordinal))}");
            if (group.Heartbeat.SourceAddress is null && present.TryGetValue(group.Interface, out var network) && !HasAddress(network, group))
                findings.Error($"{path}.heartbeat.source-address", "", $"interface {group.Interface} has no IPv4 address of its own to send adverts from",
                    "give the interface an address, or write heartbeat.source-address");
        }
    }

    /// <summary>A virtual address that an earlier run left behind is no address of its own.</summary>
    private static bool HasAddress(NetworkInterface network, GroupSettings group) =>
        network.GetIPProperties().UnicastAddresses.Select(unicast => unicast.Address)
            .Any(address => address.AddressFamily == AddressFamily.InterNetwork && !group.VirtualAddresses.Any(own => own.Address.Equals(address)));
}
