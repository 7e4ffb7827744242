using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>The last changes.</summary>
internal sealed class ConfigLog : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("log", "who changed what and when, oldest first")
    {
        Arguments = [new("KEY", "only the changes of this key", Optional: true)],
        Options = [OptionDefinition.Last, OptionDefinition.Group],
        Details = ["A rollback and an import say so behind the name; changes that were made as one have the same time."],
        Examples = ["config log --last 10", "config log server/port"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var changes = await call.AskAsync<IReadOnlyList<ChangeRow>>(group.Replica, new GetChangeLog(call.Last, call.Argument("KEY")), $"the replica of group {group.Name}");
        return Done(
            new JsonObject { ["group"] = group.Name.Value, ["changes"] = Array(changes, ToJson) },
            new TableView(
                ["VERSION", "TIME", "BY", "CHANGE", "KEY", "SIZE", "FINGERPRINT", "TERM", "REPLICATED"],
                [.. changes.Select(change => ToRow(change, call.Context.Zone))],
                "no changes yet"));
    }

    private static JsonObject ToJson(ChangeRow change) => new()
    {
        ["version"] = change.Version,
        ["at"] = change.At,
        ["by"] = change.By,
        ["operation"] = change.Operation,
        ["key"] = change.Key,
        ["size"] = change.Size,
        ["fingerprint"] = change.Fingerprint,
        ["term"] = change.Term,
        ["replicated"] = change.Replicated,
    };

    private static IReadOnlyList<Cell> ToRow(ChangeRow change, TimeZoneInfo zone)
    {
        var removed = change.Operation == "remove";
        return [
            $"{change.Version}", Wording.Time(change.At, zone), change.By, change.Operation, change.Key,
            removed ? Wording.None : Wording.Size(change.Size), removed ? Wording.None : change.Fingerprint,
            Wording.Term(change.Term), Wording.YesNo(change.Replicated, Tone.Warn),
        ];
    }
}
