using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Removes a key.</summary>
internal sealed class ConfigRemove : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("remove", "remove a key, on both nodes")
    {
        Arguments = [new("KEY", "the key")],
        Options = [OptionDefinition.Group],
        Examples = ["config remove server/port"],
    };

    public override Task<ControlAnswer> RunAsync(CommandCall call) => ConfigChange.ApplyAsync(call, call.Group(), call.Required("KEY"), null);
}
