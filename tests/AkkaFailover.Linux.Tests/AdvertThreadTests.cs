using System.Collections.Concurrent;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Stalls;
using AkkaFailover.Core.Wire;
using AkkaFailover.Linux.Heartbeat;
using AkkaFailover.Linux.Lan;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Tests.Support;
using AkkaFailover.Linux.Time;
using Xunit;

namespace AkkaFailover.Linux.Tests;

public sealed class AdvertThreadTests
{
    /// <summary>51 adverts; longer than a busy machine stands still.</summary>
    private static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(1);

    private static Moment Now => BootClock.Instance.Now;

    [Fact]
    public void Adverts_leave_at_once_and_then_at_their_interval_on_a_real_wire()
    {
        using var lan = new LanPair();
        var received = new ConcurrentQueue<(Moment At, byte[] Frame)>();
        using var b = lan.B.Run(() => new PcapPort(new LanRequest(LanPair.Interface, "ip proto 112", [], (frame, at) => received.Enqueue((at, frame.ToArray())))));
        using var a = lan.A.Run(() => new PcapPort(new LanRequest(LanPair.Interface, "ip proto 112", [], (_, _) => { })));
        using var bench = new AdvertBench(a, advSkew: 13);
        _ = a.TrySend(new byte[60]);

        var started = Now;
        bench.Start();
        Eventually.True(() => received.Count >= 20, "twenty adverts");
        bench.Thread.Stop();

        var adverts = received.ToList();
        // At once, and not after an interval; later by what the machine stood still.
        Assert.InRange(adverts[0].At - started, TimeSpan.Zero, (bench.Interval * 0.9) + bench.LongestStall);
        Assert.All(adverts, advert => Assert.Equal(WireRefusal.None, CarpFrame.TryRead(advert.Frame, out _)));
        // One that is skipped would add 5 %.
        var took = adverts[19].At - adverts[0].At;
        Assert.InRange(took, (bench.Interval * 19 * 0.98) - bench.LongestStall, (bench.Interval * 19 * 1.02) + bench.LongestStall);
        Assert.Null(bench.Lapse);
    }

    [Fact]
    public void Every_counter_is_above_the_one_before_and_the_release_above_all_of_them()
    {
        var port = new MemoryPort(_ => true);
        using var bench = new AdvertBench(port);

        bench.Start();
        Eventually.True(() => port.Sent.Count >= 3, "three adverts");
        bench.Thread.Start(AdvertBench.Term, bench.Lease);
        Eventually.True(() => port.Sent.Count >= 6, "three more of the same term");
        bench.Thread.Stop();
        var release = bench.Writer.Release(AdvertBench.Term);

        Assert.Equal(WireRefusal.None, CarpFrame.TryRead(release, out var frame));
        var counters = port.Sent.Select(s => s.Counter).Append(frame.Advert.Counter).ToList();
        Assert.All(counters.Zip(counters.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.True(frame.Advert.IsReleasePace && frame.Advert.Counter.Released);
    }

    [Fact]
    public void No_advert_leaves_after_the_stop()
    {
        var port = new MemoryPort(_ => true);
        using var bench = new AdvertBench(port, advSkew: 1);

        for (var i = 0; i < 50; i++)
        {
            var before = port.Sent.Count;
            bench.Start();
            Eventually.True(() => port.Sent.Count > before, "an advert");
            bench.Thread.Stop();
            var stopped = Now;

            Assert.True(port.Sent[^1].At <= stopped);
        }
    }

    [Fact]
    public void Each_advert_that_left_extends_the_lease_from_before_its_sending()
    {
        var port = new MemoryPort(_ => true);
        using var bench = new AdvertBench(port);

        bench.Start();
        Eventually.True(() => port.Sent.Count >= 5, "five adverts");
        bench.Thread.Stop();

        // From before this one, and after the one before it.
        Assert.True(bench.Until > port.Sent[^2].At + bench.Lease);
        Assert.True(bench.Until <= port.Sent[^1].At + bench.Lease);
    }

    [Fact]
    public void An_advert_that_did_not_leave_does_not_extend_the_lease_and_its_end_is_reported()
    {
        const int Leaving = 3;
        var port = new MemoryPort(i => i < Leaving);
        using var bench = new AdvertBench(port) { Lease = ShortLease };

        bench.Start();
        Eventually.True(() => bench.Lapse is not null, "the end of the lease");

        Assert.Equal(Leaving, port.Sent.Count);
        Assert.Contains("could not be sent", bench.Lapse);
        Assert.True(bench.Until <= port.Sent[^1].At + bench.Lease);
        Assert.InRange(bench.LapsedAt - bench.Until, TimeSpan.Zero, TimeSpan.FromMilliseconds(50) + bench.LongestStall);
        Assert.True(bench.Thread.Sent.Failures >= 2);
    }

    [Fact]
    public void A_send_that_is_held_up_beyond_the_lease_extends_nothing_and_is_the_last()
    {
        const int Stuck = 3;
        using var gate = new ManualResetEventSlim();
        var port = new MemoryPort(i => i != Stuck || gate.Wait(TimeSpan.FromSeconds(10)));
        using var bench = new AdvertBench(port) { Lease = ShortLease };

        bench.Start();
        Eventually.True(() => bench.Until != Moment.Zero && Now > bench.Until, "the lease is over while the send is stuck");
        var until = bench.Until;
        gate.Set();
        Eventually.True(() => bench.Lapse is not null, "the report");

        Assert.Contains("late", bench.Lapse);
        Assert.Equal(until, bench.Until);
        Assert.Equal(Stuck + 1, port.Sent.Count);
    }

    [Fact]
    public void A_stall_is_counted_with_its_length_and_the_longest_is_kept()
    {
        const int Stuck = 3;
        var held = TimeSpan.FromMilliseconds(60);
        var port = new MemoryPort(i =>
        {
            if (i == Stuck) Spin(held);
            return true;
        });
        using var bench = new AdvertBench(port);

        bench.Start();
        Eventually.True(() => port.Sent.Count > Stuck + 1, "the advert after the one that was stuck");
        var sent = bench.Thread.Sent;

        Assert.Null(bench.Lapse);
        Assert.True(sent.LongestStall!.Value.Length >= held);
        Assert.True(sent.Stalls.Zip(Stall.Bounds).Where(bucket => bucket.Second > held.TotalMilliseconds).Sum(bucket => bucket.First) >= 1);
    }

    // Not SpinUntil: its clock ticks some milliseconds, and so much too early it may end.
    private static void Spin(TimeSpan time)
    {
        for (var end = Now + time; Now < end;) Thread.SpinWait(100);
    }

    [Fact]
    public void A_stall_beyond_the_lease_is_reported_with_its_length_and_cause()
    {
        const int Stuck = 3;
        var port = new MemoryPort(i =>
        {
            if (i == Stuck) Spin(ShortLease * 1.5);
            return true;
        });
        using var bench = new AdvertBench(port) { Lease = ShortLease };

        bench.Start();
        Eventually.True(() => bench.Lapse is not null, "the end of the lease");

        Assert.Contains($"held up for {bench.Thread.Sent.LongestStall}", bench.Lapse);
        Assert.Equal(Stuck + 1, port.Sent.Count);
    }

    [Fact]
    public void The_collections_within_a_stall_are_counted()
    {
        var watch = new StallWatch();
        watch.Begin();
        var due = Now;
        // Live data that a collection has to go through.
        var live = Enumerable.Range(0, 200_000).Select(i => new[] { i }).ToList();
        var before = GC.GetTotalPauseDuration();
        for (var i = 0; i < 20; i++) GC.Collect();
        var collected = GC.GetTotalPauseDuration() - before;
        GC.KeepAlive(live);
        var stall = watch.Look(due, Now);
        watch.End();

        Assert.True(stall.Collecting >= collected && collected > TimeSpan.Zero, $"{stall.Collecting} of {collected}");
        Assert.Equal(stall, watch.Longest);
        Assert.Equal(1, watch.Counts.Sum());
    }

    [Fact]
    public void The_kernel_tells_how_long_a_thread_waited_for_a_processor()
    {
        using var over = new CancellationTokenSource();
        using var delays = ThreadDelays.OfThisThread();
        List<Thread> burners = [.. Enumerable.Range(0, Environment.ProcessorCount * 2).Select(_ => new Thread(() => Burn(over.Token)))];

        burners.ForEach(t => t.Start());
        SpinWait.SpinUntil(() => delays!.Total > TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(20));
        over.Cancel();
        burners.ForEach(t => t.Join());

        Assert.True(delays!.Total > TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public void After_a_lapse_a_new_start_sends_again()
    {
        var down = true;
        var port = new MemoryPort(_ => !Volatile.Read(ref down));
        using var bench = new AdvertBench(port) { Lease = ShortLease };
        bench.Start();
        Eventually.True(() => bench.Lapse is not null, "the end of the lease");

        Volatile.Write(ref down, false);
        bench.Thread.Start(new Term(8), bench.Lease);

        Eventually.True(() => port.Sent.Count > 0, "an advert");
        Assert.Equal(new Term(8), port.Sent[0].Counter.Term);
    }

    [Fact]
    public void The_loop_does_not_allocate()
    {
        using var lan = new LanPair();
        using var port = lan.A.Run(() => new PcapPort(new LanRequest(LanPair.Interface, "ip proto 112", [], (_, _) => { })));
        var meter = new AllocationMeter();
        using var bench = new AdvertBench(port, advSkew: 1, lease: meter);

        bench.Start();
        Eventually.True(() => meter.Count > AllocationMeter.WarmUp + 200, "two hundred adverts");

        Assert.Equal(0, meter.Allocated);
    }

    [Fact]
    public void With_real_time_priority_adverts_are_on_time_on_a_busy_host()
    {
        var port = new MemoryPort(_ => true);
        using var bench = new AdvertBench(port, advSkew: 5);
        using var over = new CancellationTokenSource();
        List<Thread> burners = [.. Enumerable.Range(0, Environment.ProcessorCount + 1).Select(_ => new Thread(() => Burn(over.Token)))];

        burners.ForEach(t => t.Start());
        bench.Start();
        Eventually.True(() => bench.Thread.Sent.Sent >= 100, "a hundred adverts");
        over.Cancel();
        burners.ForEach(t => t.Join());

        var sent = bench.Thread.Sent;
        Assert.True(sent.RealTime, "the tests run as root");
        Assert.Null(bench.Lapse);
        var within5Ms = sent.Lateness.Zip(AdvertsSent.LatenessBounds).Where(b => b.Second <= 5).Sum(b => b.First);
        Assert.InRange((double)within5Ms / sent.Lateness.Sum(), 0.9, 1);
    }

    private static void Burn(CancellationToken until)
    {
        for (var i = 0; !until.IsCancellationRequested; i++) Math.Sqrt(i);
    }

    /// <summary>Counts what the sending thread allocates from one advert to the next.</summary>
    private sealed class AllocationMeter : ILeaseSink
    {
        public const int WarmUp = 50;

        private long _base;
        private long _allocated;
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public long Allocated => Volatile.Read(ref _allocated);

        public void Extend(Moment until)
        {
            if (_count == WarmUp) _base = GC.GetAllocatedBytesForCurrentThread();
            if (_count > WarmUp) Volatile.Write(ref _allocated, GC.GetAllocatedBytesForCurrentThread() - _base);
            Volatile.Write(ref _count, _count + 1);
        }
    }
}
