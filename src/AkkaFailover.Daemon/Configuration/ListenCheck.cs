using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Where the cluster link listens: an address of this host whose port is free.</summary>
internal static class ListenCheck
{
    private const string Path = "failover.cluster.listen";

    /// <summary>The address to listen on, a wildcard having been replaced by the address that this host uses towards its peer.</summary>
    public static HostPort Run(ClusterSettings cluster, Findings findings)
    {
        var listen = cluster.Listen;
        try
        {
            var address = Resolve(listen.Host);
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            {
                address = Towards(cluster.Peers.Values.Single());
                listen = listen with { Host = address.ToString() };
            }
            using var probe = new TcpListener(address, listen.Port);
            probe.Start();
        }
        catch (SocketException e)
        {
            findings.Error(Path, listen.ToString(), Problem(e), Mend(e));
        }
        return listen;
    }

    private static IPAddress Resolve(string host) => IPAddress.TryParse(host, out var address) ? address : Dns.GetHostAddresses(host)[0];

    /// <summary>Connecting a datagram socket sends nothing; it makes the kernel choose the source address.</summary>
    private static IPAddress Towards(HostPort peer)
    {
        var address = Resolve(peer.Host);
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(address, peer.Port);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }

    private static string Problem(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "the port is taken",
        SocketError.AddressNotAvailable => "not an address of this host",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => "this host has no route to the peer, so its own address is not known",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "a host name of the cluster link does not resolve",
        _ => $"cannot listen there: {e.Message}",
    };

    private static string Mend(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "end the other program (a second daemon?), or choose another port on both nodes",
        SocketError.AddressNotAvailable => "write an address that ip addr shows on this host",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "write addresses instead of names: a failover must not wait for a name server",
        _ => "write an address of this host, reachable from the peer",
    };
}
