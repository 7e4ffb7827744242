using System.Net;
using System.Text;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.OpenVpn;

public class ClientStatusTests
{
    /// <summary>As OpenVPN 2.6.14 wrote it; only the addresses are the documentation's.</summary>
    private const string Answer = """
        TITLE	OpenVPN 2.6.14 x86_64-pc-linux-gnu [SSL (OpenSSL)] [LZO] [LZ4] [EPOLL] [PKCS11] [MH/PKTINFO] [AEAD] [DCO]
        TIME	2026-11-28 22:00:00	1795903200
        HEADER	CLIENT_LIST	Common Name	Real Address	Virtual Address	Virtual IPv6 Address	Bytes Received	Bytes Sent	Connected Since	Connected Since (time_t)	Username	Client ID	Peer ID	Data Channel Cipher
        CLIENT_LIST	alice	198.51.100.10:40001	10.8.0.2		3525	3597	2026-11-28 21:59:00	1795903140	UNDEF	7	0	AES-256-GCM
        CLIENT_LIST	UNDEF	198.51.100.11:40002			42	54	2026-11-28 22:00:00	1795903200	UNDEF	8	1	[NULL-CIPHER]
        HEADER	ROUTING_TABLE	Virtual Address	Common Name	Real Address	Last Ref	Last Ref (time_t)
        ROUTING_TABLE	10.8.0.2	alice	198.51.100.10:40001	2026-11-28 22:00:00	1795903200
        GLOBAL_STATS	Max bcast/mcast queue length	0
        """;

    [Fact]
    public void Who_has_been_let_in_is_a_client() =>
        Assert.Equal([new VpnClient("alice", new IPEndPoint(IPAddress.Parse("198.51.100.10"), 40001), "10.8.0.2", 7)], ClientStatus.Parse(Answer.Split('\n')));

    [Theory]
    [InlineData("udp4:198.51.100.10:5", "198.51.100.10:5")]
    [InlineData("[2001:db8::1]:5", "[2001:db8::1]:5")]
    [InlineData("udp6:[2001:db8::1]:5", "[2001:db8::1]:5")]
    public void Addresses_of_other_versions(string real, string expected) => Assert.Equal(expected, Assert.Single(Parse("a", real, "7")).RealAddress.ToString());

    [Theory]
    [InlineData("a", "nonsense", "7")]
    [InlineData("a", "198.51.100.10", "7")]
    [InlineData("a", "198.51.100.10:0", "7")]
    [InlineData("a", "198.51.100.10:99999", "7")]
    [InlineData("a", "198.51.100.10:5", "-7")]
    [InlineData("a", "198.51.100.10:5", "99999999999999999999")]
    [InlineData("", "198.51.100.10:5", "7")]
    public void A_row_that_lies_is_none(string name, string real, string cid) => Assert.Empty(Parse(name, real, cid));

    [Fact]
    public void More_clients_than_are_followed_are_left_out() =>
        Assert.Equal(ClientStatus.MaxClients, ClientStatus.Parse(Enumerable.Range(1, 5000).Select(i => Row("a", $"198.51.100.10:{i}", $"{i}"))).Count);

    [Fact]
    public void A_client_is_the_same_again_from_the_replica()
    {
        var client = new VpnClient("alice", IPEndPoint.Parse("198.51.100.10:40001"), "10.8.0.2", 7);
        Assert.Equal(client with { Cid = -1 }, VpnClient.Decode(client.Key, client.Encode()));
        Assert.True(ChangePlan.IsReserved(client.Key));
    }

    [Theory]
    [InlineData("openvpn-client:198.51.100.10:40001", "alice")]
    [InlineData("openvpn-client:198.51.100.10:40001", "alice\n10.8.0.2\nmore")]
    [InlineData("openvpn-client:198.51.100.10:040001", "alice\n10.8.0.2")]
    [InlineData("openvpn-client:nobody", "alice\n10.8.0.2")]
    [InlineData("openvpn-client:198.51.100.10", "alice\n10.8.0.2")]
    [InlineData("other:198.51.100.10:40001", "alice\n10.8.0.2")]
    public void An_entry_that_is_none_of_ours(string key, string value) => Assert.Null(VpnClient.Decode(key, Encoding.UTF8.GetBytes(value)));

    private static IReadOnlyList<VpnClient> Parse(string name, string real, string cid) => ClientStatus.Parse([Row(name, real, cid)]);

    private static string Row(string name, string real, string cid) => $"CLIENT_LIST\t{name}\t{real}\t10.8.0.2\t\t1\t1\tnow\t1\tUNDEF\t{cid}\t0\tAES-256-GCM";
}
