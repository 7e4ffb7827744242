using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Phases;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Group;

/// <summary>What happened, oldest first; or where the time of the last failover went.</summary>
internal sealed class GroupHistory : ControlCommand
{
    private static readonly OptionDefinition Last = OptionDefinition.Last with
    {
        Summary = "without N: the phases of the last failover or release; with it: only the newest N, 1 to 10000 (default 50)",
        ValueOptional = true,
    };

    public override CommandDefinition Definition { get; } = new("history", "role changes, alarms, notes and reports, oldest first")
    {
        Arguments = [ArgumentDefinition.Group],
        Options = [Last],
        Details = [
            "With --last alone it shows where the time of the last failover went, phase by phase, and on what it was decided. The node that took "
            + "over has that report; the one that gave up in order has a report of its release.",
        ],
        Examples = ["group history", "group history --last", "group history vpn --last 5 --output json"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var history = await call.AskAsync<IReadOnlyList<GroupEvent>>(group.Election, new GetHistory(), $"the election of group {group.Name}");
        return call.Line.Option(Last.Name) is "" ? LastReport(call, group.Name.Value, history) : Events(call, group.Name.Value, history);
    }

    private static ControlAnswer Events(CommandCall call, string group, IReadOnlyList<GroupEvent> history)
    {
        var events = history.TakeLast(call.Last).ToList();
        return Done(
            new JsonObject { ["group"] = group, ["events"] = Array(events, EventRows.ToJson) },
            new TableView(["TIME", "KIND", "WHAT"], [.. events.Select(happened => EventRows.ToRow(happened, call.Context.Zone))], "nothing has happened yet"));
    }

    // A rehearsal after it does not hide the failover: it stands in the ordinary history.
    private static ControlAnswer LastReport(CommandCall call, string group, IReadOnlyList<GroupEvent> history)
    {
        if (history.LastOrDefault(happened => happened.Phases is { Kind: ReportKind.Failover or ReportKind.Release }) is not { Phases: { } report } last)
        {
            return Done(
                new JsonObject { ["group"] = group, ["phases"] = new JsonArray() },
                new LinesView(["this node has neither taken the role over nor released it since its history begins: ask the other node"]));
        }
        var data = report.ToJson();
        data.Insert(0, "group", group);
        data.Insert(1, "at", last.At);
        return Done(data, [.. PhaseView.Of(report, Wording.Time(last.At, call.Context.Zone))]);
    }
}
