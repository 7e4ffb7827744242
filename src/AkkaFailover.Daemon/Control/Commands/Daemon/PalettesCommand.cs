using System.Text.Json;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Daemon;

/// <summary>The definitions of all commands: what the client parses, completes and helps with.</summary>
internal sealed class PalettesCommand : ControlCommand
{
    public override CommandDefinition Definition { get; } = new(ControlProtocol.CatalogueCommand, "the definitions of all commands, as JSON")
    {
        Details = ["The client asks for them itself; so may a program that offers the same commands."],
        Examples = ["palettes --output json"],
    };

    public override Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var data = JsonSerializer.SerializeToNode(call.Catalogue, ControlProtocol.Json.Catalogue)!;
        return Task.FromResult(Done(data, data.ToJsonString()));
    }
}
