using System.Globalization;
using System.Text.RegularExpressions;
using AkkaFailover.Core.Wire;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Tests;

/// <summary>
/// A node that stood still for longer than its lease wakes without the role: nothing of its old term is on the wire then, neither an
/// advert nor an announcement that came due meanwhile.
/// </summary>
public abstract class StallTests(AkkaLab lab, TimeSpan beforeTheStop, TimeSpan stop)
{
    private const int Runs = 3;
    private static readonly byte[] ToAll = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    // What was due wakes with the process; the scheduler's next tick is there too by then.
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);

    // A standstill counts from when the node was stepped last, and is told from when it was to be.
    private static readonly TimeSpan LateSign = TimeSpan.FromMilliseconds(150);

    // Each listens for a deadline, one after the other, and claims.
    private static readonly TimeSpan NextHolder = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData("the daemon")]
    [InlineData("daemon and guard")]
    public async Task Nothing_of_the_old_term_leaves_after_a_stall_beyond_the_lease(string standsStill)
    {
        using var wire = new Wire(lab.Network.Watcher);
        for (var run = 0; run < Runs; run++)
        {
            await lab.Pair.Settle();
            lab.Observer.Reset();
            var (node, successor) = (lab.Standby, lab.Active);
            successor.Ask("group", "handover");
            await LabClock.ExpectPromptly(() => lab.Observer.Holders is [var holder] && holder == node.Host.Name, TimeSpan.FromSeconds(2), "the role has moved");
            // An announcement comes due while it stands still.
            await Task.Delay(beforeTheStop);
            var (known, starved, distrusted) = (Stalls(node).Count, Stalls(successor).Count, Distrusted(successor));
            if (standsStill == "the daemon") node.Freeze();
            else node.FreezeHost();
            await Task.Delay(stop);
            var newest = wire.Drain().Max(Term);
            node.Thaw();
            await Task.Delay(Watch);
            // Whatever follows the advert of a newer term belongs to a claim of its own.
            var spoken = wire.Drain().Where(frame => SpeaksAsHolder(frame, node.Host)).TakeWhile(frame => Term(frame) <= newest).Select(Convert.ToHexString).ToList();
            Assert.True(spoken.Count == 0, $"{string.Join('\n', spoken)}\n{lab.Pair.Describe()}");
            Assert.True(Stalls(node).Skip(known).Any(length => length >= stop - LateSign), $"no standstill of {stop.TotalSeconds:0.00} s in the history\n{lab.Pair.Describe()}");
            // A successor that stood still itself as the release came does not trust it, and listens first; the other one may be the next one then.
            if (Stalls(successor).Count > starved && Distrusted(successor) > distrusted)
            {
                await lab.Pair.Expect(() => lab.Observer.Holders.Count == 1, NextHolder, "somebody has claimed");
                await lab.Pair.ExpectRest();
                Assert.True(lab.Active.Status!.Term > newest.Value, lab.Pair.Describe());
            }
            else Assert.True(node.Status!.Role == "standby" && lab.Observer.Holders is [var heir] && heir == successor.Host.Name, lab.Pair.Describe());
            lab.ExpectNeverBoth();
        }
    }

    /// <summary>The control: with a holder that runs, the same wire shows both.</summary>
    [Fact]
    public async Task A_holder_is_heard_on_the_same_wire()
    {
        using var wire = new Wire(lab.Network.Watcher);
        await lab.Pair.Settle();
        var node = lab.Standby;
        lab.Active.Ask("group", "handover");
        await lab.Pair.ExpectRest();
        var frames = wire.Drain().Where(frame => SpeaksAsHolder(frame, node.Host)).ToList();
        Assert.Contains(frames, frame => CarpFrame.TryRead(frame, out _) == WireRefusal.None);
        Assert.Contains(frames, frame => ArpFrame.TryRead(frame, out _) == WireRefusal.None);
    }

    /// <summary>How long the node says that it stood still, each time.</summary>
    private static List<TimeSpan> Stalls(AkkaNode node) =>
        [.. Regex.Matches(node.History, "stood still for ([0-9.]+) s").Select(match => TimeSpan.FromSeconds(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)))];

    /// <summary>How many releases the node did not follow because it had stood still.</summary>
    private static int Distrusted(AkkaNode node) => Regex.Count(node.History, "released the role, perhaps long ago");

    /// <summary>An advert that is no release, or an ARP frame to all in the name of the virtual address: who asks is answered by the kernel, which has it for a while where the guard stands still too.</summary>
    private static bool SpeaksAsHolder(byte[] frame, LabHost host)
    {
        if (CarpFrame.TryRead(frame, out var advert) == WireRefusal.None) return advert.Source.ToString() == host.LanAddress && !advert.Advert.Counter.Released;
        return frame.AsSpan().StartsWith(ToAll) && ArpFrame.TryRead(frame, out var arp) == WireRefusal.None && arp.SenderMac == host.Mac && arp.SenderAddress.ToString() == LabTopology.VirtualAddress;
    }

    /// <summary>The term of an advert; that of no other frame.</summary>
    private static Term Term(byte[] frame) => CarpFrame.TryRead(frame, out var advert) == WireRefusal.None ? advert.Advert.Counter.Term : Core.Term.None;

    /// <summary>All frames that a host of the LAN receives, in their order.</summary>
    private sealed class Wire(LabHost host) : IDisposable
    {
        private readonly RawSocket _socket = RawSocket.Packet(host, RawSocket.EveryEtherType);
        private readonly byte[] _buffer = new byte[2048];

        public List<byte[]> Drain()
        {
            var frames = new List<byte[]>();
            for (int length; (length = _socket.Receive(_buffer)) > 0;) frames.Add(_buffer[..length]);
            return frames;
        }

        public void Dispose() => _socket.Dispose();
    }
}

/// <summary>At the default timing: the announcement of the first second comes due.</summary>
public sealed class StallsAtTheDefaultTiming(DefaultLab lab) : StallTests(lab, TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(1)), IClassFixture<DefaultLab>
{
    private readonly DefaultLab _lab = lab;

    /// <summary>An advert is due within the stop, at a random moment of it; the stall counts from there.</summary>
    [Fact]
    public async Task Stalls_shorter_than_the_lease_move_nothing_and_are_counted()
    {
        const int Longer = 50, Attempts = 10;
        await _lab.Pair.Settle();
        var active = _lab.Active;
        var before = active.StallsOver(Longer);
        _lab.Observer.Reset();
        for (var attempt = 0; attempt < Attempts && active.StallsOver(Longer) == before; attempt++)
        {
            active.Freeze();
            await Task.Delay(Timing.Default.Heartbeat.Interval);
            active.Thaw();
        }
        Assert.True(active.StallsOver(Longer) > before, active.Lateness);
        _lab.ExpectNothingMoved(active);
    }
}

/// <summary>With fast heartbeats: that of the first tenth of a second does.</summary>
[Trait("promise", "open")]
public sealed class StallsWithFastHeartbeats(FastLab lab) : StallTests(lab, TimeSpan.Zero, TimeSpan.FromMilliseconds(250)), IClassFixture<FastLab>;
