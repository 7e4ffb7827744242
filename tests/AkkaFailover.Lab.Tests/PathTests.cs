using AkkaFailover.Lab.Scenarios;

namespace AkkaFailover.Lab.Tests;

/// <summary>Paths that break while both nodes live.</summary>
public sealed class PathTests(DefaultLab lab) : IClassFixture<DefaultLab>
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Without_the_cluster_link_adverts_alone_keep_the_roles()
    {
        await lab.Pair.Settle();
        var active = lab.Active;
        lab.Observer.Reset();
        lab.Network.Switch.PartitionLink(active.Host);
        await Task.Delay(Watch);
        lab.ExpectNothingMoved(active);
        Assert.Contains("cluster-link-lost", lab.Standby.Status!.AlarmText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_dies_while_the_cluster_link_is_down_is_replaced()
    {
        await lab.Pair.Settle();
        lab.Network.Switch.PartitionLink(lab.Active.Host);
        await Task.Delay(Watch);
        var (active, standby) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        active.Host.PowerOff();
        await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([standby.Host.Name]), lab.Deadline + TimeSpan.FromSeconds(1), "the other node claimed");
        lab.ExpectNeverBoth();
    }

    [Fact]
    [Trait("promise", "open")]
    public async Task An_active_whose_LAN_is_cut_silently_gives_way_to_a_standby_that_hears_the_LAN()
    {
        var cut = new Fault("lan-cut", "the active's LAN cut silently", Outcome.Moves, TimeSpan.FromSeconds(2), (pair, active) =>
        {
            pair.Lab.Switch.Cut(active.Host);
            return Task.CompletedTask;
        });
        var run = await FaultRun.Measure(lab.Pair, cut, "akka-failover", "default");
        Assert.Equal((0.0, "new"), (run.HeldByBothMs, run.Holder));
        Assert.InRange(run.MovedMs!.Value, 0, 3000);
    }

    [Fact]
    public async Task A_standby_that_hears_nobody_claims_nothing()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        lab.Network.Switch.Cut(standby.Host);
        await Task.Delay(Watch);
        lab.ExpectNothingMoved(active);
    }

    [Fact]
    public async Task Heavy_loss_of_packets_moves_nothing()
    {
        await lab.Pair.Settle();
        var active = lab.Active;
        lab.Observer.Reset();
        lab.Network.Switch.Lose(active.Host, percent: 30);
        await Task.Delay(Watch * 2);
        Assert.Equal([active.Host.Name], lab.Observer.Holders);
        lab.ExpectNeverBoth();
        var term = active.Status!.Term;
        lab.Network.Switch.RestoreFrames();
        await lab.Pair.ExpectRest();
        Assert.Equal((active, term), (lab.Active, active.Status!.Term));
    }
}
