using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using Microsoft.Data.Sqlite;

namespace AkkaFailover.Lab.Tests;

/// <summary>What keeps a daemon from starting: exit code 2 and one clear error that says what to do.</summary>
public sealed class StartErrorTests(DefaultLab lab) : IClassFixture<DefaultLab>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private LabHost Host => lab.Network.A;

    [Fact]
    public Task Without_the_capabilities() => Refuses("capab", ["setpriv", "--bounding-set=-net_admin,-net_raw", "--", Artifacts.Daemon]);

    [Fact]
    public Task No_such_interface() => Refuses("eth9", """failover.groups.vpn.interface = "eth9" """);

    [Fact]
    public Task An_unknown_key() => Refuses("heartbeat", "failover.groups.vpn.hartbeat.protocol = carp");

    [Fact]
    public Task A_certificate_that_is_not_there() => Refuses("nowhere.crt", """failover.cluster.tls.certificate-file = "/nonexistent/nowhere.crt" """);

    [Fact]
    public async Task A_port_that_is_taken()
    {
        using var taken = NetworkNamespace.Run(Host.Namespace, () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(Host.LinkAddress!), 4053));
            socket.Listen();
            return socket;
        });
        await Refuses("4053", "");
    }

    [Fact]
    public Task A_certificate_that_has_expired()
    {
        var (certificate, key) = Expired();
        File.WriteAllText(Path.Combine(Host.Directory, "expired.crt"), certificate);
        File.WriteAllText(Path.Combine(Host.Directory, "expired.key"), key);
        File.SetUnixFileMode(Path.Combine(Host.Directory, "expired.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return Refuses("expired", $$"""
            failover.cluster.tls.certificate-file = "{{Host.Directory}}/expired.crt"
            failover.cluster.tls.key-file = "{{Host.Directory}}/expired.key"
            failover.cluster.tls.ca-file = "{{Host.Directory}}/expired.crt"
            """);
    }

    [Fact]
    public Task A_state_directory_that_is_read_only() => Refuses(lab.A.StateDirectory, [.. SmallDisk.At(lab.A.StateDirectory, "ro"), Artifacts.Daemon]);

    [Fact]
    public Task A_state_directory_that_is_full() => Refuses(lab.A.StateDirectory, [.. SmallDisk.At(lab.A.StateDirectory, "size=16k", full: true), Artifacts.Daemon]);

    [Fact]
    public async Task A_journal_that_is_corrupt()
    {
        await WriteJournal();
        foreach (var file in Directory.GetFiles(lab.A.StateDirectory, "*.db*", SearchOption.AllDirectories)) File.WriteAllText(file, new string('x', 8192));
        await Refuses("journal", "");
    }

    [Fact]
    public async Task A_journal_of_which_the_history_was_changed()
    {
        await WriteJournal();
        using (var journal = new SqliteConnection($"Data Source={Path.Combine(lab.A.StateDirectory, "journal", "journal.db")};Pooling=False"))
        {
            journal.Open();
            using var forge = journal.CreateCommand();
            forge.CommandText = "UPDATE journal SET message = CAST(replace(CAST(message AS TEXT), 'value', 'forge') AS BLOB) WHERE instr(message, CAST('value' AS BLOB)) > 0";
            Assert.Equal(1, forge.ExecuteNonQuery());
        }
        await Refuses("the hash chain is broken at version 1", "");
    }

    public void Dispose() => lab.Reset();

    private async Task WriteJournal()
    {
        lab.Reset();
        lab.A.Start();
        await lab.Pair.Expect(() => lab.A.Status?.Role == "active", TimeSpan.FromSeconds(30), "active");
        lab.A.Ask("config", "set", "some", "value");
        lab.A.Terminate();
        await lab.A.Process!.Exit(Patience);
    }

    private Task Refuses(string inTheError, string hocon)
    {
        PairConfiguration.Override(Host, hocon);
        return Refuses(inTheError, [Artifacts.Daemon]);
    }

    private async Task Refuses(string inTheError, string[] command)
    {
        var process = Host.Start($"{Guid.NewGuid():N}.log", [.. command, "--config", PairConfiguration.FileOf(Host)]);
        var code = await process.Exit(Patience);
        Assert.True(code == 2, $"exit code {code}\n{process.Log}");
        Assert.Contains(inTheError, process.Log, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", process.Log, StringComparison.Ordinal);
    }

    private static (string Certificate, string Key) Expired()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("a");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(-1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
