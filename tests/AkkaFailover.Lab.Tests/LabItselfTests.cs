using System.Net.NetworkInformation;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Tests;

/// <summary>The measuring equipment: what it shows is there, and what it drops is really lost.</summary>
public sealed class LabItselfTests : IDisposable
{
    private static readonly string[] AddressOfLab = ["address", "add", $"{LabTopology.VirtualAddress}/{LabTopology.PrefixLength}", "dev", "eth0"];

    // A kernel that could not resolve a neighbour asks again after a second.
    private static readonly TimeSpan NeighbourRetry = TimeSpan.FromSeconds(3);
    private readonly LabNetwork _lab = LabNetwork.Create();

    [Fact]
    public async Task The_observer_sees_who_answers_and_who_holds()
    {
        using var observer = new Observer(_lab);
        _lab.A.Run(["ip", .. AddressOfLab]);
        await LabClock.Expect(() => observer.ClientHeard(_lab.A.Mac, Moment.Zero), NeighbourRetry, "the client has an answer");
        observer.Reset();
        await Task.Delay(500);
        var record = observer.Snapshot();
        Assert.Equal(["a"], observer.Holders);
        Assert.InRange(record.Pings.Count, 50, ((record.To - record.From) / Observer.Interval) + 1);
        Assert.All(record.Pings.Concat(record.Arps), answer => Assert.Equal(_lab.A.Mac, answer.From));
        Assert.InRange(record.Outside.Count, 50, ((record.To - record.From) / Observer.Interval) + 1);
    }

    [Fact]
    public async Task Two_holders_are_noticed_by_kernel_and_client()
    {
        using var observer = new Observer(_lab);
        _lab.A.Run(["ip", .. AddressOfLab]);
        _lab.B.Run(["ip", .. AddressOfLab]);
        await Task.Delay(500);
        var record = observer.Snapshot();
        Assert.InRange(Holdings.HeldByBoth(Holdings.Of(record.Changes, record.To)), TimeSpan.FromMilliseconds(450), record.To - record.From);
        Assert.InRange(Outage.AnsweredByBoth(record.Arps), TimeSpan.FromMilliseconds(400), record.To - record.From);
    }

    [Fact]
    public void Answers_to_two_questions_that_are_read_in_one_moment_are_not_answers_by_both()
    {
        Assert.Equal(TimeSpan.Zero, Outage.AnsweredByBoth([Of(station: 1, question: 7), Of(station: 2, question: 8)]));
        Assert.Equal(Observer.Interval, Outage.AnsweredByBoth([Of(station: 1, question: 7), Of(station: 1, question: 8), Of(station: 2, question: 7)]));

        static Answer Of(ulong station, uint question) => new(Moment.Zero, new MacAddress(station), question);
    }

    [Fact]
    public void A_silent_cut_loses_every_frame_and_no_carrier()
    {
        _lab.Switch.Cut(_lab.A);
        Assert.False(Reaches(_lab.A, _lab.B.LanAddress));
        Assert.True(Reaches(_lab.A, _lab.B.LinkAddress!));
        Assert.Contains("LOWER_UP", _lab.A.Run("ip", "link", "show", "eth0"), StringComparison.Ordinal);
        _lab.Switch.RestoreFrames();
        Assert.True(SpinWait.SpinUntil(() => Reaches(_lab.A, _lab.B.LanAddress), NeighbourRetry));
    }

    [Fact]
    public void A_partition_of_the_link_leaves_the_lan_alone()
    {
        _lab.Switch.PartitionLink(_lab.A);
        Assert.False(Reaches(_lab.A, _lab.B.LinkAddress!));
        Assert.True(Reaches(_lab.A, _lab.B.LanAddress));
    }

    [Fact]
    public void Dropped_heartbeats_do_not_even_reach_a_capture()
    {
        using var receiver = new LanTap(_lab.B);
        using var sender = new LanTap(_lab.A);
        var advert = Adverts.Signed(_lab.A.LanAddress, "secret", counter: 1);
        sender.Send(advert);
        Assert.Equal(advert, receiver.NextAdvert(TimeSpan.FromSeconds(1)));
        _lab.Switch.DropHeartbeats(_lab.A);
        sender.Send(advert);
        Assert.Null(receiver.NextAdvert(TimeSpan.FromSeconds(0.3)));
        Assert.True(Reaches(_lab.A, _lab.B.LanAddress));
    }

    [Fact]
    public void A_dead_host_loses_its_carrier_and_its_processes()
    {
        var process = _lab.A.Start("sleep.log", "sleep", "600");
        _lab.A.PowerOff();
        Assert.Empty(_lab.A.Processes());
        Assert.True(SpinWait.SpinUntil(() => process.HasExited, TimeSpan.FromSeconds(2)));
        Assert.Contains("NO-CARRIER", _lab.A.Run("ip", "link", "show", "eth0"), StringComparison.Ordinal);
        _lab.A.PowerOn();
        Assert.True(SpinWait.SpinUntil(() => Reaches(_lab.A, _lab.B.LanAddress), NeighbourRetry));
        Assert.True(Reaches(_lab.A, "198.51.100.10"));
    }

    [Fact]
    public void A_host_dies_at_once_also_where_the_tests_have_every_thread_of_the_pool()
    {
        using var end = new ManualResetEventSlim();
        var process = _lab.A.Start("sleep.log", "sleep", "600");
        ThreadPool.GetMinThreads(out var threads, out _);
        using var blocked = new CountdownEvent(50 * threads);
        for (var i = 0; i < blocked.InitialCount; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                end.Wait();
                blocked.Signal();
            }, null);
        }
        var start = LabClock.Now;
        _lab.A.PowerOff();
        var took = LabClock.Now - start;
        end.Set();
        blocked.Wait();
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.True(SpinWait.SpinUntil(() => process.HasExited, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_command_that_ends_without_reading_says_why()
    {
        var failure = Assert.Throws<LabException>(() => Tool.Run("sh", ["-c", "exec <&-; echo no such table >&2; exit 3"], new string('x', 1_000_000)));
        Assert.Contains("failed (3): no such table", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lab_leaves_nothing_behind()
    {
        string folder, ns;
        using (var other = LabNetwork.Create())
        {
            (folder, ns) = (other.Folder, other.A.Namespace);
            other.A.Start("sleep.log", "sleep", "600");
        }
        Assert.False(Directory.Exists(folder));
        Assert.DoesNotContain(ns, Tool.Run("ip", ["netns", "list"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Times_of_possession_overlap_only_between_nodes()
    {
        static Moment At(double seconds) => Moment.Zero + TimeSpan.FromSeconds(seconds);
        var holdings = Holdings.Of(
            [new(At(1), "a", true), new(At(3), "b", true), new(At(4), "a", false), new(At(5), "b", false), new(At(6), "a", true)], At(7));
        Assert.Equal([new Holding("a", At(1), At(4)), new Holding("b", At(3), At(5)), new Holding("a", At(6), At(7))], holdings);
        Assert.Equal(TimeSpan.FromSeconds(1), Holdings.HeldByBoth(holdings));
    }

    [Fact]
    public void An_outage_lasts_from_the_last_answer_to_the_next()
    {
        static Answer At(double seconds, ulong mac = 1) => new(Moment.Zero + TimeSpan.FromSeconds(seconds), new MacAddress(mac));
        var fault = Moment.Zero + TimeSpan.FromSeconds(2);
        Answer[] answers = [At(1), At(1.9), At(2.5, 2), At(2.6, 2)];
        Assert.Equal(TimeSpan.FromSeconds(0.6), Outage.LongestGap(answers, fault, answers[^1].At));
        Assert.Equal(TimeSpan.FromSeconds(1.4), Outage.LongestGap(answers, fault, Moment.Zero + TimeSpan.FromSeconds(4)));
        Assert.Equal(TimeSpan.FromSeconds(0.5), Outage.FirstAnswerAfter(answers, fault, new MacAddress(2)));
        Assert.Null(Outage.FirstAnswerAfter(answers, fault, new MacAddress(1)));
    }

    public void Dispose() => _lab.Dispose();

    private static bool Reaches(LabHost from, string to) =>
        NetworkNamespace.Run(from.Namespace, () => new Ping().Send(to, timeout: 300).Status == IPStatus.Success);
}
