using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Vip;

/// <summary>What the address owner holds.</summary>
internal sealed class VipShow : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("show", "the virtual addresses, their lease and their guard")
    {
        Arguments = [new("GROUP", "the group; without it all", Optional: true, ValueKind.Group)],
        Examples = ["vip show"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var rows = await Task.WhenAll(call.GroupOrAll().Select(async group =>
        {
            var vip = call.AskAsync<VipReport>(group.Vip, new GetVip(), $"the address owner of group {group.Name}");
            var election = call.AskAsync<ElectionReport>(group.Election, new GetElection(), $"the election of group {group.Name}");
            return new Row(group, await vip, (await election).LeaseSeconds);
        }));
        return Done(
            new JsonObject { ["groups"] = Array(rows, ToJson) },
            new TableView(
                ["GROUP", "ADDRESS", "INTERFACE", "HELD", "TERM", "LEASE", "GUARD", "ANNOUNCED"],
                [.. rows.SelectMany(ToRows)],
                "no addresses"));
    }

    private static JsonObject ToJson(Row row) => new()
    {
        ["group"] = row.Group.Name.Value,
        ["holds"] = row.Vip.Holds,
        ["term"] = row.Vip.Term.Value,
        ["leaseSeconds"] = row.LeaseSeconds is { } lease ? Math.Round(lease, 3) : null,
        ["guardPid"] = row.Vip.GuardPid,
        ["announcements"] = row.Vip.Announcements,
        ["addresses"] = Array(row.Group.Settings.VirtualAddresses, address =>
            new JsonObject { ["address"] = address.ToString(), ["interface"] = address.Interface }),
    };

    private static IEnumerable<IReadOnlyList<Cell>> ToRows(Row row) => row.Group.Settings.VirtualAddresses.Select(address => (IReadOnlyList<Cell>)[
        row.Group.Name.Value,
        address.ToString(),
        address.Interface,
        Wording.YesNo(row.Vip.Holds),
        row.Vip.Holds ? Wording.Term(row.Vip.Term.Value) : Wording.None,
        row.LeaseSeconds is { } lease ? Wording.Duration(lease) : Wording.None,
        row.Vip.GuardPid == 0 ? new Cell("none", Tone.Bad) : $"pid {row.Vip.GuardPid}",
        $"{row.Vip.Announcements}",
    ]);

    private sealed record Row(GroupHandle Group, VipReport Vip, double? LeaseSeconds);
}
