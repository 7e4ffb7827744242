using AkkaFailover.Core.OpenVpn;
using Xunit;

namespace AkkaFailover.Core.Tests.OpenVpn;

public class ServerConfigTests
{
    [Fact]
    public void A_usual_server_is_read()
    {
        var config = ServerConfig.Parse("""
            # a comment
            port 443
            proto udp4   ; said later
            local 192.0.2.222
            ca pki/ca.crt
            cert /etc/pki/server.crt
            key "with blank.key"
            dh none
            tls-crypt tc.key
            auth-gen-token 3600
            auth-gen-token-secret token.key
            management /run/vpn.sock unix
            """, "/etc/openvpn/server");
        Assert.True(config.IsUdp);
        Assert.Equal(443, config.Port);
        Assert.Equal("192.0.2.222", config.Local);
        Assert.True(config.GivesTokens);
        Assert.Equal(new ManagementPlace("/run/vpn.sock", null, 0, null), config.Management);
        Assert.Equal(
            [("ca", "/etc/openvpn/server/pki/ca.crt"), ("cert", "/etc/pki/server.crt"), ("key", "/etc/openvpn/server/with blank.key"),
                ("tls-crypt", "/etc/openvpn/server/tc.key"), ("auth-gen-token-secret", "/etc/openvpn/server/token.key")],
            config.Files);
    }

    [Theory]
    [InlineData("", true, 1194)]
    [InlineData("proto tcp-server\nport 1195", false, 1195)]
    [InlineData("proto udp6\nlport 5", true, 5)]
    [InlineData("port 1194\nport 1200", true, 1200)]
    [InlineData("port openvpn", true, null)]
    [InlineData("port 70000", true, null)]
    public void Protocol_and_port(string text, bool udp, int? port)
    {
        var config = ServerConfig.Parse(text, "/x");
        Assert.Equal((udp, port), (config.IsUdp, config.Port));
    }

    [Theory]
    [InlineData("management 127.0.0.1 7505 pw", null, "127.0.0.1", 7505, "/x/pw")]
    [InlineData("management run/m.sock unix pw", "/x/run/m.sock", null, 0, "/x/pw")]
    [InlineData("cd /etc/v\nmanagement m.sock unix", "/etc/v/m.sock", null, 0, null)]
    public void Management(string text, string? path, string? host, int port, string? password) =>
        Assert.Equal(new ManagementPlace(path, host, port, password), ServerConfig.Parse(text, "/x").Management);

    [Theory]
    [InlineData("")]
    [InlineData("management")]
    [InlineData("management 127.0.0.1 port")]
    public void Without_a_management_interface(string text) => Assert.Null(ServerConfig.Parse(text, "/x").Management);

    [Fact]
    public void Inline_blocks_count_as_the_option()
    {
        var config = ServerConfig.Parse("<tls-crypt>\r\n-----A\nb\n</tls-crypt>\nproto udp\n<ca>\nnever closed\nport 9", "/x");
        Assert.True(config.Has("tls-crypt"));
        Assert.Equal("-----A\nb", config.Inline("tls-crypt"));
        Assert.Equal("never closed\nport 9", config.Inline("ca"));
        Assert.Equal(1194, config.Port);
    }

    [Theory]
    [InlineData("key 'a \\ b'", "/x/a \\ b")]
    [InlineData("key \"a \\\" b\"", "/x/a \" b")]
    [InlineData("key a\\ b", "/x/a b")]
    [InlineData("\tkey\ta#b # c", "/x/a#b")]
    [InlineData("--key a", "/x/a")]
    public void Words_are_OpenVPN_s(string line, string path) => Assert.Equal(path, ServerConfig.Parse(line, "/x").File("key"));
}
