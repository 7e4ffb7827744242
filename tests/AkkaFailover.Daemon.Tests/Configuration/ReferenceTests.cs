using System.Net;
using System.Text;
using AkkaFailover.Core;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Configuration;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

public sealed class ReferenceTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    [Fact]
    public void Every_key_has_the_default_that_is_written_here_and_no_key_is_missing_here()
    {
        var defaults = _folder.Load(ConfigurationFolder.Smallest).Effective.Where(key => key.Origin == ValueOrigin.Default).Select(key => $"{key.Path} = {key.Value}");

        const string Group = "failover.groups.vpn";
        Assert.Equal(
            new[]
            {
                "failover.state-dir = /var/lib/akka-failover",
                "failover.stop-timeout = 20s",
                "failover.notify = []",
                "failover.control.socket = /run/akka-failover/control.sock",
                "failover.log.level = information",
                "failover.log.file = ",
                "failover.log.console = on",
                "failover.cluster.listen = 0.0.0.0:4053",
                "failover.cluster.tls.enabled = on",
                "failover.journal.provider = sqlite",
                "failover.journal.connection-string = ",
                $"{Group}.probe-address = on",
                $"{Group}.preempt = off",
                $"{Group}.witnesses = []",
                $"{Group}.stop-timeout = 5s",
                $"{Group}.heartbeat.protocol = carp",
                $"{Group}.heartbeat.source-address = ",
                $"{Group}.heartbeat.carp.vhid = 1",
                $"{Group}.heartbeat.carp.passphrase = ",
                $"{Group}.heartbeat.carp.advbase = 0",
                $"{Group}.heartbeat.carp.advskew = 51",
                $"{Group}.heartbeat.carp.dead-ratio = 3",
                $"{Group}.heartbeat.carp.peer = ours",
                $"{Group}.heartbeat.carp.source-mac = virtual",
                $"{Group}.heartbeat.carp.destination = 224.0.0.18",
                $"{Group}.heartbeat.carp.peer-addresses = []",
                $"{Group}.config.acknowledge = both",
                $"{Group}.config.claim-when-stale = on",
                $"{Group}.config.start-wait = 20s",
                $"{Group}.config.paths-timeout = 5s",
                $"{Group}.config.paths-interval = 60s",
                $"{Group}.config.validate = []",
                $"{Group}.config.validate-timeout = 10s",
                $"{Group}.config.secret-keys = []",
                $"{Group}.service.type = none",
                $"{Group}.service.start = []",
                $"{Group}.service.stop = []",
                $"{Group}.service.command = []",
                $"{Group}.service.unit = ",
                $"{Group}.service.start-timeout = 60s",
                $"{Group}.service.max-restarts = 3",
                $"{Group}.service.restart-backoff = 1s",
                $"{Group}.service.kill-after = 10m",
                $"{Group}.service.openvpn.config = ",
                $"{Group}.service.openvpn.kick = off",
            }.Order(StringComparer.Ordinal),
            defaults.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_defaults_become_settings()
    {
        var loaded = _folder.Load(ConfigurationFolder.Smallest);

        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        var settings = loaded.Settings!;
        Assert.Equal("a", settings.Node.Value);
        Assert.Equal("/var/lib/akka-failover", settings.StateDir);
        Assert.Equal("/run/akka-failover/control.sock", settings.ControlSocket);
        Assert.Equal(TimeSpan.FromSeconds(20), settings.StopTimeout);
        Assert.Empty(settings.Notify);
        Assert.Equal(new LogSettings("information", null), settings.Log);
        Assert.True(settings.Log.Console);
        Assert.Equal(new JournalSettings(JournalProvider.Sqlite, null), settings.Journal);
        Assert.Equal(new HostPort("0.0.0.0", 4053), settings.Cluster.Listen);
        Assert.Equal([KeyValuePair.Create(NodeName.Parse("b"), new HostPort("10.9.0.2", 4053))], settings.Cluster.Peers);
        Assert.Equal(new TlsSettings(_folder.File("node.crt"), _folder.File("node.key"), _folder.File("ca.crt")), settings.Cluster.Tls);
    }

    [Fact]
    public void The_defaults_of_a_group_become_settings()
    {
        var group = Assert.Single(_folder.Load(ConfigurationFolder.Smallest).Settings!.Groups);

        Assert.Equal("vpn", group.Name.Value);
        Assert.Equal([new VirtualAddress(IPAddress.Parse("192.0.2.222"), 24, "eth0")], group.VirtualAddresses);
        Assert.True(group.ProbeAddress);
        Assert.Empty(group.Witnesses);
        Assert.Equal((true, AcknowledgeMode.Both, TimeSpan.FromSeconds(20)), (group.Config.ClaimWhenStale, group.Config.Acknowledge, group.Config.StartWait));
        Assert.Null(group.Config.Validation);
        Assert.Empty(group.Config.SecretKeys.Patterns);
        Assert.Equal(new NoService { StopTimeout = TimeSpan.FromSeconds(5), StartTimeout = TimeSpan.FromSeconds(60) }, group.Service);

        Assert.Null(group.Heartbeat.SourceAddress);
        var carp = group.Heartbeat.Carp;
        Assert.Equal((1, 0, 51, 3), (carp.Vhid, carp.AdvBase, carp.AdvSkew, carp.DeadRatio));
        Assert.Equal((CarpPeer.Ours, CarpSourceMac.Virtual), (carp.Peer, carp.SourceMac));
        Assert.Equal(IPAddress.Parse("224.0.0.18"), carp.Destination);
        Assert.Empty(carp.PeerAddresses);
        Assert.Equal(File.ReadAllText(_folder.File("passphrase")).TrimEnd('\n'), Encoding.UTF8.GetString(carp.Passphrase.Bytes));
        Assert.Equal(199.218, carp.Timing.Interval.TotalMilliseconds, 3);
        Assert.Equal(597.654, carp.Timing.Deadline.TotalMilliseconds, 3);
    }

    [Fact]
    public void Every_key_of_the_reference_has_a_comment_above_it_or_above_its_neighbour()
    {
        var lines = Reference.Text.Split('\n').Select(line => line.Trim()).ToList();
        for (var i = 1; i < lines.Count; i++)
        {
            if (!lines[i].Contains(" = ", StringComparison.Ordinal) || lines[i].StartsWith('#')) continue;
            Assert.True(lines[i - 1].StartsWith('#') || lines[i - 1].Contains(" = ", StringComparison.Ordinal), $"no reason above: {lines[i]}");
        }
    }

    public void Dispose() => _folder.Dispose();
}
