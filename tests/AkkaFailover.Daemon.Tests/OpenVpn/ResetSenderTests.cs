using System.Net;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.OpenVpn;
using AkkaFailover.Daemon.Tests.Service;
using Xunit;

namespace AkkaFailover.Daemon.Tests.OpenVpn;

/// <summary>What is opened for a kick, and closed after it; what the filter does is tested with a real kernel (UnreachableFilterTests).</summary>
public sealed class ResetSenderTests
{
    private static readonly string Key = string.Join('\n', Enumerable.Repeat(new string('5', 32), 16));
    private static readonly ServerConfig Config = ServerConfig.Parse(
        $"proto udp\nport 1194\n<tls-crypt>\n-----BEGIN OpenVPN Static key V1-----\n{Key}\n-----END OpenVPN Static key V1-----\n</tls-crypt>\n", "/");

    private readonly Opened _sender = new(), _filter = new();

    [Fact]
    public void As_long_as_it_is_open_the_server_is_spared_what_comes_back()
    {
        (string Name, IReadOnlyList<IPEndPoint> Servers)? asked = null;
        var resets = Open((name, servers) =>
        {
            asked = (name, servers);
            return _filter;
        });
        Assert.Equal("", resets.WhyNoFilter);
        Assert.Equal("vpn", asked?.Name);
        Assert.Equal([IPEndPoint.Parse("192.0.2.222:1194")], asked?.Servers);
        Assert.False(_filter.IsClosed);
        resets.Dispose();
        Assert.True(_filter.IsClosed && _sender.IsClosed);
    }

    [Fact]
    public void Where_the_host_has_no_filter_it_sends_all_the_same_and_says_why()
    {
        using var resets = Open((_, _) => throw new IOException("no nf_tables"));
        Assert.Equal("no nf_tables", resets.WhyNoFilter);
        Assert.Null(resets.Send(IPEndPoint.Parse("198.51.100.1:40000")));
        Assert.Equal(1, _sender.Sent);
    }

    private ResetSender Open(UnreachableFilterOpener filter) =>
        ResetSender.Open(Config, Scripts.Group(new NoService()), new ResetPorts(() => _sender, filter), DateTimeOffset.UtcNow, out var whyNot) ?? throw new InvalidOperationException(whyNot);

    private sealed class Opened : IDatagramSender
    {
        public bool IsClosed { get; private set; }

        public int Sent { get; private set; }

        public string? Send(IPEndPoint from, IPEndPoint to, ReadOnlySpan<byte> payload)
        {
            Sent++;
            return null;
        }

        public void Dispose() => IsClosed = true;
    }
}
