using System.Globalization;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Whether this process may do what a failover daemon does.</summary>
internal static class CapabilityCheck
{
    // Bits of linux/capability.h.
    private const int NetAdmin = 12, NetRaw = 13, SysNice = 23;

    public static void Run(Findings findings)
    {
        var effective = Effective();
        Require(effective, NetAdmin, "CAP_NET_ADMIN", "addresses cannot be added or removed", findings);
        Require(effective, NetRaw, "CAP_NET_RAW", "heartbeats cannot be sent or heard", findings);
        if (!Has(effective, SysNice))
            findings.Warning("capability", "CAP_SYS_NICE", "missing: on a busy host adverts may leave late, and the role may move", "run as root, or grant CAP_SYS_NICE");
    }

    private static void Require(ulong effective, int bit, string name, string consequence, Findings findings)
    {
        if (!Has(effective, bit)) findings.Error("capability", name, $"missing: {consequence}", $"run as root, or grant {name} (AmbientCapabilities= in the systemd unit)");
    }

    private static bool Has(ulong set, int bit) => (set & (1UL << bit)) != 0;

    private static ulong Effective()
    {
        const string Label = "CapEff:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        return line is null ? 0 : ulong.Parse(line.AsSpan(Label.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
