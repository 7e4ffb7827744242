using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary>Checks a configuration file with the daemon's own loader, without a running daemon.</summary>
internal sealed class HoconCheck : LocalCommand
{
    public override CommandDefinition Definition { get; } = new("check", "check a configuration file; every error at once, with its mend")
    {
        Arguments = [new("FILE", "the file", Kind: ValueKind.File)],
        Details = ["Needs no running daemon. Exit code 0 where a daemon would start with it, 1 where not."],
        Examples = ["hocon check /etc/akka-failover/akka-failover.conf"],
    };

    public override Task<int> RunAsync(CallLine line, ClientOptions options, Terminal terminal) =>
        InstalledDaemon.RunAsync(terminal, options.Output, "--check", line.Arguments["FILE"]);
}
