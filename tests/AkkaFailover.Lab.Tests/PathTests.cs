using System.Text.Json;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using AkkaFailover.Lab.Scenarios;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>Paths that break while both nodes live.</summary>
public sealed class PathTests(DefaultLab lab, ITestOutputHelper output) : IClassFixture<DefaultLab>
{
    private const string PathLost = "heartbeat-path-lost";
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(5);

    // The last one comes 10 s after the claim.
    private static readonly TimeSpan AnnouncementsEnd = TimeSpan.FromSeconds(10.5);

    // Neighbours are asked each second, and answer within milliseconds.
    private static readonly TimeSpan RoundOfASecond = TimeSpan.FromSeconds(1.2);

    // What a busy machine may add to the deadline.
    private static readonly TimeSpan MachineNoise = TimeSpan.FromMilliseconds(50);

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

    /// <summary>1.5 intervals, a round of 300 ms or D, whichever is longer, and the machine's share; where the adverts still arrive, the next regular question of a second and two rounds.</summary>
    [Theory]
    [InlineData(Direction.Both, 1000)]
    [InlineData(Direction.From, 1000)]
    [InlineData(Direction.To, 2000)]
    public async Task An_active_whose_LAN_is_cut_silently_gives_way_to_a_standby_that_hears_the_LAN(Direction direction, double boundMs)
    {
        await lab.Pair.Settle();
        var (isolated, released) = (Count(lab.Active, "LAN isolated"), Count(lab.Standby, "released the role"));
        var run = await FaultRun.Measure(lab.Pair, Fault.CutCable(direction), "akka-failover", "default");
        output.WriteLine($"{direction}: in the other kernel after {run.ClaimedMs:0} ms, answered after {run.MovedMs:0} ms, held by both {run.HeldByBothMs} ms");
        Assert.Equal((0.0, 0.0, "new"), (run.HeldByBothMs, run.AnsweredByBothMs, run.Holder));
        Assert.InRange(run.MovedMs!.Value, 0, boundMs);
        Assert.True(run.EndsAs(Fault.CableCut.Outcome), $"{run}");
        Assert.Equal(isolated + 1, Count(lab.Standby, "LAN isolated"));
        Assert.Equal(released + 1, Count(lab.Active, "released the role"));
    }

    /// <summary>Here the guarantee ends: both hold it. The first path that heals ends it; the higher term stays, and the client is on it.</summary>
    [Theory]
    [InlineData(LabTopology.Lan)]
    [InlineData(LabTopology.Link)]
    [InlineData(LabTopology.Lan, LabTopology.Link)]
    public async Task A_total_partition_without_a_witness_ends_within_two_deadlines_of_the_first_path(params string[] healed)
    {
        await lab.Pair.Settle();
        var (old, newer) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        lab.Network.Switch.CutOff(old.Host);
        await lab.Pair.Expect(() => lab.Observer.Holders.Count == 2 && newer.Status is { Role: "active" } claimer && claimer.Term > old.Status!.Term, lab.Deadline + TimeSpan.FromSeconds(2), "both hold the address");
        var mended = LabClock.Now;
        foreach (var segment in healed) lab.Network.Switch.Mend(old.Host, segment);
        await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([newer.Host.Name]), Watch, "one gives way");
        await Task.Delay(Watch);
        var record = lab.Observer.Snapshot();
        var both = Holdings.Overlaps(Holdings.Of(record.Changes, record.To)).Max(overlap => overlap.To) - mended;
        output.WriteLine($"{string.Join(" and ", healed)}: one again after {both.TotalMilliseconds:0} ms");
        Assert.InRange(both, TimeSpan.Zero, (2 * lab.Deadline) + lab.Observer.Noise(MachineNoise));
        Assert.Equal([newer.Host.Name], lab.Observer.Holders);
        Assert.Equal([newer.Host.Mac], record.Pings.Where(answer => answer.At > record.To - (Watch / 2)).Select(answer => answer.From).Distinct());
    }

    /// <summary>The clients were on the old active's side. The announcements of the claim were lost in the partition, the last one 10 s after it, and no higher term can be heard of who hangs.</summary>
    [Fact]
    public async Task Clients_reach_who_claimed_in_a_long_partition_although_the_old_active_hangs_at_its_end()
    {
        await lab.Pair.Settle();
        var (old, newer) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        lab.Network.Switch.CutOff(newer.Host);
        await lab.Pair.Expect(() => lab.Observer.Holders.Count == 2, lab.Deadline + TimeSpan.FromSeconds(2), "both hold the address");
        await Task.Delay(AnnouncementsEnd);
        old.Freeze();
        var mended = LabClock.Now;
        try
        {
            await lab.Pair.Expect(() => lab.Observer.Holders.SequenceEqual([newer.Host.Name]), Watch, "the guard of the one that hangs has released");
            mended = LabClock.Now;
            lab.Network.Switch.RestoreFrames();
            await lab.Pair.Expect(() => lab.Observer.Snapshot().Pings is [.., { From: var from } last] && from == newer.Host.Mac && last.At > mended, Watch, "the client is with the other one");
        }
        finally
        {
            old.Thaw();
        }
        var took = lab.Observer.Snapshot().Pings.First(answer => answer.At > mended && answer.From == newer.Host.Mac).At - mended;
        output.WriteLine($"the client was back after {took.TotalMilliseconds:0} ms");
        Assert.InRange(took, TimeSpan.Zero, RoundOfASecond + lab.Observer.Noise(MachineNoise));
    }

    [Theory]
    [InlineData(Direction.Both)]
    [InlineData(Direction.From)]
    [InlineData(Direction.To)]
    public async Task A_standby_that_reaches_nobody_claims_nothing_is_in_fault_and_comes_back(Direction direction)
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        lab.Observer.Reset();
        lab.Network.Switch.Cut(standby.Host, direction: direction);
        await lab.Pair.Expect(() => standby.Status is { Role: "fault", Eligible: false } status && status.AlarmText.Contains("lan-isolated", StringComparison.Ordinal),
            Watch, "the standby is in fault, and says why");
        await Task.Delay(Watch);
        Assert.Equal("fault", standby.Status!.Role);
        lab.ExpectNothingMoved(active);
        lab.Network.Switch.RestoreFrames();
        await lab.Pair.ExpectRest();
        Assert.Equal(active, lab.Active);
        Assert.DoesNotContain("lan-isolated", standby.Status!.AlarmText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_that_are_isolated_from_each_other_move_nothing_and_both_nodes_name_the_path()
    {
        await lab.Pair.Settle();
        var active = lab.Active;
        lab.Observer.Reset();
        lab.Network.Switch.Isolate(lab.A.Host, lab.B.Host);
        await ExpectAlarmOnBoth();
        await Task.Delay(Watch);
        lab.ExpectNothingMoved(active);
        Assert.All([lab.A, lab.B], node => Assert.DoesNotContain("lan-isolated", node.Status!.AlarmText, StringComparison.Ordinal));
        await ExpectMended(active);
    }

    [Fact]
    public async Task Multicast_that_is_lost_moves_nothing_and_is_an_alarm_within_one_deadline()
    {
        await lab.Pair.Settle();
        var active = lab.Active;
        lab.Observer.Reset();
        lab.Network.Switch.DropHeartbeats(active.Host);
        await ExpectAlarmOnBoth();
        await Task.Delay(Watch * 2);
        lab.ExpectNothingMoved(active);
        await ExpectMended(active);
    }

    /// <summary>Within a deadline, by the daemons' own words.</summary>
    private async Task ExpectAlarmOnBoth()
    {
        var began = DateTimeOffset.UtcNow;
        await lab.Pair.Expect(() => NamesThePath(lab.A) && NamesThePath(lab.B), Watch, "both nodes name the broken path");
        foreach (var node in new[] { lab.A, lab.B })
        {
            var after = node.Status!.AlarmSince(PathLost)!.Value - began;
            output.WriteLine($"{node.Host.Name} named it after {after.TotalMilliseconds:0} ms");
            Assert.InRange(after, TimeSpan.Zero, lab.Deadline + lab.Observer.Noise(MachineNoise));
        }
    }

    private async Task ExpectMended(AkkaNode active)
    {
        lab.Network.Switch.RestoreFrames();
        await lab.Pair.Expect(() => !NamesThePath(lab.A) && !NamesThePath(lab.B), TimeSpan.FromSeconds(2), "the alarm is over");
        Assert.Equal(active, lab.Active);
    }

    /// <summary>How many changes of a node's role have such a cause.</summary>
    private static int Count(AkkaNode node, string cause)
    {
        using var history = JsonDocument.Parse(node.History);
        return history.RootElement.GetProperty("events").EnumerateArray()
            .Count(happened => happened.TryGetProperty("to", out var to) && to.GetString() is "releasing" or "replaying" && happened.GetProperty("cause").GetString()!.Contains(cause, StringComparison.Ordinal));
    }

    private static bool NamesThePath(AkkaNode node) => node.Status?.AlarmSince(PathLost) is not null;

    [Fact]
    public async Task Heavy_loss_of_packets_moves_nothing()
    {
        await lab.Pair.Settle();
        var active = lab.Active;
        var term = active.Status!.Term;
        lab.Observer.Reset();
        foreach (var node in new[] { lab.A, lab.B }) lab.Network.Switch.Lose(node.Host, percent: 30);
        await Task.Delay(Watch * 2);
        lab.ExpectHeldBy(active);
        lab.Network.Switch.RestoreFrames();
        await lab.Pair.ExpectRest();
        Assert.Equal((active, term), (lab.Active, active.Status!.Term));
    }
}
