using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Vpn;

/// <summary>Who brings the VPN server to the other node.</summary>
/// <param name="Daemon">Its name, for the table and the results.</param>
/// <param name="Prepare">Writes what it needs to both hosts, and makes the nodes.</param>
/// <param name="Replicates">Whether it brings the server's files to the other node, and hands over on command; the others do neither.</param>
public sealed record VpnContender(string Daemon, Func<LabNetwork, VpnServers, (Node A, Node B)> Prepare, bool Replicates)
{
    /// <summary>ucarp at its default timing.</summary>
    public static readonly VpnContender Ucarp = new("ucarp", (lab, servers) =>
    {
        servers.WriteBoth();
        return (new UcarpNode(lab.A, Timing.OneSecond, service: Scripts(lab.A, servers.A)), new UcarpNode(lab.B, Timing.OneSecond, service: Scripts(lab.B, servers.B)));
    }, Replicates: false);

    /// <summary>keepalived at its default timing.</summary>
    public static readonly VpnContender Keepalived = new("keepalived", (lab, servers) =>
    {
        servers.WriteBoth();
        return (new KeepalivedNode(lab.A, Timing.OneSecond, Scripts(lab.A, servers.A)), new KeepalivedNode(lab.B, Timing.OneSecond, Scripts(lab.B, servers.B)));
    }, Replicates: false);

    /// <summary>AkkaFailover at its default timing; clients find out for themselves.</summary>
    public static readonly VpnContender Ours = OursWith("akka-failover", kick: "off");

    /// <summary>AkkaFailover that makes UDP clients connect anew after a claim.</summary>
    public static readonly VpnContender OursWithKick = OursWith("akka-failover with kick", kick: "on");

    // Node a alone has the server's files; node b gets them.
    private static VpnContender OursWith(string name, string kick) => new(name, (lab, servers) =>
    {
        servers.Write(servers.A);
        PairConfiguration.Write(lab, Timing.Default);
        foreach (var (host, server) in new[] { (lab.A, servers.A), (lab.B, servers.B) })
        {
            PairConfiguration.Override(host, $$"""
                failover.groups.{{AkkaNode.Group}} {
                  config.paths { openvpn = "{{server.Folder}}" }
                  service {
                    type = "process"
                    command = [{{string.Join(", ", server.Command.Select(word => $"\"{word}\""))}}]
                    openvpn { config = "{{server.Configuration}}", kick = {{kick}} }
                  }
                }
                """);
        }
        return (new AkkaNode(lab.A), new AkkaNode(lab.B));
    }, Replicates: true);

    // As the notes on OpenVPN recommend, as far as scripts can have it: the goodbye to clients first, and no waiting for a server that ignores new ones.
    private static ServiceScripts Scripts(LabHost host, VpnServer server)
    {
        var pid = Path.Combine(server.Runtime, "pid");
        var alive = $"kill -0 \"$(cat {pid} 2>/dev/null)\" 2>/dev/null";
        return new ServiceScripts(
            ServiceScripts.Write(Path.Combine(host.Directory, "vpn-start.sh"), $"{alive} || {string.Join(' ', server.Command)} --daemon --writepid {pid}"),
            ServiceScripts.Write(Path.Combine(host.Directory, "vpn-stop.sh"), $"{alive} || exit 0; kill \"$(cat {pid})\"; sleep 0.3; {alive} && kill -9 \"$(cat {pid})\""));
    }
}
