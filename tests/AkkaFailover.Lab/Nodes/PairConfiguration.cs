using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>Writes the configuration of a pair with <c>failoverctl init</c>, as an administrator would, and puts it where the lab's hosts look.</summary>
public static class PairConfiguration
{
    /// <summary>The configuration file of a host.</summary>
    public static string FileOf(LabHost host) => Path.Combine(host.Directory, "akka-failover.conf");

    /// <summary>The state directory of a host.</summary>
    public static string StateOf(LabHost host) => Path.Combine(host.Directory, "state");

    /// <summary>The control socket of a host.</summary>
    public static string SocketOf(LabHost host) => Path.Combine(host.Directory, "control.sock");

    /// <summary>Writes both nodes' files.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="timing">Of the heartbeat.</param>
    /// <param name="carp">More lines for the CARP section of both nodes.</param>
    /// <param name="group">More lines for the group of both nodes.</param>
    public static void Write(LabNetwork lab, Timing timing, string carp = "", string group = "")
    {
        var made = Path.Combine(lab.Folder, "init");
        if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        Tool.Run(Artifacts.Client, ["init", "--node", $"a={lab.A.LinkAddress}", "--node", $"b={lab.B.LinkAddress}", "--interface", "eth0",
            "--address", $"{LabTopology.VirtualAddress}/{LabTopology.PrefixLength}", "--group", AkkaNode.Group, "--port", "4053", "--dir", made]);
        foreach (var host in new[] { lab.A, lab.B })
        {
            foreach (var file in Directory.GetFiles(Path.Combine(made, host.Name))) File.Copy(file, Path.Combine(host.Directory, Path.GetFileName(file)), overwrite: true);
            Append(host, timing, carp, group);
        }
    }

    /// <summary>Appends keys to a host's configuration; in HOCON the later value counts.</summary>
    public static void Override(LabHost host, string hocon) => File.AppendAllText(FileOf(host), "\n" + hocon + "\n");

    private static void Append(LabHost host, Timing timing, string carp, string group) => Override(host, $$"""
        failover {
          state-dir = "{{StateOf(host)}}"
          control.socket = "{{SocketOf(host)}}"
          groups.{{AkkaNode.Group}} {
            heartbeat.carp {
              advbase = {{timing.AdvBase}}
              advskew = {{timing.AdvSkew}}
              dead-ratio = {{timing.DeadRatio}}
              {{carp}}
            }
            {{group}}
          }
        }
        """);
}
