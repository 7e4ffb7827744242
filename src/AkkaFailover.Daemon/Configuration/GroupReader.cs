using AkkaFailover.Core;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Reads one group of <c>failover.groups</c>.</summary>
internal static class GroupReader
{
    private const int LongestInterfaceName = 15;
    private const int MostAddresses = 64;
    private const int MostWitnesses = 16;
    private const int LongestPattern = 128;
    private const int MostPaths = 16;
    private const int LongestPathName = 64;

    /// <summary>Well within the time that who asks for a change waits.</summary>
    private static readonly TimeSpan LongestValidation = TimeSpan.FromSeconds(20);

    public static GroupSettings Read(string name, Section group, ConfigurationFiles files, Findings findings)
    {
        if (!GroupName.TryParse(name, out var groupName)) findings.Error(group.Path, name, "not a group name", $"write {NameRule.Text}");
        var interfaceName = ReadInterface(group["interface"]);
        var addressesSetting = group["virtual-addresses"];
        var addresses = ReadAddresses(addressesSetting, interfaceName);
        var probeAddress = group["probe-address"].Switch();
        RefusePreemption(group["preempt"]);
        var witnesses = group["witnesses"].Addresses(MostWitnesses);
        var heartbeat = HeartbeatReader.Read(group.Inner("heartbeat"), files);
        if (heartbeat.Carp.Peer == CarpPeer.Ucarp && addresses is not [{ IsIPv6: false }])
            addressesSetting.Error("ucarp knows exactly one IPv4 address", "write one IPv4 address, or use peer = ours with AkkaFailover on both nodes");
        var config = ReadReplica(group.Inner("config"));
        var stopTimeout = group["stop-timeout"].Duration(TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        var service = ServiceReader.Read(group.Inner("service"), stopTimeout);
        return new GroupSettings(groupName, interfaceName, addresses, heartbeat, probeAddress, witnesses, config, service);
    }

    private static string ReadInterface(Setting setting)
    {
        var name = setting.Required("\"eth0\"");
        if (!IsInterfaceName(name)) setting.Error("not the name of a network interface", $"write 1 to {LongestInterfaceName} characters as ip link shows them, without blanks and '/'");
        return name;
    }

    /// <summary>The kernel's own rule; an empty name has its own message.</summary>
    private static bool IsInterfaceName(string name) =>
        name.Length <= LongestInterfaceName && name is not ("." or "..") && !name.Any(c => c is '/' or ':' || char.IsWhiteSpace(c));

    private static List<VirtualAddress> ReadAddresses(Setting setting, string interfaceName)
    {
        var addresses = new List<VirtualAddress>();
        var texts = setting.List(MostAddresses);
        if (texts.Count == 0) setting.Error("no address", "write at least one: [\"192.0.2.222/24\"]");
        foreach (var text in texts.Where(text => text.Length > 0))
        {
            if (!VirtualAddress.TryParse(text, interfaceName, out var address, out var problem)) setting.Error($"'{text}': {problem}", "write ADDRESS/PREFIX or ADDRESS/PREFIX dev INTERFACE");
            else if (address!.Interface != interfaceName && !IsInterfaceName(address.Interface)) setting.Error($"'{address.Interface}' is not the name of a network interface", "write the name as ip link shows it");
            else if (!AddressRules.CanBeShared(address.Address)) setting.Error($"'{text}' is not the address of one host", "write a unicast address");
            else addresses.Add(address);
        }
        return addresses;
    }

    private static void RefusePreemption(Setting setting)
    {
        if (setting.Switch())
            setting.Error("this product does not preempt: taking the role back from a working node is an outage", "write preempt = off; move the role when it suits with: failoverctl group handover");
    }

    private static ReplicaSettings ReadReplica(Section config)
    {
        var paths = ReadPaths(config.Inner("paths"));
        var databases = ReadPaths(config.Inner("databases"));
        return new ReplicaSettings(
            config["claim-when-stale"].Switch(),
            config["acknowledge"].Choice(("both", AcknowledgeMode.Both), ("both-or-refuse", AcknowledgeMode.BothOrRefuse), ("local", AcknowledgeMode.Local)),
            config["start-wait"].Duration(TimeSpan.Zero, TimeSpan.FromHours(1)))
        {
            Paths = paths,
            Databases = databases,
            PathsTimeout = config["paths-timeout"].Duration(TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            PathsInterval = config["paths-interval"].Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)),
            Validation = ReadValidation(config),
            SecretKeys = ReadSecretKeys(config["secret-keys"]),
        };
    }

    private static Dictionary<string, string> ReadPaths(Section section)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        if (section.Names.Count > MostPaths) section.Error($"{section.Names.Count} paths", $"write {MostPaths} at most");
        foreach (var name in section.Names)
        {
            var setting = section[name];
            var path = setting.AbsolutePath();
            if (!IsPathName(name)) setting.Error("not a name of a path", $"write 1 to {LongestPathName} letters, digits, '-' and '_'");
            else if (path.Length > 0 && (path.TrimEnd('/').Length == 0 || path.Split('/').Any(step => step is "." or ".."))) setting.Error("not a plain path of one file or folder", "write the path without '.' and '..', and not '/' itself");
            else paths[name] = path;
        }
        return paths;
    }

    private static bool IsPathName(string name) => name.Length is > 0 and <= LongestPathName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static ValidationSettings? ReadValidation(Section config)
    {
        var command = config["validate"].List();
        var timeout = config["validate-timeout"];
        var bound = timeout.Duration(TimeSpan.FromMilliseconds(100), LongestValidation);
        if (timeout.IsInFile && command.Count == 0) timeout.Error("has no effect without validate", "write validate = [\"/usr/local/sbin/check\"], or remove it");
        return command.Count == 0 ? null : new ValidationSettings(command, bound);
    }

    private static SecretKeys ReadSecretKeys(Setting setting)
    {
        var patterns = setting.List();
        if (patterns.Any(pattern => pattern.Length > LongestPattern)) setting.Error("a pattern is too long", $"write at most {LongestPattern} characters");
        return new SecretKeys([.. patterns.Where(pattern => pattern.Length <= LongestPattern)]);
    }
}
