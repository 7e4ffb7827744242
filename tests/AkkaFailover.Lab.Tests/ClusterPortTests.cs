using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>A third host that reaches the cluster port of both nodes, and has no certificate that counts.</summary>
public sealed class ClusterPortTests(DefaultLab lab, ITestOutputHelper output) : IClassFixture<DefaultLab>
{
    private const int Port = 4053, ManyConnections = 1000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Garbage_and_other_protocols_are_cut_off()
    {
        await Settled();
        byte[] garbage = new byte[4096];
        Random.Shared.NextBytes(garbage);
        byte[][] openings = [garbage, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), [0x16, 0x03, 0x01, 0xff, 0xff, .. garbage], new byte[64 * 1024]];
        await WhileNothingMoves(async () =>
        {
            foreach (var node in new[] { lab.A, lab.B })
                foreach (var opening in openings)
                    Assert.True(await IsCutOff(node, async stream =>
                    {
                        await stream.WriteAsync(opening);
                        return stream;
                    }), $"{node.Host.Name} still listens to {Convert.ToHexString(opening.AsSpan(0, 8))}");
        });
    }

    [Fact]
    public async Task Certificates_of_another_authority_and_with_another_name_are_refused_counted_and_an_alarm()
    {
        await Settled();
        using var another = Authority();
        using var ours = X509Certificate2.CreateFromPemFile(Path.Combine(lab.Network.Folder, "init", "ca.crt"), Path.Combine(lab.Network.Folder, "init", "ca.key"));
        using var wrongAuthority = Issue(another, "b");
        using var wrongName = Issue(ours, "c");
        await WhileNothingMoves(async () =>
        {
            foreach (var node in new[] { lab.A, lab.B })
            {
                foreach (var certificate in new[] { wrongAuthority, wrongName })
                {
                    var refused = RefusedCertificates(node);
                    Assert.True(await IsCutOff(node, stream => Handshake(stream, certificate)), $"{node.Host.Name} accepts {certificate.Subject}");
                    await lab.Pair.Expect(() => RefusedCertificates(node) > refused, Patience, $"{node.Host.Name} has counted {certificate.Subject}");
                }
                var began = LabClock.Now;
                Assert.True(await IsCutOff(node, stream => Handshake(stream, certificate: null)), $"{node.Host.Name} accepts nothing");
                // One that says nothing is given more time.
                Assert.InRange(LabClock.Now - began, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            }
        });
        foreach (var node in new[] { lab.A, lab.B })
        {
            await lab.Pair.Expect(() => node.Status!.AlarmText.Contains("link-intruder", StringComparison.Ordinal), Patience, $"the alarm link-intruder on {node.Host.Name}");
        }
    }

    [Fact]
    public async Task A_thousand_silent_connections_and_slow_handshakes_leave_the_link_and_the_roles_alone()
    {
        await Settled();
        AkkaNode[] nodes = [lab.A, lab.B];
        var before = nodes.Select(Size).ToList();
        var losses = nodes.Sum(Losses);
        var held = new List<Socket>();
        try
        {
            await WhileNothingMoves(async () =>
            {
                for (var i = 0; i < ManyConnections; i++)
                {
                    foreach (var node in nodes) held.Add(await Connect(node));
                    // Every other one begins a handshake and never goes on.
                    if (i % 2 == 0) foreach (var socket in held.TakeLast(2)) await socket.SendAsync(new byte[] { 0x16, 0x03, 0x01 });
                }
                foreach (var (node, size) in nodes.Zip(before)) output.WriteLine($"{node.Host.Name}: {size} before, {Size(node)} with {held.Count / 2} connections more");
                // Beats may be late while a thousand connections are accepted at once; the connection with the peer stays.
                await lab.Pair.Expect(() => nodes.All(node => node.Status!.Peers[0].Evidence.Cluster == "ok"), Patience, "both hear the other on the link");
                Assert.Equal(losses, nodes.Sum(Losses));

                // And the link, once lost, is made again beside them.
                lab.Network.Switch.PartitionLink(lab.Active.Host);
                await lab.Pair.Expect(() => nodes.All(node => node.Status!.Peers[0].Evidence.Cluster != "ok"), Patience, "both have lost the link");
                lab.Network.Switch.RestoreFrames();
                var healed = LabClock.Now;
                await lab.Pair.Expect(() => nodes.All(node => node.Status!.Peers[0].Evidence.Cluster == "ok"), Patience, "both have the link again");
                output.WriteLine($"the link was back {(LabClock.Now - healed).TotalSeconds:0.0} s after its cable");
            });
            // Nobody has to wait for the attacker to hang up.
            await lab.Pair.Expect(() => nodes.Zip(before).All(pair => Size(pair.First).Descriptors <= pair.Second.Descriptors + 10), TimeSpan.FromSeconds(60), "the silent connections were closed");
            foreach (var node in nodes) output.WriteLine($"{node.Host.Name}: {Size(node)} afterwards");
            Assert.All(nodes.Zip(before), pair => Assert.InRange(Size(pair.First).Mebibytes, 0, pair.Second.Mebibytes + 64));
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }
        await lab.Pair.ExpectRest();
    }

    [Fact]
    public async Task A_handshake_that_drips_is_ended_as_one_that_is_silent()
    {
        await Settled();
        await WhileNothingMoves(async () =>
        {
            using var socket = await Connect(lab.Standby);
            var began = LabClock.Now;
            // The beginning of a record with a ClientHello of 508 octets; as one each second it would take eight minutes.
            await socket.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03 });
            await lab.Pair.Expect(() => !Drip(socket), TimeSpan.FromSeconds(60), "the dripping handshake was ended");
            output.WriteLine($"ended after {(LabClock.Now - began).TotalSeconds:0} s");
        });
    }

    /// <summary>Waits a second for the node to hang up, and sends an octet.</summary>
    /// <returns>False where it did.</returns>
    private static bool Drip(Socket socket)
    {
        try
        {
            return !(socket.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead) && socket.Receive(new byte[64]) == 0) && socket.Send(new byte[] { 7 }) == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static long RefusedCertificates(AkkaNode node)
    {
        using var shown = JsonDocument.Parse(node.Ask("cluster", "show", "--output", "json"));
        return shown.RootElement.GetProperty("peers")[0].GetProperty("refused").TryGetProperty("refused-certificate", out var count) ? count.GetInt64() : 0;
    }

    private async Task Settled()
    {
        await lab.Pair.Settle();
        // The nodes answer for any of their addresses on any cable, as Linux does; so the attacker needs a route and no more.
        foreach (var node in new[] { lab.Network.A, lab.Network.B }) lab.Network.Client.Run("ip", "route", "replace", node.LinkAddress!, "via", node.LanAddress);
    }

    private async Task WhileNothingMoves(Func<Task> attack)
    {
        var active = lab.Active;
        var term = active.Status!.Term;
        lab.Observer.Reset();
        await attack();
        lab.ExpectNothingMoved(active);
        Assert.Equal(("active", term), (active.Status!.Role, active.Status!.Term));
        await lab.Pair.ExpectRest();
    }

    private async Task<Socket> Connect(AkkaNode node)
    {
        var socket = NetworkNamespace.Run(lab.Network.Client.Namespace, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(IPAddress.Parse(node.Host.LinkAddress!), Port, patience.Token);
        return socket;
    }

    /// <summary>Whether the node ends the connection, having said nothing that is for the peer.</summary>
    private async Task<bool> IsCutOff(AkkaNode node, Func<NetworkStream, Task<Stream>> open)
    {
        await using var stream = new NetworkStream(await Connect(node), ownsSocket: true);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await using var opened = await open(stream);
            using var heard = new MemoryStream();
            await opened.CopyToAsync(heard, patience.Token);
            // An alert of TLS, at most.
            return heard.Length < 64;
        }
        catch (Exception refused) when (refused is IOException or AuthenticationException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<Stream> Handshake(NetworkStream stream, X509Certificate2? certificate)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "a",
            ClientCertificates = certificate is null ? [] : [certificate],
            // It is the node that has to refuse.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return tls;
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=another authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, authority.NotBefore, authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        // As SslStream wants it: the key not in memory alone.
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
    }

    /// <summary>How often a node has lost the link, as its log says.</summary>
    private static int Losses(AkkaNode node) => node.Process!.Log.Split('\n').Count(line => line.Contains("cluster link: ", StringComparison.Ordinal) && line.Contains(" is lost", StringComparison.Ordinal));

    private static Footprint Size(AkkaNode node) =>
        new(LabHost.Descriptors(node.Process!.Pid), LabHost.ResidentBytes(node.Process.Pid) / (1024.0 * 1024));

    private sealed record Footprint(int Descriptors, double Mebibytes)
    {
        public override string ToString() => $"{Descriptors} descriptors, {Mebibytes:0} MiB";
    }
}
