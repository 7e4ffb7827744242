using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Hosting;
using Akka.Remote.Transport.DotNetty;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>Remoting, TLS, serializers and cluster settings of the daemon's ActorSystem.</summary>
public static class ClusterSetup
{
    /// <summary>The ActorSystem's name: part of every address, so the same on both nodes.</summary>
    public const string SystemName = "failover";

    /// <summary>The dispatcher of the actors whose delay would be an outage: heartbeat, election, address owner.</summary>
    public const string Dispatcher = "failover-dispatcher";

    /// <summary>The dispatcher of what goes between the nodes: Akka.Remote, link, replicas, journal.</summary>
    public const string LinkDispatcher = "link-dispatcher";

    /// <summary>The name of <see cref="PeerLinkActor"/> under /user: where the peer finds it.</summary>
    public const string LinkName = "link";

    /// <summary>
    /// Adds remoting over mutual TLS and the cluster; the ActorSystem must be called <see cref="SystemName"/>. The address and
    /// the certificates have been checked with the configuration.
    /// </summary>
    public static AkkaConfigurationBuilder WithFailoverCluster(this AkkaConfigurationBuilder builder, FailoverSettings settings)
    {
        foreach (var setup in Setups(settings)) builder.AddSetup(setup);
        return builder.AddHocon(Hocon(settings), HoconAddMode.Prepend);
    }

    /// <summary>The same for an ActorSystem that is made without a host.</summary>
    internal static ActorSystemSetup ActorSystemSetup(FailoverSettings settings) =>
        Akka.Actor.Setup.ActorSystemSetup.Create([BootstrapSetup.Create().WithConfig(Hocon(settings)), .. Setups(settings)]);

    /// <summary>Where a node's link actor lives.</summary>
    internal static RootActorPath RootOf(HostPort node, bool tls) =>
        new(new Address(tls ? "akka.ssl.tcp" : "akka.tcp", SystemName, node.Host, node.Port));

    private static IEnumerable<Setup> Setups(FailoverSettings settings)
    {
        yield return LogNoise.Filter();
        if (settings.Cluster.Tls is not { } tls) yield break;
        var certificates = LinkCertificates.Load(tls, settings.Cluster.Peers.Keys);
        var refused = new RefusedConnections();
        yield return refused;
        yield return new DotNettySslSetup(
            certificates.Own,
            suppressValidation: false,
            requireMutualAuthentication: true,
            customValidator: (certificate, chain, peer, _, log) =>
            {
                if (certificates.Accepts(certificate, chain?.ChainPolicy.ExtraStore ?? [], out var reason)) return true;
                if (refused.Add(peer, reason)) log.Warning("cluster link: refused a connection with {0}: {1} ({2} so far)", peer, reason, refused.Now.Count);
                return false;
            });
    }

    private static Config Hocon(FailoverSettings settings)
    {
        var listen = settings.Cluster.Listen;
        var isIPv6 = IPAddress.TryParse(listen.Host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        var own = ConfigurationFactory.ParseString($$"""
            akka.remote.dot-netty.tcp {
              hostname = "{{listen.Host}}"
              public-hostname = "{{listen.Host}}"
              port = {{listen.Port}}
              dns-use-ipv6 = {{(isIPv6 ? "on" : "off")}}
              enable-ssl = {{(settings.Cluster.Tls is null ? "off" : "on")}}
            }
            # Were every group's replica long at a message, one would be left for the link and one for Akka.Remote.
            {{LinkDispatcher}}.threads = {{settings.Groups.Count + 2}}
            """);
        return own.WithFallback(ConfigurationFactory.FromResource("AkkaFailover.Daemon.Cluster.akka.conf", typeof(ClusterSetup).Assembly));
    }
}
