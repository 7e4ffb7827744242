using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>What must hold between the groups, and between a group and the cluster link.</summary>
internal static class GroupRules
{
    private const int MostGroups = 64;

    public static void Check(IReadOnlyList<GroupSettings> groups, ClusterSettings cluster, Findings findings)
    {
        if (groups.Count > MostGroups) findings.Error("failover.groups", $"{groups.Count}", "too many groups", $"write {MostGroups} at most");
        CheckVhids(groups, findings);
        CheckAddresses(groups, cluster, findings);
        CheckPaths(groups, findings);
    }

    private static void CheckPaths(IReadOnlyList<GroupSettings> groups, Findings findings)
    {
        var seen = new List<(string Key, string Path)>();
        foreach (var (kind, group, path) in groups.SelectMany(group => group.Config.Paths.Select(path => ("paths", group, path)).Concat(group.Config.Databases.Select(path => ("databases", group, path)))))
        {
            var (key, folder) = ($"{PathOf(group)}.config.{kind}.{path.Key}", path.Value.TrimEnd('/') + '/');
            if (seen.FirstOrDefault(other => folder.StartsWith(other.Path, StringComparison.Ordinal) || other.Path.StartsWith(folder, StringComparison.Ordinal)) is { Key: { } owner })
                findings.Error(key, path.Value, $"{owner} has this path, or what is in it, already", "replicate each file once");
            seen.Add((key, folder));
        }
    }

    private static void CheckVhids(IReadOnlyList<GroupSettings> groups, Findings findings)
    {
        foreach (var same in groups.GroupBy(group => (group.Interface, group.Heartbeat.Carp.Vhid)))
            foreach (var group in same.Skip(1))
                findings.Error($"{PathOf(group)}.heartbeat.carp.vhid", $"{same.Key.Vhid}",
                    $"group '{same.First().Name}' has the same vhid on interface {same.Key.Interface}", "give each group of an interface a vhid of its own, the same on both nodes");
    }

    private static void CheckAddresses(IReadOnlyList<GroupSettings> groups, ClusterSettings cluster, Findings findings)
    {
        var hosts = cluster.Peers.Values.Append(cluster.Listen).Select(endpoint => endpoint.Host).ToHashSet();
        var owners = new Dictionary<string, GroupSettings>();
        foreach (var group in groups)
        {
            foreach (var address in group.VirtualAddresses.Select(address => address.Address.ToString()))
            {
                var path = $"{PathOf(group)}.virtual-addresses";
                if (!owners.TryAdd(address, group))
                    findings.Error(path, address, $"group '{owners[address].Name}' has this address already", "write each address once");
                if (hosts.Contains(address))
                    findings.Error(path, address, "the cluster link uses this address, which would move with the role", "give failover.cluster addresses that stay with their hosts");
                if (group.Witnesses.Any(witness => witness.ToString() == address))
                    findings.Error($"{PathOf(group)}.witnesses", address, "the group's own address cannot bear witness", "name an address that is always there, such as the router's");
            }
        }
    }

    private static string PathOf(GroupSettings group) => $"failover.groups.{group.Name}";
}
