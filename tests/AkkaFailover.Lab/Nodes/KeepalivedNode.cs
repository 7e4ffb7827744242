using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>keepalived with VRRP version 3 between equal nodes that do not preempt.</summary>
/// <param name="host">Where it runs.</param>
/// <param name="timing">Of its adverts.</param>
/// <param name="service">Scripts that it notifies of its state; null for none.</param>
public sealed class KeepalivedNode(LabHost host, Timing timing, ServiceScripts? service = null) : Node(host)
{
    /// <inheritdoc/>
    public override bool IsReady(bool holder) => Runs && LastWordAfter("Entering ") == (holder ? "MASTER" : "BACKUP");

    /// <summary>The parent and its VRRP process: killing the parent alone is an orderly end, the child says goodbye.</summary>
    public override IReadOnlyList<int> DaemonProcesses() => [.. Host.Processes().Where(pid => LabHost.NameOf(pid) == "keepalived")];

    /// <inheritdoc/>
    protected override HostProcess Launch()
    {
        var configuration = Path.Combine(Host.Directory, "keepalived.conf");
        File.WriteAllText(configuration, $$"""
            global_defs {
                script_user root
            }
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
                {{(service is null ? "" : $"notify_master {service.Start}\nnotify_backup {service.Stop}\nnotify_fault {service.Stop}\nnotify_stop {service.Stop}")}}
            }
            """);
        // A process id in a file left by a killed daemon may belong to somebody else by now; keepalived would not start.
        foreach (var file in new[] { "keepalived.log", "keepalived.pid", "vrrp.pid" }) File.Delete(Path.Combine(Host.Directory, file));
        return Host.Start("keepalived.log", "keepalived", "--dont-fork", "--log-console", "--log-detail", "--vrrp",
            "--use-file", configuration, "--pid", Path.Combine(Host.Directory, "keepalived.pid"),
            "--vrrp_pid", Path.Combine(Host.Directory, "vrrp.pid"));
    }
}
