using System.Text.Json.Nodes;
using AkkaFailover.Cli.Client;
using AkkaFailover.Cli.Rendering;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary>Versions of the client and of the daemon that runs.</summary>
internal sealed class VersionCommand : LocalCommand
{
    public override CommandDefinition Definition { get; } = new("version", "versions of this program and of the daemon that runs")
    {
        Examples = ["version"],
    };

    public override async Task<int> RunAsync(CallLine line, ClientOptions options, Terminal terminal)
    {
        var own = typeof(VersionCommand).Assembly.GetName().Version!.ToString(3);
        var daemon = await AskAsync(options);
        await AnswerWriter.WriteAsync(
            new ControlAnswer(0, ExitCode.Done)
            {
                Data = new JsonObject { ["failoverctl"] = own, ["daemon"] = daemon },
                View = [new PairsView([new("failoverctl", own), new("akka-failover", daemon ?? "not reachable")])],
            },
            options.Output,
            terminal);
        return ExitCode.Done;
    }

    private static async Task<string?> AskAsync(ClientOptions options)
    {
        try
        {
            using var daemon = ControlClient.Connect(options.Socket);
            return (await daemon.CatalogueAsync()).Software;
        }
        catch (Exception e) when (e is UnreachableException or RefusedException)
        {
            return null;
        }
    }
}
