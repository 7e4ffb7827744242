using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Configuration;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

/// <summary>What the configuration wants of the host; run as root, on the loopback interface.</summary>
public sealed class StartupChecksTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    [Fact]
    public void A_host_that_has_everything_passes_and_keeps_its_state_directory()
    {
        var settings = Settings();

        Assert.Empty(StartupChecks.Run(settings).Errors);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(settings.StateDir));
        Assert.Empty(Directory.GetFileSystemEntries(settings.StateDir));
    }

    [Theory]
    [InlineData("interface = \"lo\"", "interface = \"nosuch0\"", "failover.groups.vpn.interface", "no such interface")]
    [InlineData("222/24\"", "222/24 dev nosuch0\"", "failover.groups.vpn.virtual-addresses", "no such interface")]
    [InlineData("listen = \"127.0.0.1", "listen = \"192.0.2.77", "failover.cluster.listen", "not an address of this host")]
    [InlineData("listen = \"127.0.0.1", "listen = \"no.such.host.invalid", "failover.cluster.listen", "does not resolve")]
    [InlineData("node = \"a\"", "node = \"a\"\nnotify = [\"/no/such/program\"]", "failover.notify", "no such program")]
    [InlineData("interface = \"lo\"", "interface = \"lo\"\nservice { type = commands, start = [\"true\"], stop = [\"/etc/passwd\"] }", "failover.groups.vpn.service.stop", "not executable")]
    [InlineData("interface = \"lo\"", "interface = \"lo\"\nservice { type = process, command = [\"no-such-program-in-path\"] }", "failover.groups.vpn.service.command", "no such program")]
    [InlineData("interface = \"lo\"", "interface = \"lo\"\nconfig.validate = [\"/no/such/judge\"]", "failover.groups.vpn.config.validate", "no such program")]
    public void What_is_missing_is_told(string old, string changed, string path, string problem) =>
        AssertSingle(StartupChecks.Run(Settings(text => text.Replace(old, changed, StringComparison.Ordinal))), path, problem);

    [Fact]
    public void An_interface_that_carries_virtual_addresses_alone_cannot_send_adverts()
    {
        var settings = Settings();
        var all = NetworkInterface.GetAllNetworkInterfaces().Single(network => network.Name == "lo").GetIPProperties().UnicastAddresses;
        var group = settings.Groups[0] with { VirtualAddresses = [.. all.Select(unicast => new VirtualAddress(unicast.Address, 32, "lo"))] };

        AssertSingle(StartupChecks.Run(settings with { Groups = [group] }), "failover.groups.vpn.heartbeat.source-address", "no IPv4 address of its own");
    }

    [Fact]
    public void A_taken_port_is_told()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var settings = Settings();
        var taken = settings with { Cluster = settings.Cluster with { Listen = new HostPort("127.0.0.1", ((IPEndPoint)other.LocalEndpoint).Port) } };

        AssertSingle(StartupChecks.Run(taken), "failover.cluster.listen", "the port is taken");
    }

    [Fact]
    public void A_wildcard_becomes_the_address_towards_the_peer()
    {
        var outcome = StartupChecks.Run(Settings(text => text.Replace("listen = \"127.0.0.1", "listen = \"0.0.0.0", StringComparison.Ordinal)));

        Assert.Empty(outcome.Errors);
        Assert.Equal("127.0.0.1", outcome.Settings.Cluster.Listen.Host);
    }

    [Fact]
    public void A_state_directory_below_a_file_is_told() =>
        AssertSingle(StartupChecks.Run(Settings() with { StateDir = _folder.File("node.crt/state") }), "failover.state-dir", "cannot be created");

    [Fact]
    public void A_state_directory_that_others_may_look_into_is_a_warning()
    {
        var settings = Settings();
        Directory.CreateDirectory(settings.StateDir);
        File.SetUnixFileMode(settings.StateDir, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
        var outcome = StartupChecks.Run(settings);
        Assert.Empty(outcome.Errors);
        Assert.Contains(outcome.Warnings, warning => warning.Path == "failover.state-dir" && warning.Mend == $"chmod 700 {settings.StateDir}");
    }

    [Theory]
    [InlineData("size=64k", "cannot be written: No space left")]
    [InlineData("ro", "cannot be written: Read-only file system")]
    public void A_state_directory_on_a_full_or_read_only_disk_is_told(string options, string problem)
    {
        var directory = Directory.CreateDirectory(_folder.File("disk")).FullName;
        Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", directory);
        try
        {
            AssertSingle(StartupChecks.Run(Settings() with { StateDir = directory }), "failover.state-dir", problem);
        }
        finally
        {
            Run("umount", directory);
        }
    }

    public void Dispose() => _folder.Dispose();

    private FailoverSettings Settings(Func<string, string>? change = null)
    {
        var text = ConfigurationFolder.With("cluster {", $"state-dir = \"{_folder.File("state")}\"\ncluster {{\nlisten = \"127.0.0.1:{FreePort.Next()}\"")
            .Replace("10.9.0.2", "127.0.0.2", StringComparison.Ordinal)
            .Replace("eth0", "lo", StringComparison.Ordinal);
        var loaded = _folder.Load(change is null ? text : change(text));
        Assert.Empty(loaded.Errors);
        return loaded.Settings!;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static void AssertSingle(StartupChecks.Outcome outcome, string path, string problem)
    {
        var error = Assert.Single(outcome.Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(error.Mend);
    }
}
