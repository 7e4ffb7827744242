using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Vpn;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>A server that ends while its daemon and its host live.</summary>
[Collection(KickLab.Shared)]
public sealed class VpnCrashTests(KickLab lab, ITestOutputHelper output)
{
    // As reference.conf has it.
    private static readonly TimeSpan RestartBackoff = TimeSpan.FromSeconds(1);

    // As after a host death; without the kick it would be a minute.
    private static readonly TimeSpan Worst = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan KickTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(3), LongestReturn = TimeSpan.FromSeconds(70);

    private VpnRig Rig => lab.Rig;

    [Fact]
    public async Task Its_clients_are_made_to_connect_anew_when_it_has_been_started_again()
    {
        await Rig.Settle();
        var active = (AkkaNode)Rig.Pair.Active;
        var (term, tokens, checks) = (active.Status!.Term, Rig.Servers.TokenLogins(VpnRig.User), Rig.Servers.PasswordChecksOf(VpnRig.User));
        VpnClient[] clients = [Rig.UserLocked, Rig.AutoLogin];
        var addresses = clients.Select(client => client.TunnelAddress).ToList();
        Rig.UserProbe.Reset();
        Rig.DeviceProbe.Reset();
        var at = LabClock.Now;
        active.KillService();
        await Rig.Expect(() => !Rig.IsQuiet(Watch), Watch, "the tunnels are gone");
        await Rig.Expect(() => Rig.IsQuiet(Watch), LongestReturn, "the tunnels are back");
        var longest = new[] { Rig.UserProbe, Rig.DeviceProbe }.SelectMany(probe => Interruptions.Of(probe.Answers, at, LabClock.Now)).Max(each => each.Ms);
        // Who is gone costs nobody a packet meanwhile, and nothing of that stays.
        bool Filters() => active.Host.Run("nft", "list", "ruleset").Contains("akka_failover.vpn", StringComparison.Ordinal);
        Assert.True(Filters(), "the filter of the kick");
        output.WriteLine($"without answers for {longest:0} ms");
        Assert.InRange(longest, 0, (RestartBackoff + Worst + VpnLab.MachineNoise).TotalMilliseconds);
        Assert.Equal((active, term), ((AkkaNode)Rig.Pair.Active, active.Status!.Term));
        Assert.Equal(addresses, clients.Select(client => client.TunnelAddress));
        Assert.Equal(checks, Rig.Servers.PasswordChecksOf(VpnRig.User));
        Assert.True(Rig.Servers.TokenLogins(VpnRig.User) > tokens, "the user came in by the token");
        await Rig.Expect(() => !Filters(), KickTime, "the filter of the kick is gone");
    }
}
