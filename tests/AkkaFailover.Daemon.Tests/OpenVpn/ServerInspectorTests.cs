using System.Diagnostics;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.OpenVpn;
using AkkaFailover.Daemon.Tests.Cluster;
using AkkaFailover.Linux.Programs;
using Xunit;

namespace AkkaFailover.Daemon.Tests.OpenVpn;

/// <summary>Real certificates, and the real OpenVPN for its options.</summary>
public sealed class ServerInspectorTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("server-");
    private readonly TestCertificates _certificates = new();

    private string ConfigFile => Path.Combine(_folder.FullName, "server.conf");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _certificates.Dispose();
    }

    [Fact]
    public void A_server_that_is_in_order_has_no_problems_and_the_same_facts_anywhere()
    {
        Write(_certificates.Issue("server", TimeSpan.FromDays(9)));
        var inspection = Inspect();
        Assert.Empty(inspection.Problems);
        Assert.Equal(["auth-gen-token-secret", "ca", "cert", "config"], inspection.Facts.Fingerprints.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(Inspect().Facts.DifferFrom(inspection.Facts));
        File.WriteAllText(Path.Combine(_folder.FullName, "token.key"), "another");
        Assert.Contains("auth-gen-token-secret", Assert.Single(Inspect().Facts.DifferFrom(inspection.Facts)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_ends_soon_is_named_before_it_does()
    {
        Write(_certificates.Issue("server", TimeSpan.FromDays(5)));
        Assert.Contains("expires on", Assert.Single(Inspect().Problems), StringComparison.Ordinal);
        Assert.Contains("not trusted by its own ca", Assert.Single(ServerInspector.Inspect(ConfigFile, DateTimeOffset.UtcNow.AddDays(6)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_another_authority()
    {
        using var others = new TestCertificates();
        Write(_certificates.Issue("server", TimeSpan.FromDays(9)) with { CaFile = others.AuthorityFile });
        Assert.Contains("not trusted by its own ca", Assert.Single(Inspect().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_another_certificate_s()
    {
        Write(_certificates.Issue("server", TimeSpan.FromDays(9)) with { KeyFile = _certificates.Issue("other").KeyFile });
        Assert.Contains("do not fit", Assert.Single(Inspect().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_missing_or_too_large_are_named_with_their_option()
    {
        Write(_certificates.Issue("server", TimeSpan.FromDays(9)));
        File.AppendAllText(ConfigFile, "crl-verify gone.pem\ntls-crypt large.key\n");
        using (var large = File.Create(Path.Combine(_folder.FullName, "large.key"))) large.SetLength(3 << 20);
        var problems = Inspect().Problems;
        Assert.Equal(2, problems.Count);
        Assert.Contains(problems, problem => problem.StartsWith("crl-verify", StringComparison.Ordinal) && problem.Contains("gone.pem", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("tls-crypt", StringComparison.Ordinal) && problem.Contains("more than 1048576 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void No_configuration_at_all()
    {
        var inspection = Inspect();
        Assert.Null(inspection.Config);
        Assert.Contains("cannot be read", Assert.Single(inspection.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenVPN_itself_names_an_option_that_it_does_not_take()
    {
        Write(_certificates.Issue("server", TimeSpan.FromDays(9)));
        Assert.Empty(await Options());
        File.AppendAllText(ConfigFile, "keepalive 10\n");
        Assert.Contains("keepalive", Assert.Single(await Options()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_running_servers_log_is_not_touched_by_the_check_of_its_options()
    {
        Write(_certificates.Issue("server", TimeSpan.FromDays(9)));
        var log = Path.Combine(_folder.FullName, "live.log");
        File.WriteAllText(log, "what the server wrote");
        File.AppendAllText(ConfigFile, $"log {log}\n");
        Assert.Empty(await Options());
        File.AppendAllText(ConfigFile, "keepalive 10\n");
        Assert.Contains("keepalive", Assert.Single(await Options()), StringComparison.Ordinal);
        Assert.Equal("what the server wrote", File.ReadAllText(log));
    }

    [Fact]
    public async Task A_program_that_is_not_there_or_never_ends_is_named()
    {
        Write(_certificates.Issue("server", TimeSpan.FromDays(9)));
        Assert.Contains("/nowhere/openvpn", Assert.Single(await Options("/nowhere/openvpn")), StringComparison.Ordinal);
        var hanging = Path.Combine(_folder.FullName, "openvpn");
        File.WriteAllText(hanging, "#!/bin/sh\nsleep 60\n");
        File.SetUnixFileMode(hanging, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var watch = Stopwatch.StartNew();
        Assert.Contains("within 1 s", Assert.Single(await Options(hanging, TimeSpan.FromSeconds(1))), StringComparison.Ordinal);
        Assert.True(watch.Elapsed < Patience, $"it took {watch.Elapsed}");
    }

    private Inspection Inspect() => ServerInspector.Inspect(ConfigFile, DateTimeOffset.UtcNow);

    private Task<IReadOnlyList<string>> Options(string program = "openvpn", TimeSpan? patience = null) =>
        OptionCheck.RunAsync(new ProcessLauncher(), new ProcessService([program], 3, TimeSpan.FromSeconds(1)), ConfigFile, patience ?? Patience);

    private void Write(TlsSettings pki)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "token.key"), "a secret");
        File.WriteAllText(ConfigFile, $"""
            server 10.8.0.0 255.255.255.0
            dev tun
            dh none
            ca {pki.CaFile}
            cert {pki.CertificateFile}
            key {pki.KeyFile}
            auth-gen-token
            auth-gen-token-secret token.key

            """);
    }
}
