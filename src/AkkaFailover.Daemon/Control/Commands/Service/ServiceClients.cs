using System.Text.Json.Nodes;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.OpenVpn;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Service;

/// <summary>The clients of an OpenVPN server.</summary>
internal sealed class ServiceClients : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("clients", "the clients of an OpenVPN server (service.openvpn), as this node knows them")
    {
        Arguments = [ArgumentDefinition.Group],
        Details =
        [
            "here: it has a session with the server of this node. awaited: the server before this one had it, and it has not been seen here. known: from the replica, on the node that is not active.",
        ],
        Examples = ["service clients", "service clients vpn --output json"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        if (await call.AskAsync<object>(group.Service, new GetOpenVpn(), $"the service of group {group.Name}") is not OpenVpnReport report)
            throw new CommandRefusedException($"the service of group {group.Name} is no OpenVPN server: say which it is in failover.groups.{group.Name}.service.openvpn.config");
        List<(VpnClient Client, string State)> rows = report.Serves
            ? [.. report.Clients.Select(client => (client, "here")), .. report.Awaited.Select(client => (client, "awaited"))]
            : [.. (await Known(call, group)).Select(client => (client, "known"))];
        var sorted = rows.OrderBy(row => row.Client.CommonName, StringComparer.Ordinal).ThenBy(row => row.Client.Key, StringComparer.Ordinal).ToList();
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["serves"] = report.Serves,
            ["resets"] = report.Resets,
            ["restarted"] = report.Restarted,
            ["problems"] = Array(report.Problems, problem => problem),
            ["clients"] = Array(sorted, row => ToJson(row.Client, row.State)),
        };
        return Done(data,
            new TableView(["NAME", "FROM", "TUNNEL ADDRESS", "STATE"], [.. sorted.Select(row => ToRow(row.Client, row.State))], report.Serves ? "no clients" : "no clients are known"),
            new LinesView([.. Remarks(report)]));
    }

    private static async Task<IEnumerable<VpnClient>> Known(CommandCall call, Groups.GroupHandle group) =>
        VpnClient.In((await call.AskAsync<HeldEntries>(group.Replica, new GetHeld(), $"the replica of group {group.Name}")).Entries);

    private static JsonObject ToJson(VpnClient client, string state) => new()
    {
        ["name"] = client.CommonName,
        ["from"] = client.RealAddress.ToString(),
        ["tunnelAddress"] = client.TunnelAddress,
        ["state"] = state,
    };

    private static IReadOnlyList<Cell> ToRow(VpnClient client, string state) =>
        [client.CommonName, client.RealAddress.ToString(), client.TunnelAddress.Length == 0 ? Wording.None : client.TunnelAddress, new Cell(state, state == "here" ? Tone.Good : Tone.Plain)];

    private static IEnumerable<Cell> Remarks(OpenVpnReport report)
    {
        if (report.Resets > 0) yield return $"Since the claim: {report.Resets} resets sent, {report.Restarted} clients back by one.";
        foreach (var problem in report.Problems) yield return new Cell(problem, Tone.Bad);
    }
}
