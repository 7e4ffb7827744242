using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary><c>journal verify</c> where a configuration file is named: with the daemon's program, without a running daemon.</summary>
internal sealed class OfflineJournalVerify : LocalCommand
{
    public override CommandDefinition Definition { get; } = new("verify", "read the journal back and check its hash chain")
    {
        Arguments = [ArgumentDefinition.Group],
        Options = [new("config", "the configuration file that names the journal", "FILE", ValueKind.File) { Required = true }],
    };

    public override Task<int> RunAsync(CallLine line, ClientOptions options, Terminal terminal)
    {
        string[] group = line.Arguments.TryGetValue("GROUP", out var name) ? ["--group", name] : [];
        return InstalledDaemon.RunAsync(terminal, options.Output, ["--verify", line.Option("config")!, .. group]);
    }
}
