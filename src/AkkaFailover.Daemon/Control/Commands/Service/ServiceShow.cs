using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Service;

/// <summary>The managed services.</summary>
internal sealed class ServiceShow : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("show", "the managed service: its state, process and last words")
    {
        Arguments = [new("GROUP", "the group; without it all", Optional: true, ValueKind.Group)],
        Examples = ["service show"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var rows = await Task.WhenAll(call.GroupOrAll().Select(async group =>
            (Group: group.Name.Value, Report: await call.AskAsync<ServiceReport>(group.Service, new GetService(), $"the service of group {group.Name}"))));
        return Done(
            new JsonObject { ["services"] = Array(rows, row => ToJson(row.Group, row.Report)) },
            new TableView(["GROUP", "TYPE", "STATE", "PID", "RESTARTS", "DETAIL"], [.. rows.Select(row => ToRow(row.Group, row.Report))], "no groups"));
    }

    private static JsonObject ToJson(string group, ServiceReport report) => new()
    {
        ["group"] = group,
        ["type"] = report.Type,
        ["state"] = report.State.ToString().ToLowerInvariant(),
        ["pid"] = report.Pid,
        ["restarts"] = report.Restarts,
        ["detail"] = report.Detail,
    };

    private static IReadOnlyList<Cell> ToRow(string group, ServiceReport report) => [
        group,
        report.Type,
        Wording.Service(report.State.ToString().ToLowerInvariant()),
        report.Pid is { } pid ? $"{pid}" : Wording.None,
        $"{report.Restarts}",
        report.Detail.Length == 0 ? Wording.None : report.Detail,
    ];
}
