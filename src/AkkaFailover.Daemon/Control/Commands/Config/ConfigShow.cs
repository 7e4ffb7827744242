using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Lists the keys.</summary>
internal sealed class ConfigShow : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("show", "all keys with their versions and fingerprints")
    {
        Options = [OptionDefinition.Group],
        Details = ["A fingerprint is the first 16 digits of the value's SHA-256: equal on both nodes where the values are. Values are never shown, secret or not."],
        Examples = ["config show"],
    };

    public override async Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var entries = await call.AskAsync<IReadOnlyList<EntryRow>>(group.Replica, new ListEntries(), $"the replica of group {group.Name}");
        var data = new JsonObject
        {
            ["group"] = group.Name.Value,
            ["entries"] = Array(entries, entry => new JsonObject
            {
                ["key"] = entry.Key,
                ["version"] = entry.Version,
                ["size"] = entry.Size,
                ["fingerprint"] = entry.Fingerprint,
            }),
        };
        return Done(data, new TableView(
            ["KEY", "VERSION", "SIZE", "FINGERPRINT"],
            [.. entries.Select(entry => (IReadOnlyList<Cell>)[entry.Key, $"{entry.Version}", Wording.Size(entry.Size), entry.Fingerprint])],
            "no keys"));
    }
}
