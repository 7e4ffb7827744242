using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>keepalived with VRRP version 3 between equal nodes that do not preempt.</summary>
public sealed class KeepalivedNode(LabHost host, Timing timing) : Node(host)
{
    /// <inheritdoc/>
    public override bool IsReady(bool holder) => Runs && Process!.Log.Contains("BACKUP STATE", StringComparison.Ordinal);

    /// <summary>The parent and its VRRP process: killing the parent alone is an orderly end, the child says goodbye.</summary>
    public override IReadOnlyList<int> DaemonProcesses() => Host.Processes();

    /// <inheritdoc/>
    protected override HostProcess Launch()
    {
        var configuration = Path.Combine(Host.Directory, "keepalived.conf");
        File.WriteAllText(configuration, $$"""
            vrrp_instance lab {
                state BACKUP
                interface eth0
                virtual_router_id 51
                priority {{(Host.Name == "a" ? 101 : 100)}}
                advert_int {{timing.VrrpInterval}}
                version 3
                nopreempt
                virtual_ipaddress {
                    {{LabTopology.VirtualAddress}}/{{LabTopology.PrefixLength}}
                }
            }
            """);
        // A process id in a file left by a killed daemon may belong to somebody else by now; keepalived would not start.
        foreach (var file in new[] { "keepalived.log", "keepalived.pid", "vrrp.pid" }) File.Delete(Path.Combine(Host.Directory, file));
        return Host.Start("keepalived.log", "keepalived", "--dont-fork", "--log-console", "--log-detail", "--vrrp",
            "--use-file", configuration, "--pid", Path.Combine(Host.Directory, "keepalived.pid"),
            "--vrrp_pid", Path.Combine(Host.Directory, "vrrp.pid"));
    }
}
