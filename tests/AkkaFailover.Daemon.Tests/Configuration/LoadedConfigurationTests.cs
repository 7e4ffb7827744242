using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Configuration;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Configuration;

public sealed class LoadedConfigurationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    [Fact]
    public void The_effective_keys_tell_where_each_value_comes_from()
    {
        var effective = _folder.Load(ConfigurationFolder.WithGroupKeys("witnesses = [\"192.0.2.1\"]")).Effective;

        Assert.Contains(new EffectiveKey("failover.node", "a", ValueOrigin.File), effective);
        Assert.Contains(new EffectiveKey("failover.cluster.peers.b", "10.9.0.2", ValueOrigin.File), effective);
        Assert.Contains(new EffectiveKey("failover.groups.vpn.witnesses", "[\"192.0.2.1\"]", ValueOrigin.File), effective);
        Assert.Contains(new EffectiveKey("failover.groups.vpn.stop-timeout", "5s", ValueOrigin.Default), effective);
        Assert.Equal(effective.Count, effective.Select(key => key.Path).Distinct().Count());
    }

    [Fact]
    public void Group_defaults_of_the_file_hold_for_every_group_that_says_nothing_itself()
    {
        var text = ConfigurationFolder.WithKeys("group-defaults { interface = \"eth9\", stop-timeout = 2s, heartbeat.carp.advskew = 20 }");
        var group = _folder.Load(text).Settings!.Groups[0];

        Assert.Equal("eth0", group.Interface);
        Assert.Equal(TimeSpan.FromSeconds(2), group.Service.StopTimeout);
        Assert.Equal(20, group.Heartbeat.Carp.AdvSkew);
    }

    [Fact]
    public void Services_are_read_with_their_keys()
    {
        var commands = Service("service { type = commands, start = [\"/bin/true\", \"up\"], stop = [\"/bin/true\"], start-timeout = 7s }");
        Assert.Equal(["/bin/true", "up"], Assert.IsType<CommandsService>(commands).Start);
        Assert.Equal(TimeSpan.FromSeconds(7), commands.StartTimeout);

        var process = Assert.IsType<ProcessService>(Service("service { type = process, command = [\"/bin/cat\"], max-restarts = 0, restart-backoff = 50ms }"));
        Assert.Equal((0, TimeSpan.FromMilliseconds(50)), (process.MaxRestarts, process.RestartBackoff));

        var systemd = Assert.IsType<SystemdService>(Service("service { type = systemd, unit = \"openvpn-server@vpn.service\", max-restarts = 1 }"));
        Assert.Equal(("openvpn-server@vpn.service", 1, TimeSpan.FromSeconds(1)), (systemd.Unit, systemd.MaxRestarts, systemd.RestartBackoff));

        ServiceSettings Service(string line) => _folder.Load(ConfigurationFolder.WithGroupKeys(line)).Settings!.Groups[0].Service;
    }

    [Fact]
    public void Checks_are_read_with_their_keys_and_their_defaults()
    {
        const string Service = """
            service {
              checks {
                port { address = "[::1]:1194" }
                page { type = http, url = "https://vpn.example/health", timeout = 3s, on = both }
                own { type = exec, command = ["/bin/true", "x"], rise = 2, fall = 5, on = standby }
              }
              check-defaults { interval = 2s }
            }
            """;
        var loaded = _folder.Load(ConfigurationFolder.WithGroupKeys(Service));
        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        var checks = loaded.Settings!.Groups[0].Service.Checks;

        Assert.Equal(new TcpCheck("port", new HostPort("::1", 1194)) { Interval = TimeSpan.FromSeconds(2) }, checks[0]);
        Assert.Equal(new HttpCheck("page", new Uri("https://vpn.example/health")) { Interval = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromSeconds(3), On = CheckPlace.Both }, checks[1]);
        var own = Assert.IsType<ExecCheck>(checks[2]);
        Assert.Equal(["/bin/true", "x"], own.Command);
        Assert.Equal((2, 5, CheckPlace.Standby), (own.Rise, own.Fall, own.On));
        Assert.Contains(new EffectiveKey("failover.groups.vpn.service.checks.port.fall", "3", ValueOrigin.Default), loaded.Effective);
    }

    [Fact]
    public void Defaults_of_checks_without_a_check_are_told() =>
        Assert.Contains("no checks", Assert.Single(_folder.Load(ConfigurationFolder.WithGroupKeys("service.check-defaults.fall = 2")).Warnings).Problem, StringComparison.Ordinal);

    [Fact]
    public void Watched_paths_are_read_by_name()
    {
        var config = _folder.Load(ConfigurationFolder.WithGroupKeys("config { paths { openvpn = \"/etc/openvpn/server\", users = \"/etc/users\" }, paths-timeout = 2s }")).Settings!.Groups[0].Config;

        Assert.Equal(new Dictionary<string, string> { ["openvpn"] = "/etc/openvpn/server", ["users"] = "/etc/users" }, config.Paths);
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1)), (config.PathsTimeout, config.PathsInterval));
    }

    [Fact]
    public void Databases_are_read_by_name() =>
        Assert.Equal(
            new Dictionary<string, string> { ["users"] = "/var/lib/vpn/users.db" },
            _folder.Load(ConfigurationFolder.WithGroupKeys("config.databases { users = \"/var/lib/vpn/users.db\" }")).Settings!.Groups[0].Config.Databases);

    [Fact]
    public void The_Akka_section_is_handed_on_unchecked()
    {
        var loaded = _folder.Load(ConfigurationFolder.Smallest + "\nakka { loglevel = DEBUG\n anything.at.all = 3 }");

        Assert.Empty(loaded.Errors);
        Assert.Equal("DEBUG", loaded.Akka.GetString("akka.loglevel"));
        Assert.Equal(3, loaded.Akka.GetInt("akka.anything.at.all"));
        Assert.True(_folder.Load(ConfigurationFolder.Smallest).Akka.IsEmpty);
    }

    [Theory]
    [InlineData("node-a.conf")]
    [InlineData("node-b.conf")]
    [InlineData("journal-postgresql.conf")]
    [InlineData("openvpn.conf")]
    public void The_examples_load_beside_the_files_of_init(string example)
    {
        var folder = example == "node-b.conf" ? _folder.PeerPath : _folder.Path;
        var file = Path.Combine(folder, example);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "hocon", example), file);

        var loaded = ConfigurationLoader.Load(file);

        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
    }

    [Fact]
    public void A_PostgreSQL_journal_is_one_line_and_its_password_stays_with_the_owner()
    {
        const string Line = "journal { provider = postgresql, connection-string = \"Host=127.0.0.1;Database=failover;Password=Geheim\" }";
        var loaded = _folder.Load(ConfigurationFolder.WithKeys(Line));

        Assert.Empty(loaded.Errors);
        Assert.Empty(loaded.Warnings);
        Assert.Equal(JournalProvider.PostgreSql, loaded.Settings!.Journal.Provider);
        Assert.Contains(new EffectiveKey("failover.journal.connection-string", "(secret)", ValueOrigin.File), loaded.Effective);
        Assert.DoesNotContain("Geheim", loaded.Settings.ToString(), StringComparison.Ordinal);

        File.SetUnixFileMode(_folder.File("test.conf"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("others than its owner", Assert.Single(ConfigurationLoader.Load(_folder.File("test.conf")).Warnings).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_commented_lines_of_the_example_are_good_too()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "hocon", "node-a.conf"))
            .SkipWhile(line => line.StartsWith('#'))
            .Select(line => line.Contains("= ", StringComparison.Ordinal) || line.Contains("service {", StringComparison.Ordinal) || line.TrimEnd().EndsWith("# }", StringComparison.Ordinal) ? Uncomment(line) : line);
        var loaded = _folder.Load(string.Join('\n', lines));

        Assert.Empty(loaded.Errors);
        Assert.IsType<TcpCheck>(Assert.Single(Assert.IsType<SystemdService>(loaded.Settings!.Groups[0].Service).Checks));
        Assert.Equal(1, loaded.Settings.Groups[0].Heartbeat.Carp.AdvBase);

        static string Uncomment(string line) => line.TrimStart().StartsWith("# ", StringComparison.Ordinal) ? line.Replace("# ", "", StringComparison.Ordinal).Replace("advbase = 1, ", "advbase = 1\n", StringComparison.Ordinal) : line;
    }

    public void Dispose() => _folder.Dispose();
}
