using AkkaFailover.Daemon.Configuration;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

/// <summary>Each way to be wrong: one error at the right path, and no settings.</summary>
public sealed class ConfigurationErrorTests : IDisposable
{
    private const string Group = "failover.groups.vpn";
    private readonly ConfigurationFolder _folder = new();

    [Theory]
    [InlineData("node = \"a\"", "", "failover.node", "required")]
    [InlineData("node = \"a\"", "node = \"A b\"", "failover.node", "not a node name")]
    [InlineData("b = \"10.9.0.2\"", "", "failover.cluster.peers", "0 peers")]
    [InlineData("b = \"10.9.0.2\"", "b = \"10.9.0.2\"\nc = \"10.9.0.3\"", "failover.cluster.peers", "2 peers")]
    [InlineData("b = \"10.9.0.2\"", "a = \"10.9.0.2\"", "failover.cluster.peers.a", "its own peer")]
    [InlineData("b = \"10.9.0.2\"", "B_ = \"10.9.0.2\"", "failover.cluster.peers.B_", "not a node name")]
    [InlineData("b = \"10.9.0.2\"", "b = \"10.9.0.2:70000\"", "failover.cluster.peers.b", "not an address with a port")]
    [InlineData("b = \"10.9.0.2\"", "b = \"\"", "failover.cluster.peers.b", "required")]
    [InlineData("cluster {", "cluster {\nlisten = \"10.9.0.2:4053\"", "failover.cluster.listen", "the same address as the peer's")]
    [InlineData("cluster {", "cluster {\nlisten = \"10.9.0.1:port\"", "failover.cluster.listen", "not an address with a port")]
    [InlineData("interface = \"eth0\"", "", Group + ".interface", "required")]
    [InlineData("interface = \"eth0\"", "interface = \"a-name-of-16-chrs\"", Group + ".interface", "not the name of a network interface")]
    [InlineData("interface = \"eth0\"", "interface = \"et/0\"", Group + ".interface", "not the name of a network interface")]
    [InlineData("virtual-addresses = [\"192.0.2.222/24\"]", "", Group + ".virtual-addresses", "no address")]
    [InlineData("\"192.0.2.222/24\"", "\"192.0.2/24\"", Group + ".virtual-addresses", "not an IP address")]
    [InlineData("\"192.0.2.222/24\"", "\"192.0.2.222/33\"", Group + ".virtual-addresses", "prefix length")]
    [InlineData("\"192.0.2.222/24\"", "\"192.0.2.222/24 on eth1\"", Group + ".virtual-addresses", "dev INTERFACE")]
    [InlineData("\"192.0.2.222/24\"", "\"192.0.2.222/24 dev an-interface-too-long\"", Group + ".virtual-addresses", "not the name of a network interface")]
    [InlineData("\"192.0.2.222/24\"", "\"224.0.0.5/24\"", Group + ".virtual-addresses", "not the address of one host")]
    [InlineData("\"192.0.2.222/24\"", "\"192.0.2.222/24\", \"192.0.2.222/32\"", Group + ".virtual-addresses", "has this address already")]
    [InlineData("\"192.0.2.222/24\"", "\"10.9.0.2/24\"", Group + ".virtual-addresses", "the cluster link uses this address")]
    [InlineData("[\"192.0.2.222/24\"]", "\"192.0.2.222/24\"", Group + ".virtual-addresses", "a list belongs here")]
    [InlineData("passphrase-file = \"passphrase\"", "vhid = 2", Group + ".heartbeat.carp.passphrase", "neither passphrase nor passphrase-file")]
    [InlineData("passphrase-file = \"passphrase\"", "passphrase-file = \"nowhere\"", Group + ".heartbeat.carp.passphrase-file", "cannot be read")]
    [InlineData("passphrase-file = \"passphrase\"", "passphrase = \"123456789012345678901\"", Group + ".heartbeat.carp.passphrase", "21 bytes")]
    [InlineData("certificate-file = \"node.crt\", ", "", "failover.cluster.tls.certificate-file", "required")]
    [InlineData("key-file = \"node.key\", ", "", "failover.cluster.tls.key-file", "required")]
    [InlineData(", ca-file = \"ca.crt\"", "", "failover.cluster.tls.ca-file", "required")]
    [InlineData("\"node.crt\"", "\"nowhere.crt\"", "failover.cluster.tls.certificate-file", "cannot be read")]
    [InlineData("\"node.crt\"", "\"node.key\"", "failover.cluster.tls.certificate-file", "no certificate in PEM form")]
    [InlineData("\"node.key\"", "\"../b/node.key\"", "failover.cluster.tls.key-file", "not the private key")]
    [InlineData("\"node.key\"", "\"ca.crt\"", "failover.cluster.tls.key-file", "not the private key")]
    [InlineData("\"ca.crt\"", "\"node.crt\"", "failover.cluster.tls.certificate-file", "not signed by")]
    [InlineData("node = \"a\"", "node = \"c\"", "failover.cluster.tls.certificate-file", "does not carry this node's name 'c' as a DNS name (it has: a)")]
    public void A_changed_line_is_told(string old, string changed, string path, string problem) =>
        AssertSingle(_folder.Load(ConfigurationFolder.With(old, changed)), path, problem);

    [Theory]
    [InlineData("state-dir = \"state\"", "failover.state-dir", "not an absolute path")]
    [InlineData("state-dir = \"\"", "failover.state-dir", "required")]
    [InlineData("stop-timeout = 0s", "failover.stop-timeout", "not a duration within its bounds")]
    [InlineData("stop-timeout = soon", "failover.stop-timeout", "not a duration within its bounds")]
    [InlineData("stop-timeout = infinite", "failover.stop-timeout", "not a duration within its bounds")]
    [InlineData("stop-timeout = 100000000000000d", "failover.stop-timeout", "not a duration within its bounds")]
    [InlineData("stop-timeout = 5s", "failover.stop-timeout", "not longer than the stop-timeout of group 'vpn'")]
    [InlineData("notify = \"/bin/true\"", "failover.notify", "a list belongs here")]
    [InlineData("notify = [[\"a\"]]", "failover.notify", "an element is empty, or is not a single value")]
    [InlineData("control.socket = \"control.sock\"", "failover.control.socket", "not an absolute path")]
    [InlineData("control.socket = \"/12345678901234567890123456789012345678901234567890/12345678901234567890123456789012345678901234567890/123456\"", "failover.control.socket", "too long")]
    [InlineData("control = \"/run/x\"", "failover.control", "a section belongs here")]
    [InlineData("log.level = loud", "failover.log.level", "not one of the words")]
    [InlineData("log.file = \"failover.log\"", "failover.log.file", "not an absolute path")]
    [InlineData("log.console = perhaps", "failover.log.console", "not a switch")]
    [InlineData("log { level { a = 1 } }", "failover.log.level", "a single value belongs here")]
    [InlineData("journal.provider = \"oracle\"", "failover.journal.provider", "not one of the words")]
    [InlineData("journal.provider = \"postgresql\"", "failover.journal.connection-string", "required")]
    [InlineData("journal.connection-string = \"Host=x;Database=y\"", "failover.journal.connection-string", "has no effect with provider = sqlite")]
    [InlineData("journal { provider = postgresql, connection-string = \"Hots=x\" }", "failover.journal.connection-string", "not a connection string")]
    [InlineData("journal { provider = postgresql, connection-string = \"Host=x;Port=much;Database=y\" }", "failover.journal.connection-string", "not a connection string")]
    [InlineData("journal { provider = postgresql, connection-string = \"Database=y\" }", "failover.journal.connection-string", "must name one Host")]
    [InlineData("journal { provider = postgresql, connection-string = \"Host=x,z;Database=y\" }", "failover.journal.connection-string", "must name one Host")]
    [InlineData("journal { provider = postgresql, connection-string = \"Host=x\" }", "failover.journal.connection-string", "names no Database")]
    [InlineData("group-defaults { interfaces = \"eth0\" }", "failover.group-defaults.interfaces", "unknown key")]
    [InlineData("group-defaults { preempt = on }", "failover.group-defaults.preempt", "does not preempt")]
    [InlineData("statedir = \"/var/lib/x\"", "failover.statedir", "unknown key")]
    public void A_key_under_failover_is_told(string line, string path, string problem) =>
        AssertSingle(_folder.Load(ConfigurationFolder.WithKeys(line)), path, problem);

    [Theory]
    [InlineData("preempt = on", "preempt", "does not preempt")]
    [InlineData("preempt = 1", "preempt", "not a switch")]
    [InlineData("probe-address = maybe", "probe-address", "not a switch")]
    [InlineData("witnesses = [\"router\"]", "witnesses", "'router' is not an IP address")]
    [InlineData("witnesses = [\"192.0.2.222\"]", "witnesses", "cannot bear witness")]
    [InlineData("stop-timeout = -1s", "stop-timeout", "not a duration within its bounds")]
    [InlineData("heartbeat.protocol = vrrp", "heartbeat.protocol", "not available in this version")]
    [InlineData("heartbeat.protocol = hsrp", "heartbeat.protocol", "not one of the words")]
    [InlineData("heartbeat.source-address = \"2001:db8::1\"", "heartbeat.source-address", "not an IPv4 address")]
    [InlineData("heartbeat.carp.vhid = 0", "heartbeat.carp.vhid", "not a whole number within its bounds")]
    [InlineData("heartbeat.carp.vhid = 256", "heartbeat.carp.vhid", "not a whole number within its bounds")]
    [InlineData("heartbeat.carp.advbase = 255", "heartbeat.carp.advbase", "not a whole number within its bounds")]
    [InlineData("heartbeat.carp.advskew = 1.5", "heartbeat.carp.advskew", "not a whole number within its bounds")]
    [InlineData("heartbeat.carp.advskew = 1", "heartbeat.carp.advskew", "each 3.9 ms")]
    [InlineData("heartbeat.carp.advskew = 0", "heartbeat.carp.advskew", "both 0")]
    [InlineData("heartbeat.carp.dead-ratio = 1", "heartbeat.carp.dead-ratio", "not a whole number within its bounds")]
    [InlineData("heartbeat.carp.peer = theirs", "heartbeat.carp.peer", "not one of the words")]
    [InlineData("heartbeat.carp.source-mac = real", "heartbeat.carp.source-mac", "not one of the words")]
    [InlineData("heartbeat.carp.destination = \"192.0.2.1\"", "heartbeat.carp.destination", "not an IPv4 multicast group")]
    [InlineData("heartbeat.carp.destination = \"\"", "heartbeat.carp.destination", "required")]
    [InlineData("heartbeat.carp.peer-addresses = [\"192.0.2.1\"]", "heartbeat.carp.peer-addresses", "only a ucarp peer")]
    [InlineData("heartbeat.carp.peer = ucarp\nheartbeat.carp.peer-addresses = [\"2001:db8::1\"]", "heartbeat.carp.peer-addresses", "come from IPv4")]
    [InlineData("heartbeat.carp.passphrase = \"x\"", "heartbeat.carp.passphrase-file", "both passphrase and passphrase-file")]
    [InlineData("heartbeat.carp.demotion = 1", "heartbeat.carp.demotion", "unknown key")]
    [InlineData("config.paths { a = \"etc/a\" }", "config.paths.a", "not an absolute path")]
    [InlineData("config.paths { a = \"/etc/../a\" }", "config.paths.a", "not a plain path")]
    [InlineData("config.paths { a = \"/\" }", "config.paths.a", "not a plain path")]
    [InlineData("config.paths { \"a b\" = \"/etc/a\" }", "config.paths.a b", "not a name of a path")]
    [InlineData("config.paths { a = \"/etc/a\", b = \"/etc/a/b\" }", "config.paths.b", "or what is in it, already")]
    [InlineData("config.paths-timeout = 2m", "config.paths-timeout", "not a duration within its bounds")]
    [InlineData("config.paths-interval = 10ms", "config.paths-interval", "not a duration within its bounds")]
    [InlineData("config.databases { a = \"a.db\" }", "config.databases.a", "not an absolute path")]
    [InlineData("config { paths { a = \"/var/lib\" }, databases { a = \"/var/lib/a.db\" } }", "config.databases.a", "or what is in it, already")]
    [InlineData("config.acknowledge = none", "config.acknowledge", "not one of the words")]
    [InlineData("config.claim-when-stale = 2", "config.claim-when-stale", "not a switch")]
    [InlineData("config.start-wait = 2h", "config.start-wait", "not a duration within its bounds")]
    [InlineData("config.validate = \"/bin/true\"", "config.validate", "a list belongs here")]
    [InlineData("config.validate-timeout = 1s", "config.validate-timeout", "has no effect without validate")]
    [InlineData("config { validate = [\"/bin/true\"], validate-timeout = 21s }", "config.validate-timeout", "not a duration within its bounds")]
    [InlineData("config.secret-keys = \"*.key\"", "config.secret-keys", "a list belongs here")]
    [InlineData("config.secret-keys = [\"12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\"]", "config.secret-keys", "a pattern is too long")]
    [InlineData("service.type = systemd", "service.unit", "required")]
    [InlineData("service { type = systemd, unit = \"vpn\" }", "service.unit", "not the whole name of one service unit")]
    [InlineData("service { type = systemd, unit = \"openvpn-server@.service\" }", "service.unit", "not the whole name of one service unit")]
    [InlineData("service { type = systemd, unit = \"--root=x.service\" }", "service.unit", "not the whole name of one service unit")]
    [InlineData("service { type = systemd, unit = \"a b.service\" }", "service.unit", "not the whole name of one service unit")]
    [InlineData("service { type = systemd, unit = \"a.service\", command = [\"/bin/true\"] }", "service.command", "has no effect with type = systemd")]
    [InlineData("service { type = systemd, unit = \"a.service\", max-restarts = 1001 }", "service.max-restarts", "not a whole number within its bounds")]
    [InlineData("service.type = container", "service.type", "not one of the words")]
    [InlineData("service.unit = \"x.service\"", "service.unit", "has no effect with type = none")]
    [InlineData("service.max-restarts = 1", "service.max-restarts", "has no effect with type = none")]
    [InlineData("service.checks = []", "service.checks", "a section belongs here")]
    [InlineData("service.checks { \"a port\" { address = \"127.0.0.1:1\" } }", "service.checks.a port", "not a name of a check")]
    [InlineData("service.checks { port { } }", "service.checks.port.address", "required")]
    [InlineData("service.checks { port { address = \"127.0.0.1\" } }", "service.checks.port.address", "not an address with a port")]
    [InlineData("service.checks { port { type = udp, address = \"127.0.0.1:1\" } }", "service.checks.port.type", "not one of the words")]
    [InlineData("service.checks { port { address = \"127.0.0.1:1\", url = \"http://x/\" } }", "service.checks.port.url", "has no effect with type = tcp")]
    [InlineData("service.checks { page { type = http } }", "service.checks.page.url", "required")]
    [InlineData("service.checks { page { type = http, url = \"ftp://x/\" } }", "service.checks.page.url", "not a URL of http or https")]
    [InlineData("service.checks { own { type = exec } }", "service.checks.own.command", "required with type = exec")]
    [InlineData("service.checks { port { address = \"127.0.0.1:1\", interval = 10ms } }", "service.checks.port.interval", "not a duration within its bounds")]
    [InlineData("service.checks { port { address = \"127.0.0.1:1\", timeout = 2m } }", "service.checks.port.timeout", "not a duration within its bounds")]
    [InlineData("service.checks { port { address = \"127.0.0.1:1\", rise = 0 } }", "service.checks.port.rise", "not a whole number within its bounds")]
    [InlineData("service.checks { port { address = \"127.0.0.1:1\", fall = 1001 } }", "service.checks.port.fall", "not a whole number within its bounds")]
    [InlineData("service.checks { port { address = \"127.0.0.1:1\", on = fire } }", "service.checks.port.on", "not one of the words")]
    [InlineData("service.checks { port { address = \"127.0.0.1:1\", risen = 1 } }", "service.checks.port.risen", "unknown key")]
    [InlineData("service { checks { port { address = \"127.0.0.1:1\" } }, check-defaults { fal = 2 } }", "service.check-defaults.fal", "unknown key")]
    [InlineData("service.start = [\"/bin/true\"]", "service.start", "has no effect with type = none")]
    [InlineData("service.command = [\"/bin/true\"]", "service.command", "has no effect with type = none")]
    [InlineData("service.start-timeout = 5s", "service.start-timeout", "has no effect with type = none")]
    [InlineData("service.openvpn.config = \"/etc/openvpn/server/server.conf\"", "service.openvpn.config", "has no effect with type = none")]
    [InlineData("service { type = process, command = [\"/bin/true\"], openvpn { config = \"server.conf\" } }", "service.openvpn.config", "not an absolute path")]
    [InlineData("service { type = process, command = [\"/bin/true\"], openvpn { kick = on } }", "service.openvpn.kick", "has no effect without openvpn.config")]
    [InlineData("service { type = commands, start = [\"/bin/true\"], stop = [\"/bin/true\"], kill-after = 1s }", "service.kill-after", "has no effect with type = commands")]
    [InlineData("service { type = process, command = [\"/bin/true\"], kill-after = 1ms }", "service.kill-after", "not a duration within its bounds")]
    [InlineData("service { type = commands, start = [\"/bin/true\"] }", "service.stop", "required with type = commands")]
    [InlineData("service { type = commands, stop = [\"/bin/true\"] }", "service.start", "required with type = commands")]
    [InlineData("service { type = process }", "service.command", "required with type = process")]
    [InlineData("service { type = process, command = [\"/bin/true\"], max-restarts = -1 }", "service.max-restarts", "not a whole number within its bounds")]
    [InlineData("service { type = process, command = [\"/bin/true\"], restart-backoff = 0s }", "service.restart-backoff", "not a duration within its bounds")]
    public void A_key_of_a_group_is_told(string lines, string key, string problem) =>
        AssertSingle(_folder.Load(ConfigurationFolder.WithGroupKeys(lines)), $"{Group}.{key}", problem);

    [Theory]
    [InlineData("[\"192.0.2.222/24\", \"192.0.2.223/24\"]")]
    [InlineData("[\"2001:db8::5/64\"]")]
    public void Ucarp_as_the_other_node_allows_one_IPv4_address_only(string addresses) =>
        AssertSingle(
            _folder.Load(ConfigurationFolder.WithGroupKeys("heartbeat.carp.peer = ucarp").Replace("[\"192.0.2.222/24\"]", addresses)),
            $"{Group}.virtual-addresses", "ucarp knows exactly one IPv4 address");

    [Fact]
    public void A_passphrase_of_20_bytes_is_too_long_for_ucarp_alone()
    {
        _folder.Write("passphrase", "12345678901234567890\n");

        Assert.Empty(_folder.Load(ConfigurationFolder.Smallest).Errors);
        AssertSingle(_folder.Load(ConfigurationFolder.WithGroupKeys("heartbeat.carp.peer = ucarp")), $"{Group}.heartbeat.carp.passphrase-file", "20 bytes");
    }

    [Fact]
    public void An_empty_passphrase_file_is_told()
    {
        _folder.Write("passphrase", "\n");
        AssertSingle(_folder.Load(ConfigurationFolder.Smallest), $"{Group}.heartbeat.carp.passphrase-file", "0 bytes");
    }

    [Fact]
    public void Two_groups_of_an_interface_need_different_vhids()
    {
        const string Second = """
            groups {
              web {
                interface = "eth0"
                virtual-addresses = ["192.0.2.223/24"]
                heartbeat.carp.passphrase-file = "passphrase"
              }
            """;
        AssertSingle(_folder.Load(ConfigurationFolder.With("groups {", Second)), $"{Group}.heartbeat.carp.vhid", "group 'web' has the same vhid on interface eth0");
        Assert.Empty(_folder.Load(ConfigurationFolder.With("groups {", Second.Replace("eth0", "eth1"))).Errors);
    }

    [Fact]
    public void No_group_is_told()
    {
        var text = ConfigurationFolder.Smallest[..ConfigurationFolder.Smallest.IndexOf("groups", StringComparison.Ordinal)] + "}";
        AssertSingle(_folder.Load(text), "failover.groups", "no group");
    }

    [Fact]
    public void A_group_name_is_checked() =>
        AssertSingle(_folder.Load(ConfigurationFolder.With("vpn {", "\"my vpn\" {")), "failover.groups.my vpn", "not a group name");

    [Fact]
    public void A_misspelt_section_is_told_with_a_suggestion()
    {
        var loaded = _folder.Load(ConfigurationFolder.Smallest + "\nfailovr { a = 1 }");
        AssertSingle(loaded, "failovr", "unknown section");
        Assert.Equal("did you mean 'failover'?", loaded.Errors[0].Mend);
    }

    [Fact]
    public void An_unknown_key_comes_with_what_was_probably_meant()
    {
        Assert.Equal("did you mean 'advskew'?", _folder.Load(ConfigurationFolder.WithGroupKeys("heartbeat.carp.advskw = 9")).Errors[0].Mend);
        Assert.StartsWith("remove it; known here: advbase,", _folder.Load(ConfigurationFolder.WithGroupKeys("heartbeat.carp.colour = 9")).Errors[0].Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void A_passphrase_never_shows_in_an_error_or_among_the_effective_keys()
    {
        var loaded = _folder.Load(ConfigurationFolder.With("passphrase-file = \"passphrase\"", "passphrase = \"much-too-long-a-secret\""));

        Assert.Equal("(secret)", Assert.Single(loaded.Errors).Value);
        Assert.Contains(new EffectiveKey($"{Group}.heartbeat.carp.passphrase", "(secret)", ValueOrigin.File), loaded.Effective);
    }

    [Theory]
    [InlineData("journal { provider = postgresql, connection-string = \"Host=x;Password=Geheim;Port=much\" }")]
    [InlineData("journal { provider = postgresql, connection-string = [\"Host=x;Password=Geheim\"] }")]
    [InlineData("journal { provider = sqlite, connection-string = \"Host=x;Password=Geheim\" }")]
    [InlineData("journal { provider = postgresql, connection-string = Host=x;Password=Geheim }")]
    public void A_connection_string_never_shows_in_an_error_or_among_the_effective_keys(string line)
    {
        var loaded = _folder.Load(ConfigurationFolder.WithKeys(line));

        Assert.NotEmpty(loaded.Errors);
        Assert.DoesNotContain("Geheim", string.Join('\n', loaded.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain("Geheim", string.Join('\n', loaded.Effective), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_one_error()
    {
        var loaded = ConfigurationLoader.Load(_folder.File("nowhere.conf"));
        AssertSingle(loaded, _folder.File("nowhere.conf"), "cannot be read");
    }

    [Fact]
    public void A_file_that_is_no_configuration_is_not_read_into_memory() =>
        AssertSingle(_folder.Load(new string('#', (1 << 20) + 1)), _folder.File("test.conf"), "larger than");

    public void Dispose() => _folder.Dispose();

    private static void AssertSingle(LoadedConfiguration loaded, string path, string problem)
    {
        Assert.Null(loaded.Settings);
        var error = Assert.Single(loaded.Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(error.Mend);
    }
}
