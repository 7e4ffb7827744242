using System.Text.Json.Nodes;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Tests;

/// <summary>Commands on the replicated configuration of a real pair, over the real link, with the published programs.</summary>
public sealed class ConfigCommandTests(DefaultLab lab) : IClassFixture<DefaultLab>
{
    private const string Secret = "Geheim-0815";

    [Fact]
    public async Task The_configuration_goes_out_as_files_comes_back_as_one_change_and_is_the_same_on_both_nodes()
    {
        var judge = Judge("""if [ -f "$FAILOVER_CONFIG/server/port" ] && grep -qx 0 "$FAILOVER_CONFIG/server/port"; then echo "port 0 is no port"; exit 1; fi""");
        lab.Reset(group: $"config.validate = [\"{judge}\"]\nconfig.secret-keys = [\"*password*\"]");
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        active.Ask("config", "set", "server/port", "1194");
        active.Ask("config", "set", "users/anna/password", Secret);
        var refused = active.Ctl("config", "set", "server/port", "0");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("port 0 is no port", refused.Error, StringComparison.Ordinal);
        ExpectSame();

        var folder = Path.Combine(lab.Network.Folder, "exported");
        active.Ask("config", "export", folder);
        Assert.Equal(Secret, File.ReadAllText(Path.Combine(folder, "users/anna/password")));
        File.WriteAllText(Path.Combine(folder, "server/port"), "443");
        File.WriteAllText(Path.Combine(folder, "server/proto"), "tcp");
        var before = active.Status!.Config.Version;
        Assert.Contains("a dry run: 2 keys would change", active.Ask("config", "import", folder, "--dry-run"), StringComparison.Ordinal);
        var import = JsonNode.Parse(active.Ask("config", "import", folder, "--output", "json"))!;
        Assert.Equal((before + 2, true), ((long)import["version"]!, (bool)import["replicated"]!));
        await lab.Pair.Expect(() => standby.Ctl("config", "get", "server/proto").Output == "tcp", TimeSpan.FromSeconds(1), "the import on the standby");
        ExpectSame();

        active.Ask("config", "rollback", $"{before}");
        Assert.Equal("1194", active.Ask("config", "get", "server/port"));
        await lab.Pair.Expect(() => standby.Ctl("config", "log", "server/port").Output.Contains($"root (rollback to {before})", StringComparison.Ordinal),
            TimeSpan.FromSeconds(1), "the rollback in the standby's log");
        ExpectSame();
        ExpectNoSecret();
    }

    [Fact]
    public async Task A_journal_is_verified_beside_a_daemon_and_without_one()
    {
        await lab.Pair.Settle();
        lab.Active.Ask("config", "set", "some/key", "value");
        var standby = lab.Standby;
        Verify(standby);
        standby.KillDaemon();
        Verify(standby);
    }

    private static void Verify(AkkaNode node)
    {
        var verdict = JsonNode.Parse(Tool.Run(Artifacts.Client, ["journal", "verify", "--config", node.ConfigurationFile, "--output", "json"]))!;
        Assert.True((bool)verdict["ok"]!);
        Assert.True((long)verdict["version"]! > 0);
    }

    private void ExpectSame()
    {
        foreach (var node in new[] { lab.A, lab.B })
            Assert.True((bool)JsonNode.Parse(node.Ask("config", "diff-peer", "--output", "json"))!["same"]!);
    }

    private void ExpectNoSecret()
    {
        foreach (var node in new[] { lab.A, lab.B })
        {
            Assert.Equal((1, ""), node.Ctl("config", "get", "users/anna/password") is var hidden ? (hidden.ExitCode, hidden.Output) : default);
            Assert.Equal(Secret, node.Ask("config", "get", "users/anna/password", "--reveal"));
            foreach (var text in new[] { node.Process!.Log, node.Ask("config", "log"), node.Ask("config", "show"), node.Ask("hocon", "effective"), node.History })
                Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
        }
    }

    private string Judge(string script)
    {
        var file = Path.Combine(lab.Network.Folder, "judge");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }
}
