using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>What happened, oldest first.</summary>
internal sealed class GroupHistory : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("history", "role changes, alarms and notes, oldest first")
    {
        Arguments = [ArgumentDefinition.Group],
        Options = [OptionDefinition.Last],
        Examples = ["group history", "group history vpn --last 5 --output json"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var history = await call.AskAsync<IReadOnlyList<GroupEvent>>(group.Election, new GetHistory(), $"the election of group {group.Name}");
        var events = history.TakeLast(call.Last).ToList();
        return Done(
            new JsonObject { ["group"] = group.Name.Value, ["events"] = Array(events, EventRows.ToJson) },
            new TableView(["TIME", "KIND", "WHAT"], [.. events.Select(happened => EventRows.ToRow(happened, call.Context.Zone))], "nothing has happened yet"));
    }
}
