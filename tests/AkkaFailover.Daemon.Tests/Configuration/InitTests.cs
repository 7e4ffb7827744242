using System.Security.Cryptography.X509Certificates;
using AkkaFailover.Cli.Client;
using AkkaFailover.Daemon.Configuration;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

public sealed class InitTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akka-failover-init-");

    [Theory]
    [InlineData("a", "10.9.0.1", "b", "10.9.0.2")]
    [InlineData("b", "10.9.0.2", "a", "10.9.0.1")]
    public async Task Each_node_gets_a_configuration_without_errors_or_warnings(string node, string address, string peer, string peerAddress)
    {
        Assert.Equal(0, (await InitAsync(_directory.FullName, "--address", "198.51.100.9/24 dev eth1", "--group", "web", "--port", "5000", "--vhid", "7", "--source", $"{node}=192.0.2.11")).Code);

        var loaded = ConfigurationLoader.Load(Path.Combine(_directory.FullName, node, "akka-failover.conf"));

        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        Assert.Equal(node, loaded.Settings!.Node.Value);
        Assert.Equal($"{address}:5000", loaded.Settings.Cluster.Listen.ToString());
        Assert.Equal($"{peer} {peerAddress}:5000", string.Join(' ', loaded.Settings.Cluster.Peers.Select(pair => $"{pair.Key} {pair.Value}")));
        var group = Assert.Single(loaded.Settings.Groups);
        Assert.Equal(("web", "eth0", (byte)7), (group.Name.Value, group.Interface, group.Heartbeat.Carp.Vhid));
        Assert.Equal("192.0.2.11", group.Heartbeat.SourceAddress?.ToString());
        Assert.Equal(["192.0.2.222/24", "198.51.100.9/24"], group.VirtualAddresses.Select(virtualAddress => virtualAddress.ToString()));
        Assert.Equal("eth1", group.VirtualAddresses[1].Interface);
    }

    [Fact]
    public async Task Secrets_are_for_their_owner_alone_and_both_nodes_have_the_same_passphrase()
    {
        Assert.Equal(0, (await InitAsync(_directory.FullName)).Code);

        foreach (var secret in new[] { "ca.key", "a/node.key", "b/node.key", "a/passphrase", "b/passphrase" })
            Assert.Equal(Owner, File.GetUnixFileMode(PathOf(secret)));
        Assert.Equal(File.ReadAllText(PathOf("a/passphrase")), File.ReadAllText(PathOf("b/passphrase")));
        Assert.Equal(19, File.ReadAllText(PathOf("a/passphrase")).TrimEnd('\n').Length);
        Assert.Equal(
            ["a", "a/akka-failover.conf", "a/ca.crt", "a/node.crt", "a/node.key", "a/passphrase", "b", "b/akka-failover.conf", "b/ca.crt", "b/node.crt", "b/node.key", "b/passphrase", "ca.crt", "ca.key"],
            _directory.GetFileSystemInfos("*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_directory.FullName, file.FullName)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_node_certificate_serves_both_ends_of_the_link_for_five_years()
    {
        Assert.Equal(0, (await InitAsync(_directory.FullName)).Code);

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(PathOf("a/node.crt"));
        Assert.Equal(["a"], certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        Assert.Equal(
            ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Select(oid => oid.Value));
        Assert.InRange(certificate.NotAfter, DateTime.Now.AddYears(5).AddDays(-1), DateTime.Now.AddYears(5).AddDays(1));
        Assert.Equal(256, certificate.GetECDsaPublicKey()!.KeySize);
    }

    [Fact]
    public async Task Nothing_is_overwritten_without_force()
    {
        Assert.Equal(0, (await InitAsync(_directory.FullName)).Code);
        var before = File.ReadAllText(PathOf("a/node.key"));

        var (code, error) = await InitAsync(_directory.FullName);
        Assert.Equal(1, code);
        Assert.Contains("is there already; nothing was written", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(PathOf("a/node.key")));

        Assert.Equal(0, (await InitAsync(_directory.FullName, "--force")).Code);
        Assert.NotEqual(before, File.ReadAllText(PathOf("a/node.key")));
        Assert.Equal(Owner, File.GetUnixFileMode(PathOf("a/node.key")));
    }

    [Theory]
    [InlineData("--node c=10.9.0.3", "give --node twice")]
    [InlineData("--source c=10.9.0.3", "the name of one of the nodes")]
    [InlineData("--source a=2001:db8::1", "an IPv4 address")]
    [InlineData("--address 192.0.2/24", "is not an IP address")]
    [InlineData("--group My_Group", "cannot be the name of a group")]
    [InlineData("--vhid 0", "--vhid is 1 to 255")]
    [InlineData("--vhid 256", "--vhid is 1 to 255")]
    [InlineData("--port 65536", "--port is 1 to 65535")]
    [InlineData("--nodes x", "--nodes")]
    public async Task A_wrong_usage_is_explained_and_writes_nothing(string arguments, string problem)
    {
        var (code, error) = await InitAsync(_directory.FullName, arguments.Split(' '));
        Assert.Equal(64, code);
        Assert.Contains(problem, error, StringComparison.Ordinal);
        Assert.Empty(_directory.GetFileSystemInfos());
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_refused()
    {
        var (code, error) = await InitAsync("/proc/nowhere");
        Assert.Equal(1, code);
        Assert.Contains("cannot write", error, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Runs failoverctl init for a pair a and b.</summary>
    internal static async Task<(int Code, string Error)> InitAsync(string directory, params string[] more)
    {
        using var error = new StringWriter();
        var code = await FailoverCtl.RunAsync(
            ["init", "--node", "a=10.9.0.1", "--node", "b=10.9.0.2", "--interface", "eth0", "--address", "192.0.2.222/24", "--dir", directory, .. more],
            new Terminal(Stream.Null, Stream.Null, error, Interactive: false, IsTerminal: false, _ => null));
        return (code, error.ToString());
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);
}
