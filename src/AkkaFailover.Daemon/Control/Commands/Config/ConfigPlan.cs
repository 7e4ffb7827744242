using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Brings several changes to a group's replica as one, and shows what they are.</summary>
internal static class ConfigPlan
{
    public static readonly OptionDefinition DryRun = new("dry-run", "only show what would change");

    public static readonly string Bounds =
        $"All changes are made as one: all of them count, on both nodes while both are there, or none does. At most {BatchRules.MaxChanges} changes and {BatchRules.MaxBytes >> 20} MiB.";

    public static async Task<ControlAnswer> MakeAsync(CommandCall call, GroupHandle group, PlanRequest request)
    {
        object answer;
        try
        {
            answer = await call.AskAsync<object>(group.Replica, request, $"the replica of group {group.Name}", ConfigChange.Patience);
        }
        catch (CommandRefusedException silent)
        {
            throw new CommandRefusedException($"{silent.Message}; whether the changes were made is not known: ask with 'failoverctl config log'", silent.Code);
        }
        return answer switch
        {
            PlanDone done => Show(group, request, done),
            ChangeRefused refused => throw new CommandRefusedException(refused.Words),
            _ => throw new InvalidOperationException($"the replica answered {answer}"),
        };
    }

    private static ControlAnswer Show(GroupHandle group, PlanRequest request, PlanDone done)
    {
        var outcome = (done.Changes.Count, done.Version, done.Replicated) switch
        {
            (0, _, _) => new Cell("nothing differs: nothing was changed"),
            (var count, null, _) => new Cell($"a dry run: {count} {Keys(count)} would change"),
            (var count, { } version, true) => new Cell($"{count} {Keys(count)} changed: version {version}, on both nodes", Tone.Good),
            (var count, { } version, false) => new Cell($"{count} {Keys(count)} changed: version {version}, on this node alone", Tone.Warn),
        };
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["dryRun"] = request.DryRun,
            ["version"] = done.Version,
            ["replicated"] = done.Version is null ? null : done.Replicated,
            ["changes"] = new JsonArray([.. done.Changes.Select(ToJson)]),
        };
        List<ViewPart> view = [new LinesView([outcome])];
        if (done.Changes.Count > 0)
            view.Insert(0, new TableView(["CHANGE", "KEY", "SIZE", "FINGERPRINT", "BEFORE"], [.. done.Changes.Select(ToRow)], ""));
        return new ControlAnswer(0, ExitCode.Done) { Data = data, View = view };
    }

    private static string Keys(int count) => count == 1 ? "key" : "keys";

    private static JsonObject ToJson(PlannedChange change) => new()
    {
        ["operation"] = change.Operation,
        ["key"] = change.Key,
        ["size"] = change.Value?.Length,
        ["fingerprint"] = change.Value is null ? null : change.Content.Fingerprint,
        ["before"] = change.Before?.Content.Fingerprint,
    };

    private static IReadOnlyList<Cell> ToRow(PlannedChange change) => [
        new Cell(change.Operation, change.Operation switch { "add" => Tone.Good, "remove" => Tone.Bad, _ => Tone.Warn }),
        change.Key,
        change.Value is null ? Wording.None : Wording.Size(change.Value.Length),
        change.Value is null ? Wording.None : change.Content.Fingerprint,
        change.Before?.Content.Fingerprint ?? Wording.None,
    ];
}
