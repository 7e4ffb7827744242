using System.Text;
using AkkaFailover.Cli.Client;
using AkkaFailover.Cli.Local;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Init;

/// <summary>Writes a pair's configurations, passphrase and certificates, ready to copy. Needs no daemon.</summary>
internal sealed class InitCommand : LocalCommand
{
    public override CommandDefinition Definition { get; } = new("init", "write a pair's configurations, passphrase and certificates, ready to copy")
    {
        Options =
        [
            new("node", "a node and the address of its cluster link; give it twice", "NAME=ADDRESS") { Required = true, Repeated = true },
            new("interface", "network interface of the virtual addresses, on both nodes", "NAME") { Required = true },
            new("address", "a virtual address: ADDRESS/PREFIX, or 'ADDRESS/PREFIX dev INTERFACE'", "ADDRESS") { Required = true, Repeated = true },
            new("group", "name of the group (default vpn)", "GROUP", ValueKind.Group),
            new("port", "TCP port of the cluster link (default 4053)", "PORT"),
            new("vhid", "CARP's virtual host id, 1 to 255 (default 1)", "N"),
            new("source", "IPv4 source of a node's heartbeats (default: the interface's first address)", "NAME=ADDRESS") { Repeated = true },
            new("dir", "where to write (default: here)", "DIR", ValueKind.File),
            new("force", "replace files that are there already"),
        ],
        Details =
        [
            "Writes ca.crt and ca.key, and for each node a folder with node.crt, node.key, ca.crt, passphrase and akka-failover.conf: copy it to /etc/akka-failover/ of that node. "
            + "Certificates are valid for 5 years, the authority for 10.",
        ],
        Examples = ["init --node a=10.9.0.1 --node b=10.9.0.2 --interface eth0 --address 192.0.2.222/24 --dir pair"],
    };

    public override async Task<int> RunAsync(CallLine line, ClientOptions options, Terminal terminal)
    {
        if (PairPlan.Parse(line, out var problem) is not { } plan) return FailoverCtl.Fail(terminal, $"init: {problem} (see 'failoverctl help init')", ExitCode.Usage);
        var directory = line.Option("dir") ?? ".";
        try
        {
            var files = PairFiles.Make(plan);
            if (!line.Options.ContainsKey("force") && files.Select(file => Path.Combine(directory, file.Path)).FirstOrDefault(File.Exists) is { } present)
                return FailoverCtl.Fail(terminal, $"init: {present} is there already; nothing was written. Choose another --dir, or give --force: new certificates and a new passphrase then replace the old", ExitCode.Refused);
            foreach (var file in files) file.WriteTo(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FailoverCtl.Fail(terminal, $"init: cannot write: {e.Message}", ExitCode.Refused);
        }
        await terminal.Out.WriteAsync(Encoding.UTF8.GetBytes(NextSteps(plan, directory)));
        return ExitCode.Done;
    }

    private static string NextSteps(PairPlan plan, string directory)
    {
        var text = new StringBuilder().AppendLine($"Written to {Path.GetFullPath(directory)}. Next:");
        foreach (var node in plan.Nodes)
            text.AppendLine($"  node {node.Name}: copy {Path.Combine(directory, node.Name.Value)}/ to /etc/akka-failover/ there, keeping the modes (scp -p), and start the daemon");
        return text.AppendLine("  ca.key: keep it off both nodes; whoever has it can join the pair").ToString();
    }
}
