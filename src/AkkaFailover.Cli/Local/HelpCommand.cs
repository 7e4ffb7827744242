using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary>Help with everything, a palette or a command.</summary>
internal sealed class HelpCommand : LocalCommand
{
    public override CommandDefinition Definition { get; } = new("help", "help with everything, a palette or a command")
    {
        Arguments = [new("PALETTE", "a palette, or a command that has none", Optional: true), new("COMMAND", "a command of the palette", Optional: true)],
        Examples = ["help", "help group", "help group handover"],
    };

    public override Task<int> RunAsync(CallLine line, ClientOptions options, Terminal terminal) =>
        FailoverCtl.RunAsync(options with { Words = [.. line.Arguments.Values, "--help"] }, terminal);
}
