using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands;

/// <summary>Collects a status from the actors of groups, all asked at once.</summary>
internal static class GroupStatusQuery
{
    /// <summary>The status of some groups; a part that does not answer in time shows as an alarm.</summary>
    public static async Task<NodeStatus> AskAsync(CommandCall call, IEnumerable<GroupHandle> groups) => new(
        NodeStatus.CurrentSchema,
        call.Context.Settings.Node.Value,
        await Task.WhenAll(groups.Select(group => AskAsync(call, group))));

    private static async Task<GroupStatus> AskAsync(CommandCall call, GroupHandle group)
    {
        var election = call.TryAskAsync<ElectionReport>(group.Election, new GetElection());
        var vip = call.TryAskAsync<VipReport>(group.Vip, new GetVip());
        var replica = call.TryAskAsync<ReplicaReport>(group.Replica, new GetReplica());
        var service = call.TryAskAsync<ServiceReport>(group.Service, new GetService());
        return new GroupFacts(
            group.Name.Value,
            [.. group.Settings.VirtualAddresses.Select(address => address.ToString())],
            [.. call.Context.Settings.Cluster.Peers.Keys.Order().Select(peer => peer.Value)],
            group.Settings.Service.Type,
            await election, await vip, await replica, await service).ToStatus();
    }
}
