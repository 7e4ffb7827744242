using System.Text.Json;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Tests;

/// <summary>What both nodes know of the sessions of the active's server.</summary>
[Collection(KickLab.Shared)]
public sealed class VpnContinuityTests(KickLab lab)
{
    private VpnRig Rig => lab.Rig;

    [Fact]
    public async Task Both_nodes_know_who_is_connected_and_that_sessions_would_go_on()
    {
        await Rig.Settle();
        var active = (AkkaNode)Rig.Pair.Active;
        var standby = (AkkaNode)Rig.Pair.Other(active);
        string[] both = [Rig.UserLocked.Name, Rig.AutoLogin.Name];
        // A server lists who has gone without a word until its own time-out.
        await Rig.Expect(() => !both.Except(Clients(standby)).Any(), TimeSpan.FromSeconds(10), "the standby knows both clients");
        Assert.Empty(both.Except(Clients(active)));
        // It may not have looked since the files came.
        await Rig.Expect(() => !standby.Status!.AlarmText.Contains("session-continuity", StringComparison.Ordinal), TimeSpan.FromSeconds(15), "no alarm");
    }

    private static IEnumerable<string> Clients(AkkaNode node) =>
        JsonDocument.Parse(node.Ask("service", "clients", "--output", "json")).RootElement.GetProperty("clients").EnumerateArray().Select(client => client.GetProperty("name").GetString()!);
}

/// <summary>A standby that would not accept the active's sessions says so before it has to.</summary>
public sealed class VpnDiscontinuityTests
{
    private static readonly TimeSpan LooksEvery = TimeSpan.FromSeconds(5), Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Another_secret_for_tokens_is_an_alarm_with_its_consequence()
    {
        using var lab = new ShortUdpLab();
        lab.Rig.Servers.SplitTokenSecrets();
        await lab.Rig.Settle();
        var standby = (AkkaNode)lab.Rig.Pair.Other(lab.Rig.Pair.Active);
        await lab.Rig.Expect(() => standby.Status!.AlarmText is var text && text.Contains("session-continuity", StringComparison.Ordinal)
                && text.Contains("auth-gen-token-secret is", StringComparison.Ordinal) && text.Contains("users would be asked for their passwords", StringComparison.Ordinal),
            LooksEvery + Patience, "the alarm names the secret");
        Assert.DoesNotContain("session-continuity", ((AkkaNode)lab.Rig.Pair.Active).Status!.AlarmText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_be_asked_for_its_clients_is_an_alarm_and_serves_them_all_the_same()
    {
        using var lab = new KickLab();
        var configuration = lab.Rig.Servers.A.Configuration;
        File.WriteAllLines(configuration, File.ReadAllLines(configuration).Where(line => !line.StartsWith("management ", StringComparison.Ordinal)));
        await lab.Rig.Settle();
        var active = (AkkaNode)lab.Rig.Pair.Active;
        await lab.Rig.Expect(() => active.Status!.AlarmText is var text && text.Contains("management-lost", StringComparison.Ordinal) && text.Contains("has no management interface", StringComparison.Ordinal),
            Patience, "the alarm says what is missing");
        Assert.Equal("running", active.Status!.Service.State);
        Assert.True(lab.Rig.IsQuiet(TimeSpan.FromSeconds(1)), lab.Rig.Describe());
    }
}
