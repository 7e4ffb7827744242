using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Daemon;

/// <summary>The configuration in force.</summary>
internal sealed class HoconEffective : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("effective", "every key of the configuration in force, and where it comes from")
    {
        Details = ["Secrets are hidden."],
        Examples = ["hocon effective"],
    };

    public override Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var rows = call.Context.EffectiveConfiguration();
        var data = new JsonObject
        {
            ["configuration"] = Array(rows, row => new JsonObject { ["path"] = row.Path, ["value"] = row.Value, ["origin"] = row.Origin }),
        };
        return Task.FromResult(Done(data, new TableView(
            ["PATH", "VALUE", "ORIGIN"],
            [.. rows.Select(row => (IReadOnlyList<Cell>)[row.Path, row.Value, new Cell(row.Origin, row.Origin == "default" ? Tone.Dim : Tone.Plain)])],
            "no configuration")));
    }
}
