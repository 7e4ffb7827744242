using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>What one node changed while both were active and the other one's history won.</summary>
internal sealed class ConfigConflicts : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("conflicts", "changes that were taken back after both nodes were active")
    {
        Arguments =
        [
            new("ACTION", "show, apply or discard; without it all are listed", Optional: true),
            new("ID", "the conflict", Optional: true),
        ],
        Options = [OptionDefinition.Group],
        Details =
        [
            "show writes the value as it was, byte for byte. apply makes it the key's value (or removes the key), on both nodes, and ends the conflict; discard only ends it.",
            "Conflicts are entries of the replica: both nodes have them until they are dealt with.",
        ],
        Examples = ["config conflicts", "config conflicts show 4f1c09ab23de", "config conflicts apply 4f1c09ab23de"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var rows = await call.AskAsync<IReadOnlyList<ConflictRow>>(group.Replica, new ListConflicts(), $"the replica of group {group.Name}");
        if (call.Argument("ACTION") is not { } action) return List(group, rows, call.Context.Zone);
        if (call.Argument("ID") is not { } id) throw new CommandRefusedException($"which one? config conflicts {action} ID; 'failoverctl config conflicts' lists them", ExitCode.Usage);
        var row = rows.FirstOrDefault(row => row.Id == id) ?? throw new CommandRefusedException($"no conflict '{id}' in group {group.Name}: 'failoverctl config conflicts' lists them");
        return action switch
        {
            "show" => new ControlAnswer(0, ExitCode.Done) { Data = ToJson(row), Raw = row.Conflict.Change.Value ?? [] },
            "apply" => await ApplyAsync(call, group, row),
            "discard" => await ConfigChange.ApplyAsync(call, group, Conflict.KeyOf(id), null),
            _ => throw new CommandRefusedException($"'{action}' is not show, apply or discard", ExitCode.Usage),
        };
    }

    // The conflict ends last: whatever happens between the two, it can be applied again.
    private static async Task<ControlAnswer> ApplyAsync(CommandCall call, GroupHandle group, ConflictRow row)
    {
        var applied = await ConfigChange.ApplyAsync(call, group, row.Conflict.Change.Key, row.Conflict.Change.Value);
        if (applied.Code != ExitCode.Done) return applied;
        var ended = await ConfigChange.ApplyAsync(call, group, Conflict.KeyOf(row.Id), null);
        return ended.Code == ExitCode.Done ? applied : ended;
    }

    private static ControlAnswer List(GroupHandle group, IReadOnlyList<ConflictRow> rows, TimeZoneInfo zone) => Done(
        new JsonObject { ["group"] = group.Name.Value, ["conflicts"] = Array(rows, ToJson) },
        new TableView(
            ["ID", "KEY", "CHANGE", "TIME", "BY", "NODE", "SIZE", "FINGERPRINT", "NOW"],
            [.. rows.Select(row => ToRow(row, zone))],
            "no conflicts"));

    private static JsonObject ToJson(ConflictRow row) => new()
    {
        ["id"] = row.Id,
        ["key"] = row.Conflict.Change.Key,
        ["operation"] = Operation(row),
        ["at"] = row.Conflict.Change.At,
        ["by"] = row.Conflict.Change.By,
        ["node"] = row.Conflict.Node,
        ["version"] = row.Conflict.Change.Version,
        ["term"] = row.Conflict.Change.Term.Value,
        ["size"] = row.Conflict.Change.Value?.LongLength ?? 0,
        ["fingerprint"] = row.Conflict.Change.Value is null ? "" : row.Conflict.Change.Content.Fingerprint,
        ["present"] = row.Present?.Content.Fingerprint,
    };

    private static IReadOnlyList<Cell> ToRow(ConflictRow row, TimeZoneInfo zone)
    {
        var change = row.Conflict.Change;
        var removed = change.Value is null;
        return [
            row.Id, change.Key, Operation(row), Wording.Time(change.At, zone), change.By, row.Conflict.Node,
            removed ? Wording.None : Wording.Size(change.Value!.LongLength), removed ? Wording.None : change.Content.Fingerprint,
            row.Present is null ? "no such key" : row.Present.Content == change.Content ? "the same" : row.Present.Content.Fingerprint,
        ];
    }

    private static string Operation(ConflictRow row) => row.Conflict.Change.Value is null ? "remove" : "set";
}
