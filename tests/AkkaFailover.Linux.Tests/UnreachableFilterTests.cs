using System.Net;
using System.Net.Sockets;
using AkkaFailover.Linux.Lan;
using AkkaFailover.Linux.Tests.Support;
using Xunit;

namespace AkkaFailover.Linux.Tests;

/// <summary>A server's socket on one host, a closed port on another, real ICMP between them.</summary>
public sealed class UnreachableFilterTests : IDisposable
{
    // ip(7): the option that OpenVPN sets, and with which the kernel reports such answers at the next call.
    private const int IpRecvErr = 11;
    private const int Closed = 9, Port = 1194;
    private static readonly IPEndPoint Server = new(IPAddress.Parse("10.77.0.1"), Port), Gone = new(IPAddress.Parse("10.77.0.2"), Closed);

    private readonly LanPair _lan = new();

    public UnreachableFilterTests() => _lan.B.Exec("sysctl", "-qw", "net.ipv4.icmp_ratelimit=0");

    public void Dispose() => _lan.Dispose();

    [Fact]
    public void Without_a_filter_somebody_elses_packet_fails()
    {
        using var server = Bind(Server);
        Assert.True(FailsAfterSendingTo(server, Gone));
    }

    [Fact]
    public void With_it_no_answer_reaches_the_server_until_it_is_disposed()
    {
        using var server = Bind(Server);
        using (Open())
        {
            server.SendTo("x"u8, Gone);
            Eventually.True(() => Rules().Contains("packets 1 ", StringComparison.Ordinal), "the answer has come");
            Assert.False(HasError(server));
        }
        Assert.Equal("", Rules());
        Assert.True(FailsAfterSendingTo(server, Gone));
    }

    [Fact]
    public void Answers_to_another_port_are_not_its_business()
    {
        using var other = Bind(new IPEndPoint(Server.Address, Port + 1));
        using var filter = Open();
        Assert.True(FailsAfterSendingTo(other, Gone));
    }

    [Fact]
    public void Nobody_else_removes_it()
    {
        using var filter = Open();
        _lan.A.Exec("nft", "flush", "ruleset");
        Assert.Contains("akka_failover.vpn-1", Rules(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_one_of_the_same_name_is_refused_with_the_words_of_nft()
    {
        using var filter = Open();
        Assert.StartsWith("nftables: Error:", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
    }

    private IDisposable Open() => _lan.A.Run(() => UnreachableFilter.Open("vpn-1", [Server]));

    private string Rules() => _lan.A.Exec("nft", "list", "ruleset").Trim();

    private Socket Bind(IPEndPoint local) => _lan.A.Run(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption((int)SocketOptionLevel.IP, IpRecvErr, BitConverter.GetBytes(1));
        socket.Bind(local);
        return socket;
    });

    private static bool FailsAfterSendingTo(Socket socket, IPEndPoint to)
    {
        socket.SendTo("x"u8, to);
        Eventually.True(() => HasError(socket), "the answer has come");
        return true;
    }

    /// <summary>What the next call would report, whomever it is for.</summary>
    private static bool HasError(Socket socket) => (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0;
}
