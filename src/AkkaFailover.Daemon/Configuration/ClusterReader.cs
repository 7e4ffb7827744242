using AkkaFailover.Core;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Reads <c>failover.cluster</c>.</summary>
internal static class ClusterReader
{
    private const int DefaultPort = 4053;

    public static ClusterSettings Read(Section cluster, NodeName node, ConfigurationFiles files)
    {
        var listenSetting = cluster["listen"];
        var listen = ReadHostPort(listenSetting);
        var peers = ReadPeers(cluster, node);
        if (peers.Values.Contains(listen)) listenSetting.Error("the same address as the peer's", "write this node's own address; the peer's stands under peers");
        return new ClusterSettings(listen, peers, ReadTls(cluster.Inner("tls"), node, files));
    }

    private static Dictionary<NodeName, HostPort> ReadPeers(Section cluster, NodeName node)
    {
        var section = cluster.Inner("peers");
        var peers = new Dictionary<NodeName, HostPort>();
        foreach (var name in section.Names)
        {
            var setting = section[name];
            if (!NodeName.TryParse(name, out var peer)) setting.Error($"'{name}' is not a node name", $"write {NameRule.Text}");
            else if (peer == node) setting.Error("this node is named as its own peer", "name the other node here, as its own file does in failover.node");
            else peers[peer] = ReadHostPort(setting);
        }
        if (section.Names.Count != 1) section.Error($"{section.Names.Count} peers", "name exactly one: peers { b = \"10.9.0.2:4053\" }");
        return peers;
    }

    private static HostPort ReadHostPort(Setting setting)
    {
        var text = setting.Required("\"10.9.0.1:4053\"");
        if (HostPort.TryParse(text, DefaultPort, out var value)) return value!;
        if (text.Length > 0) setting.Error("not an address with a port", "write ADDRESS:PORT, as in \"10.9.0.1:4053\" or \"[2001:db8::1]:4053\"");
        return new HostPort("", DefaultPort);
    }

    private static TlsSettings? ReadTls(Section tls, NodeName node, ConfigurationFiles files)
    {
        var enabled = tls["enabled"];
        var certificate = tls["certificate-file"];
        var key = tls["key-file"];
        var authority = tls["ca-file"];
        if (enabled.Switch()) return TlsFiles.Check(certificate, key, authority, node, files);

        if (enabled.IsInFile && enabled.Shown is "off" or "false" or "no")
            enabled.Warning("whoever reaches the cluster link's port may read and change the replicated configuration", "use TLS: failoverctl init makes the certificates");
        return null;
    }
}
