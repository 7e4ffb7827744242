using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Groups;

namespace AkkaFailover.Daemon.Control.Commands.Service;

/// <summary>The managed services with their checks.</summary>
internal sealed class ServiceShow : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("show", "the managed service: its state, process, last words and checks")
    {
        Arguments = [new("GROUP", "the group; without it all", Optional: true, ValueKind.Group)],
        Details = ["A check is up, down, unknown (not enough answers yet) or idle: it does not run here now, because it is about a running service and the service is stopped, or the other way round."],
        Examples = ["service show"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var rows = await Task.WhenAll(call.GroupOrAll().Select(async group =>
            (Group: group.Name.Value, Report: await call.AskAsync<ServiceReport>(group.Service, new GetService(), $"the service of group {group.Name}"))));
        var view = new List<ViewPart>
        {
            new TableView(["GROUP", "TYPE", "STATE", "PID", "RESTARTS", "DETAIL"], [.. rows.Select(row => ToRow(row.Group, row.Report))], "no groups"),
        };
        view.AddRange(rows.Where(row => row.Report.Checks.Count > 0).Select(row => new TableView(
            ["NAME", "TYPE", "ON", "STATE", "LAST", "DURATION", "SINCE", "DETAIL"], [.. row.Report.Checks.Select(ToRow)], "no checks") { Title = $"Checks of {row.Group}" }));
        return Done(new JsonObject { ["services"] = Array(rows, row => ToJson(row.Group, row.Report)) }, view);
    }

    private static JsonObject ToJson(string group, ServiceReport report) => new()
    {
        ["group"] = group,
        ["type"] = report.Type,
        ["state"] = report.State.ToString().ToLowerInvariant(),
        ["pid"] = report.Pid,
        ["restarts"] = report.Restarts,
        ["retrySeconds"] = Rounded(report.RetrySeconds),
        ["detail"] = report.Detail,
        ["checks"] = Array(report.Checks, check => new JsonObject
        {
            ["name"] = check.Name,
            ["type"] = check.Type,
            ["on"] = check.On,
            ["state"] = check.State,
            ["lastGood"] = check.LastGood,
            ["lastAgoSeconds"] = Rounded(check.LastAgoSeconds),
            ["durationSeconds"] = Rounded(check.DurationSeconds),
            ["sinceSeconds"] = Rounded(check.SinceSeconds),
            ["inARow"] = check.InARow,
            ["detail"] = check.Detail,
        }),
    };

    private static double? Rounded(double? seconds) => seconds is { } value ? Math.Round(value, 3) : null;

    private static IReadOnlyList<Cell> ToRow(string group, ServiceReport report)
    {
        var again = report.RetrySeconds is { } seconds ? $"; started again in {Wording.Duration(seconds)}" : "";
        return [
            group,
            report.Type,
            Wording.Service(report.State.ToString().ToLowerInvariant()),
            report.Pid is { } pid ? $"{pid}" : Wording.None,
            $"{report.Restarts}",
            report.Detail.Length + again.Length == 0 ? Wording.None : $"{report.Detail}{again}",
        ];
    }

    private static IReadOnlyList<Cell> ToRow(CheckReport check) => [
        check.Name,
        check.Type,
        check.On,
        Wording.Check(check.State),
        check.LastGood is { } good ? new Cell($"{(good ? "good" : "bad")} {Wording.Duration(check.LastAgoSeconds ?? 0)} ago", good ? Tone.Good : Tone.Bad) : Wording.None,
        check.DurationSeconds is { } took ? Wording.Milliseconds(took) : Wording.None,
        check.SinceSeconds is { } since ? Wording.Duration(since) : Wording.None,
        check.Detail.Length == 0 ? Wording.None : check is { LastGood: false, InARow: > 1 } ? $"{check.Detail} ({check.InARow} in a row)" : check.Detail,
    ];
}
