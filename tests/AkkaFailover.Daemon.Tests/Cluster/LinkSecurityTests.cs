using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using AkkaFailover.Core;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Cluster;

/// <summary>Who may connect, and what a connected node may send. Every test ends with the real peer connecting: the link lives on.</summary>
public sealed class LinkSecurityTests : IAsyncLifetime
{
    private readonly TestCertificates _certificates = new();
    private readonly HostPort _portA = TestNode.FreeAddress();
    private readonly HostPort _portB = TestNode.FreeAddress();
    private TestNode _a = null!;

    private FailoverSettings B(TlsSettings? tls) => TestNode.MakeSettings("b", _portB, "a", _portA, tls);

    public Task InitializeAsync()
    {
        _a = TestNode.Start(TestNode.MakeSettings("a", _portA, "b", _portB, _certificates.Issue("a")));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _a.Forget();
        await using (TestNode.Start(B(_certificates.Issue("b"))))
        {
            await _a.Hears(LinkStatus.Connected);
        }
        await _a.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var others = new TestCertificates();
        // It trusts our authority, so that only this node's own check stands in the way.
        await IsRefused(others.Issue("b") with { CaFile = _certificates.AuthorityFile });
    }

    [Fact]
    public async Task A_certificate_with_a_name_that_is_no_peers_is_refused() => await IsRefused(_certificates.Issue("c"));

    [Fact]
    public async Task A_certificate_with_this_nodes_own_name_is_refused() => await IsRefused(_certificates.Issue("a"));

    [Fact]
    public async Task An_expired_certificate_is_refused() => await IsRefused(_certificates.Issue("b", endsIn: TimeSpan.FromDays(-1)));

    [Fact]
    public async Task A_node_without_TLS_is_refused() => await IsRefused(tls: null);

    [Fact]
    public async Task A_client_without_a_certificate_is_cut_off() => await IsCutOff(new SslClientAuthenticationOptions());

    [Fact]
    public async Task TLS_below_1_2_is_cut_off()
    {
#pragma warning disable SYSLIB0039, CA5397 // The old version is the point.
        await IsCutOff(new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls11 });
#pragma warning restore SYSLIB0039, CA5397
    }

    [Fact]
    public async Task Garbage_is_cut_off()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_portA.Host, _portA.Port);
        var garbage = new byte[4096];
        new Random(1).NextBytes(garbage);
        await client.GetStream().WriteAsync(garbage);
        Assert.Equal(0, await ReadToEnd(client.GetStream()));
    }

    [Fact]
    public async Task What_the_default_serializer_writes_is_not_read_and_what_it_would_write_is_not_sent()
    {
        await using (var rogue = new RogueNode(B(_certificates.Issue("b"))))
        {
            rogue.Send(new RogueNode.Planted { Text = "x" });
            var createdByUs = RogueNode.Planted.Created;
            rogue.Send(new RogueNode.Future("tomorrow", []));
            await _a.Reports(report => report.Peers[0].Refused.ContainsKey("unknown-message"));
            Assert.Equal(createdByUs, RogueNode.Planted.Created);
        }
        var serializer = _a.System.Serialization.FindSerializerFor(new RogueNode.Planted());
        Assert.Throws<NotSupportedException>(() => serializer.ToBinary(new RogueNode.Planted()));
    }

    [Fact]
    public async Task Messages_that_cannot_be_read_are_counted_by_reason()
    {
        await using var rogue = new RogueNode(B(_certificates.Issue("b")));
        rogue.Send(new RogueNode.Future("tomorrow", [1, 2, 3]));
        rogue.Send(new RogueNode.Future(LinkWire.GreetingManifest, [0xff, 0xff]));
        rogue.Send(new RogueNode.Future(LinkWire.GreetingManifest, []));
        rogue.Send(new GroupMessage(1, "vpn", new EncodedPayload("beat", Array.Empty<byte>())));
        var report = await _a.Reports(report => report.Peers[0].Refused.Count == 4);
        Assert.Equal(["garbled-greeting", "impossible-greeting", "not-greeted", "unknown-message"], report.Peers[0].Refused.Keys);
    }

    [Fact]
    public async Task Payloads_that_cannot_be_read_are_counted_by_reason()
    {
        await using var rogue = new RogueNode(B(_certificates.Issue("b")));
        rogue.Send(Greeting(ProtocolRange.Own, "b"));
        rogue.Send(new GroupMessage(77, "vpn", new EncodedPayload("tomorrow", new byte[] { 1 })));
        rogue.Send(new GroupMessage(77, "vpn", new EncodedPayload("beat", new byte[] { 0xff })));
        rogue.Send(new GroupMessage(77, "vpn", new EncodedPayload("beat", Array.Empty<byte>())));
        rogue.Send(new GroupMessage(77, "nobody", new EncodedPayload("released", new byte[] { 8, 1 })));
        rogue.Send(new GroupMessage(76, "vpn", new EncodedPayload("released", new byte[] { 8, 1 })));
        var report = await _a.Reports(report => report.Peers[0].Refused.Count == 5);
        Assert.Equal(["garbled-beat", "impossible-beat", "replaced-incarnation", "unknown-group", "unknown-payload"], report.Peers[0].Refused.Keys);
        Assert.DoesNotContain(_a.Told, told => told is PeerReleased);
    }

    [Fact]
    public async Task A_peer_of_another_protocol_version_is_an_alarm_and_no_connection()
    {
        await using var rogue = new RogueNode(B(_certificates.Issue("b")));
        rogue.Send(Greeting(new ProtocolRange(9, 10), "b"));
        var alarm = await _a.Hears<RaiseAlarm>(_ => true);
        Assert.Equal(AlarmKind.PeerMismatch, alarm.Kind);
        Assert.Equal("b (version 9.9) speaks link protocol 9 to 10, this node 1: upgrade the older one", alarm.Text);
        Assert.DoesNotContain(_a.Told, told => told is LinkChanged { Status: LinkStatus.Connected });
    }

    [Fact]
    public async Task A_peer_with_another_name_is_an_alarm_and_no_connection()
    {
        await using var rogue = new RogueNode(B(_certificates.Issue("b")));
        rogue.Send(Greeting(ProtocolRange.Own, "c"));
        Assert.Contains("calls itself 'c'", (await _a.Hears<RaiseAlarm>(_ => true)).Text, StringComparison.Ordinal);
    }

    private static GreetingMessage Greeting(ProtocolRange protocol, string node) => new(
        new LinkStamp(77, 1, 1),
        WantsAnswer: false,
        default,
        new Greeting(protocol, NodeName.Parse(node), "9.9", []));

    /// <summary>The intruder tries for as long as a good peer needs many times over.</summary>
    private async Task IsRefused(TlsSettings? tls)
    {
        await using var intruder = TestNode.Start(B(tls));
        await Assert.ThrowsAsync<TimeoutException>(() => intruder.Hears(LinkStatus.Connected, seconds: 2));
        Assert.DoesNotContain(_a.Told, told => told is LinkChanged { Status: LinkStatus.Connected });
        Assert.Empty((await _a.Report()).Members);
        if (tls is null) return;
        await _a.Reports(report => report.Peers[0].Refused.ContainsKey("refused-certificate"));
        var alarm = await _a.Hears<RaiseAlarm>(raised => raised.Kind == AlarmKind.LinkIntruder);
        Assert.Contains("give it a certificate of this pair", alarm.Text, StringComparison.Ordinal);
    }

    private async Task IsCutOff(SslClientAuthenticationOptions options)
    {
        options.TargetHost = "a";
        options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var client = new TcpClient();
        await client.ConnectAsync(_portA.Host, _portA.Port);
        await using var stream = new SslStream(client.GetStream());
        try
        {
            await stream.AuthenticateAsClientAsync(options);
            Assert.Equal(0, await ReadToEnd(stream));
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            // Refused in the handshake, as it should be.
        }
    }

    /// <summary>The number of bytes before the other side closes; fails where it does not.</summary>
    private static async Task<long> ReadToEnd(Stream stream)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            using var read = new MemoryStream();
            await stream.CopyToAsync(read, patience.Token);
            return read.Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
