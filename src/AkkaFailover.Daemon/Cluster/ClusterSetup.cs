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

    /// <summary>The dispatcher of the actors whose delay would be an outage: link, heartbeat, election, address owner.</summary>
    public const string Dispatcher = "failover-dispatcher";

    /// <summary>The name of <see cref="PeerLinkActor"/> under /user: where the peer finds it.</summary>
    public const string LinkName = "link";

    /// <summary>Adds remoting over mutual TLS and the cluster; the ActorSystem must be called <see cref="SystemName"/>.</summary>
    /// <exception cref="ClusterStartException">A certificate is of no use, or the address to listen at cannot be had.</exception>
    public static AkkaConfigurationBuilder WithFailoverCluster(this AkkaConfigurationBuilder builder, FailoverSettings settings)
    {
        foreach (var setup in Setups(settings)) builder.AddSetup(setup);
        return builder.AddHocon(Hocon(settings), HoconAddMode.Prepend);
    }

    /// <summary>The same for an ActorSystem that is made without a host.</summary>
    /// <exception cref="ClusterStartException">A certificate is of no use, or the address to listen at cannot be had.</exception>
    public static ActorSystemSetup ActorSystemSetup(FailoverSettings settings) =>
        Akka.Actor.Setup.ActorSystemSetup.Create([BootstrapSetup.Create().WithConfig(Hocon(settings)), .. Setups(settings)]);

    /// <summary>Where a node's link actor lives.</summary>
    internal static RootActorPath RootOf(HostPort node, bool tls) =>
        new(new Address(tls ? "akka.ssl.tcp" : "akka.tcp", SystemName, node.Host, node.Port));

    private static IEnumerable<Setup> Setups(FailoverSettings settings)
    {
        CheckListen(settings.Cluster.Listen);
        yield return LogNoise.Filter();
        if (settings.Cluster.Tls is not { } tls) yield break;
        var certificates = LinkCertificates.Load(tls, settings.Node, settings.Cluster.Peers.Keys);
        yield return new DotNettySslSetup(
            certificates.Own,
            suppressValidation: false,
            requireMutualAuthentication: true,
            customValidator: (certificate, chain, peer, _, log) =>
            {
                if (certificates.Accepts(certificate, chain?.ChainPolicy.ExtraStore ?? [], out var reason)) return true;
                log.Warning("cluster link: refused a connection with {0}: {1}", peer, reason);
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
            """);
        return own.WithFallback(ConfigurationFactory.FromResource("AkkaFailover.Daemon.Cluster.akka.conf", typeof(ClusterSetup).Assembly));
    }

    /// <summary>Binds once before Akka does, whose own failure would say neither the key nor the mend.</summary>
    private static void CheckListen(HostPort listen)
    {
        try
        {
            var address = IPAddress.TryParse(listen.Host, out var literal) ? literal : Dns.GetHostAddresses(listen.Host)[0];
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            {
                throw new ClusterStartException($"failover.cluster.listen {listen}: name the address that the peer connects to, as its cluster.peers has it");
            }
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, listen.Port));
            socket.Listen();
        }
        catch (SocketException failure)
        {
            var mend = failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another process listens there (another akka-failover?): end it or choose another port on both nodes",
                SocketError.AddressNotAvailable => "this host has no such address: correct it, or bring its interface up first",
                SocketError.AccessDenied => "ports below 1024 need CAP_NET_BIND_SERVICE: choose another port on both nodes",
                _ => "correct host and port",
            };
            throw new ClusterStartException($"failover.cluster.listen {listen}: {failure.Message}; {mend}", failure);
        }
    }
}
