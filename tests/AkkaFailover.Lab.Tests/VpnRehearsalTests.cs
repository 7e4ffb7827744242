using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Tests;

/// <summary>A failover of a real OpenVPN server is rehearsed while its clients go on.</summary>
[Collection(TcpLab.Shared)]
public sealed class VpnRehearsalTests(TcpLab lab)
{
    private VpnRig Rig => lab.Rig;

    private AkkaNode Standby => (AkkaNode)Rig.Pair.Other(Rig.Pair.Active);

    private VpnServer Server(Node node) => Rig.Servers.On(node.Host);

    [Fact]
    public async Task It_passes_with_every_phase_and_nobody_notices()
    {
        await Rig.Settle();
        var (active, standby) = (Rig.Pair.Active, Standby);
        var logins = Rig.Servers.TokenLogins(VpnRig.User);
        var before = Rehearsals.Tree(standby.Host.Directory + "/openvpn");
        Rig.Observer.Reset();
        var (code, result, error) = Rehearsals.Run(standby);
        var record = Rig.Observer.Snapshot();
        Assert.True(code == 0, $"{error}\n{Rig.Describe()}");
        Assert.Equal(["configuration", "namespace", "service", "checks", "stop", "tear-down"], Rehearsals.Passed(result));
        Assert.Equal(before, Rehearsals.Tree(standby.Host.Directory + "/openvpn"));
        Assert.False(File.Exists(Path.Combine(Server(standby).Runtime, "management.sock")));

        // The kernels, who answers for the address, and who sends in its name.
        Assert.Equal([active.Host.Name], Holdings.Of(record.Changes, record.To).Select(holding => holding.Host));
        Assert.All(record.Arps, answer => Assert.Equal(active.Host.Mac, answer.From));
        Assert.All(record.Pings, answer => Assert.Equal(active.Host.Mac, answer.From));
        Assert.InRange(Outage.LongestGap(record.Pings, record.From, record.To), TimeSpan.Zero, Rig.Observer.Noise(TimeSpan.FromMilliseconds(100)));
        Assert.True(Rig.IsQuiet(record.To - record.From), Rig.Describe());
        Assert.Equal(logins, Rig.Servers.TokenLogins(VpnRig.User));
        await Rehearsals.ExpectNothingLeft(standby);
    }

    [Fact]
    public async Task A_wrong_option_fails_with_the_servers_last_words_and_is_an_alarm_until_one_passes()
    {
        await Rig.Settle();
        var standby = Standby;
        var file = Server(Rig.Pair.Active).Configuration;
        var good = File.ReadAllText(file);
        await Replicate(standby, "server.conf", good + "no-such-option 1\n");
        Fails(standby, "no-such-option");
        Assert.Contains("rehearsal-failed", standby.Status!.AlarmText, StringComparison.Ordinal);
        await Replicate(standby, "server.conf", good);
        Assert.Equal(0, Rehearsals.Run(standby).ExitCode);
        await Rig.Expect(() => !standby.Status!.AlarmText.Contains("rehearsal-failed", StringComparison.Ordinal), TimeSpan.FromSeconds(1), "the alarm is over");
    }

    [Fact]
    public async Task A_missing_key_fails_with_the_end_of_the_servers_own_log()
    {
        await Rig.Settle();
        var standby = Standby;
        var key = Path.Combine(Server(Rig.Pair.Active).Folder, "server.key");
        var content = File.ReadAllText(key);
        File.Delete(key);
        await Rig.Expect(() => !File.Exists(Path.Combine(Server(standby).Folder, "server.key")), TimeSpan.FromSeconds(5), "the standby has lost the key too");
        Fails(standby, "openvpn.log ends: ", "server.key");
        await Replicate(standby, "server.key", content);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(0, Rehearsals.Run(standby).ExitCode);
    }

    private static void Fails(AkkaNode standby, params string[] words)
    {
        var (code, result, error) = Rehearsals.Run(standby);
        Assert.Equal(1, code);
        Assert.DoesNotContain("service", Rehearsals.Passed(result));
        Assert.All(words, word => Assert.Contains(word, error, StringComparison.Ordinal));
    }

    private async Task Replicate(AkkaNode standby, string name, string content)
    {
        File.WriteAllText(Path.Combine(Server(Rig.Pair.Active).Folder, name), content);
        var copy = Path.Combine(Server(standby).Folder, name);
        await Rig.Expect(() => File.Exists(copy) && File.ReadAllText(copy) == content, TimeSpan.FromSeconds(5), $"the standby has {name}");
    }
}
