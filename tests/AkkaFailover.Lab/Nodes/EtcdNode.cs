using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>One of two members of an etcd cluster, with etcd's own defaults but for room for the benchmark.</summary>
internal sealed class EtcdNode(LabHost host, LabHost other)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Where it runs.</summary>
    public LabHost Host => host;

    /// <summary>Why it could not say whether it leads, when it was asked last.</summary>
    public string Trouble { get; private set; } = "";

    private string Data => Path.Combine(host.Directory, "etcd");

    /// <summary>Starts it with an empty data directory, on the file system where the daemons' state lies.</summary>
    public void Start()
    {
        Remove();
        host.Start("etcd.log", "etcd", "--name", host.Name, "--data-dir", Data,
            "--listen-peer-urls", Peer(host), "--initial-advertise-peer-urls", Peer(host),
            "--listen-client-urls", $"http://127.0.0.1:{EtcdClient.Port}", "--advertise-client-urls", $"http://{host.LinkAddress}:{EtcdClient.Port}",
            "--initial-cluster", $"{host.Name}={Peer(host)},{other.Name}={Peer(other)}", "--initial-cluster-state", "new",
            "--quota-backend-bytes", "8589934592", "--logger", "zap", "--log-level", "warn");
    }

    /// <summary>Whether it leads the cluster.</summary>
    public bool IsLeader()
    {
        using var http = EtcdClient.Connect(host);
        http.Timeout = Patience;
        try
        {
            return new EtcdClient(http).IsLeader().GetAwaiter().GetResult();
        }
        catch (Exception notYet) when (notYet is LabException or TaskCanceledException)
        {
            Trouble = notYet.Message;
            return false;
        }
    }

    /// <summary>Ends it and removes its data.</summary>
    public void Remove()
    {
        host.KillEverything();
        if (Directory.Exists(Data)) Directory.Delete(Data, recursive: true);
    }

    private static string Peer(LabHost member) => $"http://{member.LinkAddress}:2380";
}
