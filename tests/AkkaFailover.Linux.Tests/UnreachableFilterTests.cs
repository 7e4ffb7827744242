using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AkkaFailover.Core.Wire;
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
    private static readonly IPEndPoint Server = new(IPAddress.Parse("10.77.0.1"), Port), Gone = new(IPAddress.Parse("10.77.0.2"), Closed), Another = new(IPAddress.Parse("10.77.0.3"), Port);

    private readonly LanPair _lan = new();

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
        Eventually.True(() => Rules().Length == 0, "the table has gone");
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
    public void A_second_one_of_the_same_name_is_refused()
    {
        using var filter = Open();
        Assert.Contains("nf_tables", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_child_does_not_keep_it()
    {
        var filter = Open();
        using var child = _lan.A.Start("sleep", "60");
        filter.Dispose();
        Eventually.True(() => Rules().Length == 0, "the table has gone");
        Assert.False(child.HasExited);
        child.Kill();
        child.WaitForExit();
    }

    [Theory]
    [InlineData(3, 1, false)]
    [InlineData(3, 4, true)]
    [InlineData(11, 0, false)]
    [InlineData(12, 0, false)]
    public void Whatever_says_that_a_datagram_was_lost_is_dropped_but_not_that_it_was_too_large(byte type, byte code, bool passes)
    {
        using var server = Bind(Server);
        using var filter = Open();
        Answer(type, code);
        Eventually.True(() => passes ? HasError(server) : Rules().Contains("packets 1 ", StringComparison.Ordinal), "the answer has come");
        if (!passes) Assert.False(HasError(server));
    }

    /// <summary>From the other host, about a datagram of the server.</summary>
    private void Answer(byte type, byte code)
    {
        var about = UdpDatagram.Write(Ipv4Address.From(Server.Address), Port, Ipv4Address.From(Gone.Address), Closed, []);
        byte[] message = [type, code, 0, 0, 0, 0, 1200 >> 8, 1200 & 0xff, .. about];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), InternetChecksum.Of(message));
        using var socket = _lan.B.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp));
        socket.SendTo(message, Server);
    }

    private IDisposable Open() => _lan.A.Run(() => UnreachableFilter.Open("vpn-1", [Another, Server]));

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
