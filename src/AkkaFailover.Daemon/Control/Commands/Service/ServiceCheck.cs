using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Health;

namespace AkkaFailover.Daemon.Control.Commands.Service;

/// <summary>One try of each check, now.</summary>
internal sealed class ServiceCheck : ControlCommand
{
    /// <summary>Above the longest timeout of a check.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(65);

    public override CommandDefinition Definition { get; } = new("check", "try each check of the service once, now")
    {
        Arguments = [ArgumentDefinition.Group],
        Details = [
            "The checks that run on this node now: those of a running service where it runs, those of a standby where it is stopped. What they find is shown and counts for nothing. "
            + "Exit code 0 where all are good, 1 where one is bad.",
        ],
        Examples = ["service check && echo healthy"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var results = await call.AskAsync<IReadOnlyList<CheckResult>>(group.Service, new CheckNow(), $"the service of group {group.Name}", Patience);
        var bad = results.Where(result => !result.Good).ToList();
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["good"] = bad.Count == 0,
            ["checks"] = Array(results, result => new JsonObject
            {
                ["name"] = result.Name,
                ["type"] = result.Type,
                ["good"] = result.Good,
                ["seconds"] = Math.Round(result.Seconds, 3),
                ["detail"] = result.Detail,
            }),
        };
        var view = new TableView(["NAME", "TYPE", "RESULT", "DURATION", "DETAIL"], [.. results.Select(ToRow)], "no check runs on this node now");
        return bad.Count == 0 ? Done(data, view) : Done(data, view) with { Code = ExitCode.Refused, Error = string.Join("; ", bad.Select(result => $"check {result.Name}: {result.Detail}")) };
    }

    private static IReadOnlyList<Cell> ToRow(CheckResult result) => [
        result.Name,
        result.Type,
        result.Good ? new Cell("good", Tone.Good) : new Cell("bad", Tone.Bad),
        Wording.Milliseconds(result.Seconds),
        result.Detail,
    ];
}
