namespace AkkaFailover.Cli.Init;

/// <summary>The configuration file of a node, as <c>init</c> writes it.</summary>
internal static class PairConfiguration
{
    /// <summary>The text of a node's file.</summary>
    public static string Text(PairPlan plan, PlannedNode node)
    {
        var peer = plan.PeerOf(node);
        var source = node.Source is null ? "" : $"\n        source-address = \"{node.Source}\"";
        var addresses = string.Join(", ", plan.Addresses.Select(address => $"\"{address}\""));
        return $$"""
            # AkkaFailover, node {{node.Name}}. Check it with: akka-failover --check FILE
            # Relative paths begin at this file's folder. What is not here has its default: failoverctl hocon effective
            failover {
              node = "{{node.Name}}"
              cluster {
                listen = "{{node.Listen}}"
                peers {
                  {{peer.Name}} = "{{peer.Listen}}"
                }
                tls {
                  certificate-file = "node.crt"
                  key-file = "node.key"
                  ca-file = "ca.crt"
                }
              }
              groups {
                {{plan.Group}} {
                  interface = "{{plan.Interface}}"
                  virtual-addresses = [{{addresses}}]
                  heartbeat {{{source}}
                    carp {
                      vhid = {{plan.Vhid}}
                      passphrase-file = "passphrase"
                    }
                  }
                  # What runs where the address is:
                  # service {
                  #   type = "commands"
                  #   start = ["systemctl", "start", "openvpn-server@vpn.service"]
                  #   stop = ["systemctl", "stop", "openvpn-server@vpn.service"]
                  # }
                }
              }
            }

            """;
    }
}
