using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Cli.Init;

/// <summary><c>failoverctl init</c>: writes a pair's configurations, passphrase and certificates, ready to copy. Needs no daemon.</summary>
public static class InitCommand
{
    private const int Refused = 1;
    private const int Usage = 64;

    /// <summary>Runs the command.</summary>
    /// <param name="args">The arguments behind <c>init</c>.</param>
    /// <param name="output">Where the next steps are written.</param>
    /// <param name="error">Where errors are written.</param>
    /// <returns>0 done, 1 refused (a file is there already, or cannot be written), 64 wrong usage.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var nodes = new Option<string[]>("--node") { HelpName = "NAME=ADDRESS", Description = "a node and the address of its cluster link; give it twice", Required = true };
        var interfaceName = new Option<string>("--interface") { HelpName = "NAME", Description = "network interface of the virtual addresses, on both nodes", Required = true };
        var addresses = new Option<string[]>("--address") { HelpName = "ADDRESS/PREFIX", Description = "a virtual address; may be given several times", Required = true };
        var group = new Option<string>("--group") { HelpName = "NAME", Description = "name of the group", DefaultValueFactory = _ => "vpn" };
        var port = new Option<int>("--port") { HelpName = "PORT", Description = "TCP port of the cluster link", DefaultValueFactory = _ => 4053 };
        var vhid = new Option<byte>("--vhid") { HelpName = "N", Description = "CARP's virtual host id, 1 to 255", DefaultValueFactory = _ => 1 };
        var sources = new Option<string[]>("--source") { HelpName = "NAME=ADDRESS", Description = "IPv4 source of a node's heartbeats (default: the interface's first address)" };
        var directory = new Option<string>("--dir") { HelpName = "DIR", Description = "where to write", DefaultValueFactory = _ => "." };
        var force = new Option<bool>("--force") { Description = "replace files that are there already" };

        var root = new RootCommand("Writes a pair's configurations, passphrase and certificates, ready to copy") { nodes, interfaceName, addresses, group, port, vhid, sources, directory, force };
        root.SetAction(parsed =>
        {
            var plan = Plan(
                parsed.GetValue(nodes)!, parsed.GetValue(sources) ?? [], parsed.GetValue(port),
                parsed.GetValue(group)!, parsed.GetValue(interfaceName)!, parsed.GetValue(addresses)!, parsed.GetValue(vhid), out var problem);
            if (plan is not null) return Write(plan, parsed.GetValue(directory)!, parsed.GetValue(force), output, error);
            error.WriteLine($"failoverctl init: {problem}");
            return Usage;
        });
        var result = root.Parse(args);
        var code = result.Invoke(new InvocationConfiguration { Output = output, Error = error });
        return result.Errors.Count > 0 ? Usage : code;
    }

    private static PairPlan? Plan(string[] nodes, string[] sources, int port, string group, string interfaceName, string[] addresses, byte vhid, out string? problem)
    {
        var pair = new List<PlannedNode>();
        foreach (var node in nodes)
        {
            if (Named(node) is not var (name, address) || !HostPort.TryParse(address, port, out var listen))
                return Wrong($"'{node}': write --node NAME=ADDRESS, NAME in lower-case letters, digits and hyphens", out problem);
            pair.Add(new PlannedNode(name, listen!, null));
        }
        if (pair.Select(node => node.Name).Distinct().Count() != 2 || pair.Count != 2)
            return Wrong("give --node twice, with different names", out problem);

        foreach (var source in sources)
        {
            var index = Named(source) is var (name, _) ? pair.FindIndex(node => node.Name == name) : -1;
            if (index < 0 || !IPAddress.TryParse(source[(source.IndexOf('=', StringComparison.Ordinal) + 1)..], out var address) || address.AddressFamily != AddressFamily.InterNetwork)
                return Wrong($"'{source}': write --source NAME=ADDRESS, the name of one of the nodes and an IPv4 address", out problem);
            pair[index] = pair[index] with { Source = address };
        }
        foreach (var address in addresses)
            if (!VirtualAddress.TryParse(address, interfaceName, out _, out var why)) return Wrong($"'{address}': {why}", out problem);
        if (!GroupName.TryParse(group, out var groupName)) return Wrong($"'{group}': a group's name has lower-case letters, digits and hyphens", out problem);
        if (interfaceName.Length is 0 or > 15 || interfaceName.Any(c => c is '/' or '"' || char.IsWhiteSpace(c))) return Wrong($"'{interfaceName}' is not the name of a network interface", out problem);
        if (vhid == 0) return Wrong("--vhid is 1 to 255", out problem);

        problem = null;
        return new PairPlan(pair, groupName, interfaceName, addresses, vhid);
    }

    private static PairPlan? Wrong(string why, out string? problem)
    {
        problem = why;
        return null;
    }

    private static (NodeName Name, string Address)? Named(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && NodeName.TryParse(text[..equals], out var name) ? (name, text[(equals + 1)..]) : null;
    }

    private static int Write(PairPlan plan, string directory, bool force, TextWriter output, TextWriter error)
    {
        try
        {
            var files = PairFiles.Make(plan);
            if (!force && files.FirstOrDefault(file => File.Exists(Path.Combine(directory, file.Path))) is { } present)
            {
                error.WriteLine($"failoverctl init: {Path.Combine(directory, present.Path)} is there already; nothing was written. Choose another --dir, or give --force: new certificates and a new passphrase then replace the old");
                return Refused;
            }
            foreach (var file in files) file.WriteTo(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"failoverctl init: cannot write: {e.Message}");
            return Refused;
        }
        Explain(plan, directory, output);
        return 0;
    }

    private static void Explain(PairPlan plan, string directory, TextWriter output)
    {
        output.WriteLine($"Written to {Path.GetFullPath(directory)}. Next:");
        foreach (var node in plan.Nodes)
            output.WriteLine($"  node {node.Name}: copy {Path.Combine(directory, node.Name.Value)}/ to /etc/akka-failover/ there, keeping the modes (scp -p), and start the daemon");
        output.WriteLine("  ca.key: keep it off both nodes; whoever has it can join the pair");
    }
}
