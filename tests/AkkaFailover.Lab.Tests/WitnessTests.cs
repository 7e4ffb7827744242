using AkkaFailover.Lab.Chaos;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>A pair whose witness is the router.</summary>
public sealed class WitnessLab : AkkaLab
{
    public WitnessLab() : base(Timing.Default) => Reset(group: $"witnesses = [\"{Witness.LanAddress}\"]");

    public LabHost Witness => Network["r"];
}

/// <summary>Rule 10, and what an operator can do where it forbids a claim.</summary>
public sealed class WitnessTests(WitnessLab lab, ITestOutputHelper output) : IClassFixture<WitnessLab>
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_total_partition_is_decided_by_the_witness_on_the_standby_s_side()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        var at = LabClock.Now;
        lab.Network.Switch.CutOff(active.Host);
        await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([standby.Host.Name]), lab.Deadline + TimeSpan.FromMilliseconds(500), "the side with the witness has the role");
        await Task.Delay(Watch);
        lab.ExpectNeverBoth();
        Assert.Equal([standby.Host.Name], lab.Observer.Holders);
        var record = lab.Observer.Snapshot();
        var holdings = Holdings.Of(record.Changes, record.To);
        output.WriteLine($"released after {(holdings[0].To - at).TotalMilliseconds:0} ms, claimed after {(holdings[1].From - at).TotalMilliseconds:0} ms");
        Assert.Contains("isolated: neither a witness nor", active.History, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_total_partition_is_decided_by_the_witness_on_the_active_s_side()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        lab.Network.Switch.CutOff(standby.Host);
        await lab.Pair.Expect(() => standby.Status!.AlarmText.Contains("claim-forbidden", StringComparison.Ordinal), Watch, "the standby says why it does not claim");
        await Task.Delay(Watch);
        lab.ExpectNothingMoved(active);
    }

    [Fact]
    public async Task A_standby_that_was_cut_off_follows_when_it_is_back()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        var history = new History(standby);
        history.ReadNew();
        lab.Observer.Reset();
        // At another moment between two adverts each time.
        for (var round = 0; round < 10; round++)
        {
            lab.Network.Switch.CutOff(standby.Host);
            await lab.Pair.Expect(() => standby.Status!.AlarmText.Contains("claim-forbidden", StringComparison.Ordinal), Watch, "the standby misses everybody");
            await Task.Delay(lab.Deadline * Random.Shared.NextDouble());
            lab.Network.Switch.RestoreFrames();
            await lab.Pair.Expect(() => !standby.Status!.AlarmText.Contains("claim-forbidden", StringComparison.Ordinal), Watch, "the standby hears its active again");
        }
        await lab.Pair.Settle();
        lab.ExpectNothingMoved(active);
        Assert.DoesNotContain(history.ReadNew(), happened => happened.From.Length > 0);
    }

    [Fact]
    public async Task A_host_that_dies_is_replaced_as_fast_as_without_a_witness()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        active.Host.PowerOff();
        await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([standby.Host.Name]), lab.Deadline + TimeSpan.FromMilliseconds(500), "the standby claimed");
        lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task With_the_witness_down_nothing_moves_nobody_claims_and_an_operator_can()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        lab.Network.Switch.Cut(lab.Witness);
        await lab.Pair.Expect(() => active.Status!.AlarmText.Contains("witnesses-lost", StringComparison.Ordinal), Watch, "the active misses its witness");
        await Task.Delay(Watch);
        lab.ExpectNothingMoved(active);

        active.Host.PowerOff();
        await lab.Pair.Expect(() => standby.Status!.AlarmText.Contains("claim-forbidden", StringComparison.Ordinal), Watch, "the standby says why it does not claim");
        await Task.Delay(Watch);
        Assert.Empty(lab.Observer.Holders);
        Assert.Contains("no witness answers", standby.Ask("group", "explain"), StringComparison.Ordinal);

        Assert.Contains("although no witness answers", standby.Ask("group", "takeover", "--force"), StringComparison.Ordinal);
        await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([standby.Host.Name]), TimeSpan.FromSeconds(1), "the operator's word counts");
        await Task.Delay(Watch);
        Assert.Equal([standby.Host.Name], lab.Observer.Holders);
        lab.ExpectNeverBoth();
        Assert.Contains("takeover forced by root", standby.History, StringComparison.Ordinal);
        Assert.Contains("takeover forced by root", standby.Ask("group", "explain"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_total_partition_with_the_witness_down_leaves_nobody_until_an_operator_decides()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        lab.Network.Switch.Cut(lab.Witness);
        lab.Observer.Reset();
        lab.Network.Switch.CutOff(active.Host);
        await lab.Pair.Expect(() => lab.Observer.Holders.Count == 0, Watch, "the active released");
        await Task.Delay(Watch);
        Assert.Empty(lab.Observer.Holders);
        standby.Ask("group", "takeover", "--force");
        await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([standby.Host.Name]), TimeSpan.FromSeconds(1), "the operator's word counts");
        lab.ExpectNeverBoth();
    }

    [Fact]
    public async Task A_takeover_is_refused_beside_a_live_active_and_on_it()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        var there = standby.Ctl("group", "takeover", "--force");
        Assert.Equal(1, there.ExitCode);
        Assert.Contains("Let it release first: failoverctl group handover", there.Error, StringComparison.Ordinal);
        var here = active.Ctl("group", "takeover", "--force");
        Assert.Equal(1, here.ExitCode);
        Assert.Contains("this node is active already", here.Error, StringComparison.Ordinal);
        lab.Network.Switch.PartitionLink(active.Host);
        await Task.Delay(Watch);
        Assert.Contains("advertises on the LAN", standby.Ctl("group", "takeover", "--force").Error, StringComparison.Ordinal);
        lab.ExpectNothingMoved(active);
    }
}
