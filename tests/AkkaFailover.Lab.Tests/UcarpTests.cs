using System.Text.Json;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Tests;

/// <summary>A pair of one node of ours (host b or a) and real ucarp.</summary>
public sealed class UcarpTests : IDisposable
{
    // ucarp reads its packets up to a second late (FORMATS 1.6).
    // 3.3 s is the promise; the rest is for a machine that does other work beside.
    private static readonly TimeSpan HostDeath = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ReceiveDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(6);
    private readonly LabNetwork _lab = LabNetwork.Create();
    private readonly Observer _observer;

    public UcarpTests()
    {
        PairConfiguration.Write(_lab, Timing.OneSecond, carp: $"""
              peer = "ucarp"
              passphrase-file = ""
              passphrase = "{UcarpNode.Passphrase}"
            """);
        _observer = new Observer(_lab);
    }

    [Fact]
    public async Task Ours_stands_by_for_ucarp_and_takes_over_when_its_host_dies()
    {
        var (ucarp, ours) = await UcarpActiveOursStandby();
        var death = LabClock.Now;
        ucarp.Host.PowerOff();
        Assert.InRange(await TakenOver(ucarp, ours, death), TimeSpan.FromSeconds(2), HostDeath);
        ExpectNeverBoth();
    }

    [Fact]
    public async Task Ours_takes_over_from_ucarp_that_stops()
    {
        var (ucarp, ours) = await UcarpActiveOursStandby();
        ucarp.Terminate();
        await LabClock.Expect(() => _observer.Holders is ["b"], TimeSpan.FromSeconds(5), "ours claimed");
        Assert.Equal("active", ours.Status!.Role);
        ExpectNeverBoth();
    }

    [Fact]
    public async Task A_replayed_advert_does_not_keep_a_dead_ucarp_alive()
    {
        using var tap = new LanTap(_lab.Client);
        var (ucarp, ours) = await UcarpActiveOursStandby();
        // ucarp's counters are random: only what ours has heard itself can it know again.
        tap.Drain();
        var old = tap.NextAdvert(TimeSpan.FromSeconds(3))!;
        // Between two adverts, so that none leaves while the host dies.
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        var heard = Accepted(ours);
        var death = LabClock.Now;
        ucarp.Host.PowerOff();
        await TakenOver(ucarp, ours, death, () => tap.Send(old));
        Assert.Equal(heard, Accepted(ours));
        Assert.Contains("\"replayed\"", ours.Ask("heartbeat", "stats", "--output", "json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ucarp_stands_by_for_ours_and_understands_its_release()
    {
        var (ours, _) = await OursActiveUcarpStandby();
        var stop = LabClock.Now;
        ours.Terminate();
        await LabClock.Expect(() => _observer.ClientHeard(_lab.B.Mac, stop), TimeSpan.FromSeconds(10), "ucarp answers");
        Assert.InRange(LabClock.Now - stop, TimeSpan.Zero, ReceiveDelay + TimeSpan.FromMilliseconds(300));
        ExpectNeverBoth();
    }

    [Fact]
    public async Task A_forged_better_advert_does_not_make_ours_yield_to_nobody()
    {
        using var tap = new LanTap(_lab.Client);
        var (ours, _) = await OursActiveUcarpStandby();
        var sniffed = tap.NextAdvert(TimeSpan.FromSeconds(3))!;
        tap.Send(Adverts.Changed(sniffed, "192.0.2.77", advBase: 0, advSkew: 0));
        tap.Send(Adverts.Changed(sniffed, _lab.B.LanAddress, advBase: 0, advSkew: 0));
        await Task.Delay(Watch);
        Assert.Equal("active", ours.Status!.Role);
        Assert.Equal(["a"], _observer.Holders);
    }

    [Fact]
    public async Task Ucarp_takes_over_when_the_host_of_ours_dies_and_ours_returns_as_standby()
    {
        var (ours, ucarp) = await OursActiveUcarpStandby();
        ours.Host.PowerOff();
        await LabClock.Expect(() => _observer.Holders is ["b"], TimeSpan.FromSeconds(6), "ucarp claimed");
        ours.Host.PowerOn();
        ours.Start();
        await LabClock.Expect(() => ours.Status?.Role == "standby", TimeSpan.FromSeconds(10), "ours is standby");
        await Task.Delay(Watch);
        Assert.Equal(("standby", "MASTER"), (ours.Status!.Role, ucarp.LastState));
        ExpectNeverBoth();
    }

    public void Dispose()
    {
        _observer.Dispose();
        _lab.Dispose();
    }

    /// <summary>How long ours took until it answered the client; where that was too long, the failure says what it knew.</summary>
    private async Task<TimeSpan> TakenOver(UcarpNode ucarp, AkkaNode ours, Moment death, Action? meanwhile = null)
    {
        await LabClock.Until(() =>
        {
            meanwhile?.Invoke();
            return _observer.ClientHeard(ours.Host.Mac, death);
        }, TimeSpan.FromSeconds(10));
        var took = LabClock.Now - death;
        Assert.True(took <= HostDeath, $"ours answered after {took.TotalSeconds:0.00} s\n{new LabPair(_lab, _observer, ucarp, ours).Describe()}");
        return took;
    }

    private static long Accepted(AkkaNode node) =>
        JsonDocument.Parse(node.Ask("heartbeat", "stats", "--output", "json")).RootElement.GetProperty("accepted").GetInt64();

    private async Task<(UcarpNode Ucarp, AkkaNode Ours)> UcarpActiveOursStandby()
    {
        var (ucarp, ours) = (new UcarpNode(_lab.A, Timing.OneSecond), new AkkaNode(_lab.B));
        ucarp.Start();
        await LabClock.Expect(() => _observer.Holders is ["a"], TimeSpan.FromSeconds(8), "ucarp is master");
        ours.Start();
        await LabClock.Expect(() => ours.Status?.Role == "standby", TimeSpan.FromSeconds(8), "ours is standby");
        await Task.Delay(Watch);
        Assert.Equal(["a"], _observer.Holders);
        return (ucarp, ours);
    }

    private async Task<(AkkaNode Ours, UcarpNode Ucarp)> OursActiveUcarpStandby()
    {
        var (ours, ucarp) = (new AkkaNode(_lab.A), new UcarpNode(_lab.B, Timing.OneSecond));
        ours.Start();
        await LabClock.Expect(() => _observer.Holders is ["a"], TimeSpan.FromSeconds(15), "ours is active");
        ucarp.Start();
        await LabClock.Expect(() => ucarp.LastState == "BACKUP", TimeSpan.FromSeconds(8), "ucarp is backup");
        await Task.Delay(Watch);
        Assert.Equal(["a"], _observer.Holders);
        return (ours, ucarp);
    }

    private void ExpectNeverBoth()
    {
        var record = _observer.Snapshot();
        Assert.Equal(TimeSpan.Zero, Holdings.HeldByBoth(Holdings.Of(record.Changes, record.To)));
    }
}
