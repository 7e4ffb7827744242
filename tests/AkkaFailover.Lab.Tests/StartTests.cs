using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>Starts, returns and restarts.</summary>
public sealed class StartTests(DefaultLab lab, ITestOutputHelper output) : IClassFixture<DefaultLab>
{
    // The promise is the deadline and two seconds, or two, or three seconds; all of it is processor time, and the machine may run other
    // work beside. Twenty pairs that started together took 1.6 to 2.5 s, five returns to the cluster 1.7 to 2.4 s.
    private static readonly TimeSpan MachineNoise = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Two_that_start_at_the_same_moment_make_one_active()
    {
        for (var round = 0; round < 20; round++)
        {
            lab.Pair.Clear();
            lab.Observer.Reset();
            var pace = await Pace();
            var start = LabClock.Now;
            lab.A.Start();
            lab.B.Start();
            await lab.Pair.Expect(() => lab.Observer.Holders.Count == 1, lab.Deadline + pace * TimeSpan.FromSeconds(2) + MachineNoise, $"one active in round {round}");
            output.WriteLine($"round {round}: one active {(LabClock.Now - start).TotalSeconds:0.00} s after both were started; the machine took {pace:0.0} of the usual time");
            await lab.Pair.ExpectRest();
            lab.ExpectNeverBoth();
        }
    }

    [Fact]
    public async Task A_node_beside_an_active_is_standby_within_two_seconds()
    {
        await lab.Pair.Settle();
        var standby = lab.Standby;
        standby.Clear();
        var pace = await Pace();
        var start = LabClock.Now;
        standby.Start();
        await lab.Pair.Expect(() => standby.Status?.Role == "standby", TimeSpan.FromSeconds(10), "standby");
        var took = LabClock.Now - start;
        output.WriteLine($"standby {took.TotalSeconds:0.00} s after its start");
        Assert.InRange(took, TimeSpan.Zero, pace * TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_node_that_returns_with_the_better_advskew_stays_standby()
    {
        lab.Reset();
        PairConfiguration.Override(lab.Network.B, "failover.groups.vpn.heartbeat.carp.advskew = 40");
        await lab.Pair.Settle();
        if (lab.Active == lab.B) lab.B.Ask("group", "handover", "--wait");
        await lab.Pair.ExpectRest();
        Assert.Same(lab.A, lab.Active);
        lab.Observer.Reset();
        lab.B.KillDaemon();
        await lab.Pair.Settle();
        await Task.Delay(lab.Deadline * 3);
        Assert.Equal("standby", lab.B.Status!.Role);
        lab.ExpectNothingMoved(lab.A);
        lab.Reset();
    }

    [Fact]
    public async Task Twenty_crashes_of_the_standby_do_not_touch_the_active()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        var term = active.Status!.Term;
        lab.Observer.Reset();
        for (var crash = 0; crash < 20; crash++)
        {
            standby.KillDaemon();
            await lab.Pair.Expect(() => !standby.Runs, TimeSpan.FromSeconds(5), "the standby died");
            standby.Start();
            await lab.Pair.Expect(() => standby.Status?.Role == "standby", TimeSpan.FromSeconds(10), $"standby again after crash {crash}");
        }
        await lab.Pair.ExpectRest();
        Assert.Equal(term, active.Status!.Term);
        lab.ExpectNothingMoved(active);
        Assert.DoesNotContain(" ERR ", active.Process!.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(" FTL ", active.Process!.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_died_is_back_in_the_cluster_three_seconds_after_its_start()
    {
        for (var round = 0; round < 5; round++)
        {
            await lab.Pair.Settle();
            var (dead, other) = (lab.Active, lab.Standby);
            dead.Host.PowerOff();
            await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([other.Host.Name]), lab.Deadline * 3, $"the other node claimed in round {round}");
            // The survivor has not given the old connection up yet, is about to, or has done so.
            await Task.Delay(TimeSpan.FromSeconds(round));
            dead.Host.PowerOn();
            dead.Clear();
            var pace = await Pace();
            var start = LabClock.Now;
            dead.Start();
            await lab.Pair.Expect(() => InCluster(dead) && InCluster(other), TimeSpan.FromSeconds(20), $"both in the cluster in round {round}");
            var took = LabClock.Now - start;
            output.WriteLine($"round {round}: both in the cluster {took.TotalSeconds:0.00} s after the start");
            Assert.InRange(took, TimeSpan.Zero, pace * TimeSpan.FromSeconds(3) + MachineNoise);
        }

        static bool InCluster(AkkaNode node) => node.Status is { Peers: [{ Evidence.Cluster: "ok" }] } && node.MembersUp == 2;
    }

    [Fact]
    public async Task A_restart_of_the_active_moves_the_role_once()
    {
        await lab.Pair.Settle();
        var (old, other) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        old.Terminate();
        Assert.Equal(0, await old.Process!.Exit(TimeSpan.FromSeconds(10)));
        old.Start();
        await lab.Pair.ExpectRest();
        Assert.Same(other, lab.Active);
        var record = lab.Observer.Snapshot();
        Assert.Equal([old.Host.Name, other.Host.Name], Holdings.Of(record.Changes, record.To).Select(holding => holding.Host));
        Assert.InRange(Outage.LongestGap(record.Pings, record.From, record.To), TimeSpan.Zero, LongestGap);
        lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task Adverts_reach_real_network_cards()
    {
        await lab.Pair.Settle();
        foreach (var node in new[] { lab.A, lab.B })
        {
            // A virtual cable delivers every multicast; a real card only the groups that were joined.
            Assert.Contains("224.0.0.18", node.Host.Run("ip", "maddress", "show", "dev", "eth0"), StringComparison.Ordinal);
            Assert.Contains("promiscuity 0", node.Host.Run("ip", "-details", "link", "show", "dev", "eth0"), StringComparison.Ordinal);
        }
    }

    private Task<double> Pace() => StartPace.Measure(lab.A, lab.B);
}
