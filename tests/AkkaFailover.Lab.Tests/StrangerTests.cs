using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Tests;

/// <summary>Others on the segment: misconfigured, foreign or hostile. They get alarms and counters, never the role.</summary>
public sealed class StrangerTests(DefaultLab lab) : IClassFixture<DefaultLab>, IDisposable
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task A_node_with_another_passphrase_raises_an_alarm_and_takes_nothing()
    {
        await Misconfigured("""failover.groups.vpn.heartbeat.carp { passphrase-file = "", passphrase = "another one" }""", "key-mismatch", "peer-mismatch");
    }

    [Fact]
    public async Task A_node_with_another_address_list_raises_an_alarm_and_takes_nothing()
    {
        await Misconfigured("""failover.groups.vpn.virtual-addresses = ["192.0.2.223/24"]""", "key-mismatch", "peer-mismatch");
    }

    [Fact]
    public async Task A_stranger_with_our_vhid_and_address_raises_alarms_and_moves_nothing()
    {
        await lab.Pair.Settle();
        var active = lab.Active;
        var term = active.Status!.Term;
        var stranger = new UcarpNode(lab.Network.Client, Timing.OneSecond, passphrase: "unknown");
        stranger.Start();
        try
        {
            await lab.Pair.Expect(() => Alarm(active, "key-mismatch") && Alarm(active, "address-conflict"), TimeSpan.FromSeconds(10), "both alarms");
            Assert.Equal([active.Host.Name], lab.Observer.Holders);
            Assert.Equal(("active", term), (active.Status!.Role, active.Status!.Term));
        }
        finally
        {
            stranger.Clear();
        }
    }

    [Fact]
    public async Task Replayed_and_forged_adverts_have_no_effect_and_are_counted()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        using var tap = new LanTap(lab.Network.Client);
        var sniffed = tap.NextAdvert(TimeSpan.FromSeconds(2))!;
        var before = standby.Refused;
        lab.Observer.Reset();
        var end = LabClock.Now + Watch;
        await LabClock.Until(() =>
        {
            tap.Send(sniffed);
            tap.Send(Adverts.Changed(sniffed, active.Host.LanAddress, 255, 255));
            tap.Send(Adverts.Changed(sniffed, "192.0.2.77", 0, 0));
            tap.Send(Adverts.Changed(sniffed, standby.Host.LanAddress, 0, 1));
            tap.Send(Adverts.Signed(active.Host.LanAddress, "guess", counter: ulong.MaxValue));
            tap.Send(Adverts.Truncated(sniffed));
            return LabClock.Now > end;
        }, Watch * 2);
        lab.ExpectNothingMoved(active);
        var refused = standby.Refused;
        foreach (var reason in new[] { "replayed", "bad-digest", "unknown-source", "own-frame", "too-short" })
            Assert.True(refused.GetValueOrDefault(reason) > before.GetValueOrDefault(reason), $"no {reason} in {string.Join(", ", refused)}");
    }

    [Fact]
    public async Task A_replayed_advert_does_not_delay_the_claim()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        using var tap = new LanTap(lab.Network.Client);
        var sniffed = tap.NextAdvert(TimeSpan.FromSeconds(2))!;
        var death = LabClock.Now;
        active.Host.PowerOff();
        await LabClock.Until(() =>
        {
            tap.Send(sniffed);
            return lab.Observer.ClientHeard(standby.Host.Mac, death);
        }, TimeSpan.FromSeconds(5));
        Assert.InRange(LabClock.Now - death, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
    }

    public void Dispose() => lab.Network.Client.RemoveVirtualAddress();

    // Node b is told something else; node a is active, and neither moves.
    private async Task Misconfigured(string hocon, params string[] alarms)
    {
        lab.Reset();
        await lab.Pair.Settle();
        if (lab.Active == lab.B) lab.B.Ask("group", "handover", "--wait");
        await lab.Pair.ExpectRest();
        lab.B.KillDaemon();
        await lab.Pair.Expect(() => !lab.B.Runs, TimeSpan.FromSeconds(5), "b died");
        PairConfiguration.Override(lab.Network.B, hocon);
        lab.Observer.Reset();
        lab.B.Start();
        await lab.Pair.Expect(() => alarms.Any(alarm => Alarm(lab.A, alarm)) && alarms.Any(alarm => Alarm(lab.B, alarm)), TimeSpan.FromSeconds(10),
            $"an alarm of {string.Join(" or ", alarms)} on both nodes");
        await Task.Delay(Watch);
        lab.ExpectNothingMoved(lab.A);
        lab.Reset();
    }

    private static bool Alarm(AkkaNode node, string kind) => node.Status is { } status && status.AlarmText.Contains(kind, StringComparison.Ordinal);
}
