using System.Net;
using AkkaFailover.Core.Wire;
using AkkaFailover.Lab.Attacks;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>
/// 100,000 frames a second from a third host, or as many as the machine can send, bridge and deliver five times beside everything else: the roles stay,
/// adverts leave on time and arrive, and the daemons count what has come to them and take no more than half a core for 100,000 of it.
/// </summary>
public sealed class FloodTests(DefaultLab lab, ITestOutputHelper output) : IClassFixture<DefaultLab>
{
    private const int PerSecond = 100_000, DifferentFrames = 4096;
    // What a daemon takes without the flood is not the flood's (ResourceTests).
    private const double MostOfACore = 0.5, Idle = 0.05, MostMoreMebibytes = 16;

    // Less is no flood.
    private const int LeastPerSecond = 10_000;

    // Of what arrives at the interface a capture may miss some, as on a lossy LAN. It keeps no count of that, so what it hands on is compared with what has arrived.
    private const double LeastHeard = 0.7;

    // So many answers that nobody asked for are looked at in a second; lan-answers-dropped counts the others.
    private const int AnswersLookedAt = 1_000;
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(20);
    private static readonly Ipv4Address Virtual = Ipv4Address.From(IPAddress.Parse(LabTopology.VirtualAddress));

    // Each of them is as dear to its receiver as can be: all that can be forged without the passphrase is right.
    private static readonly Dictionary<string, Func<AkkaLab, CarpCounter, int, byte[]>> Floods = new()
    {
        ["adverts of strangers"] = (_, _, i) => Adverts.Signed($"192.0.2.{30 + (i % 60)}", "guess", (ulong)Random.Shared.NextInt64()),
        // The counters that are due next, so that only the digest tells them from true ones.
        ["adverts in the active's name"] = (lab, last, i) => Adverts.Signed(lab.Active.Host.LanAddress, "guess", last.Value + 1_000 + (ulong)i),
        ["adverts in the standby's name"] = (lab, last, i) => Adverts.Signed(lab.Standby.Host.LanAddress, "guess", CarpCounter.Before(new Term(last.Term.Value + 1)).Value + (ulong)i),
        ["replayed adverts"] = (lab, last, _) => Adverts.Signed(lab.Active.Host.LanAddress, "guess", last.Value),
        ["ARP requests to all"] = (_, _, i) => Write(ArpFrame.Request(MacAddress.Broadcast, Station(i), Address(i), Address(i + 1))),
        ["ARP replies to the standby"] = (lab, _, i) => Write(new ArpFrame(lab.Standby.Host.Mac, Station(i), ArpOperation.Reply, Station(i), Address(i), lab.Standby.Host.Mac, Address(i + 1))),
    };

    public static TheoryData<string> Names => [.. Floods.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_moves_nothing_and_costs_little(string name)
    {
        await lab.Pair.Settle();
        var gap = await Watched(name, Frames(name));
        Assert.InRange(gap, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Claims_of_the_address_by_thousands_of_stations_move_nothing_and_cost_little()
    {
        await lab.Pair.Settle();
        // No client knows any more where the address is; what an attacker with such means cannot have is the role.
        await Watched("claims of the address", [.. Enumerable.Range(0, DifferentFrames).Select(i => Write(ArpFrame.AnnouncementAsReply(Station(i), Virtual)))]);
        var ended = LabClock.Now;
        await lab.Pair.Expect(() => lab.Observer.ClientHeard(lab.Active.Host.Mac, ended), TimeSpan.FromSeconds(2), "the client finds the active again");
    }

    private IReadOnlyList<byte[]> Frames(string name)
    {
        using var tap = new LanTap(lab.Network.Client);
        var last = Adverts.CounterOf(tap.NextAdvert(TimeSpan.FromSeconds(2))!);
        return [.. Enumerable.Range(0, DifferentFrames).Select(i => Floods[name](lab, last, i))];
    }

    /// <summary>Floods, and compares both nodes before and after; returns the longest time in which a client had no answer.</summary>
    private async Task<TimeSpan> Watched(string name, IReadOnlyList<byte[]> frames)
    {
        var (active, standby) = (lab.Active, lab.Standby);
        var term = active.Status!.Term;
        using var pace = new AdvertPace(lab.Network, active.Host);
        lab.Observer.Reset();
        double rate;
        Usage[] before, used;
        using (var flood = new Flood(lab.Network.Client, frames, PerSecond))
        {
            // What the first frames make the daemon compile and allocate is no growth.
            await Task.Delay(TimeSpan.FromSeconds(2));
            before = [Usage.Of(active), Usage.Of(standby)];
            await Task.Delay(Watch);
            rate = flood.Rate;
            used = [Usage.Of(active).Since(before[0]), Usage.Of(standby).Since(before[1])];
        }
        var record = lab.Observer.Snapshot();
        var gap = Outage.LongestGap(record.Pings, record.From, record.To);
        output.WriteLine($"{name}: {rate:N0} frames a second sent; adverts at most {pace.Gaps.Max().TotalMilliseconds:0} ms apart; the client without an answer for {gap.TotalMilliseconds:0} ms");
        foreach (var use in used) output.WriteLine($"  {use}");

        Assert.Equal([active.Host.Name], Holdings.Of(record.Changes, record.To).Select(holding => holding.Host));
        Assert.Equal(("active", term), (active.Status!.Role, active.Status!.Term));
        Assert.InRange(pace.Gaps.Max(), TimeSpan.Zero, lab.Observer.Noise(Timing.Default.Heartbeat.Interval * 1.5));
        // Of the active's adverts the standby may miss as many, but never for a deadline.
        Assert.InRange(used[1].Accepted, pace.Gaps.Count * LeastHeard, pace.Gaps.Count);
        Assert.All(used, use => Assert.True(use.Core <= Idle + (MostOfACore * Math.Min(1, use.PerSecond / PerSecond)), $"{use}"));
        Assert.All(used, use => Assert.True(use.Mebibytes <= MostMoreMebibytes, $"{use}"));
        Assert.True(used[1].PerSecond >= LeastPerSecond, $"only {used[1].PerSecond:N0} frames a second arrived: the machine is too busy for this test");
        // What has arrived was looked at: a capture that loses most of it would be cheap too.
        var looked = name.Contains("adverts", StringComparison.Ordinal) ? 0 : AnswersLookedAt;
        Assert.All(Counting(name, used), use => Assert.True(use.Refused + (looked * use.Seconds) >= use.Frames * LeastHeard, $"{use}"));
        return gap;
    }

    /// <summary>Of active and standby, those that a flood gets through to: requests for the addresses of others do not leave the kernel, and a switch keeps replies to one station from the rest.</summary>
    private static Usage[] Counting(string name, Usage[] used) => name switch
    {
        "ARP requests to all" => [],
        "ARP replies to the standby" => [used[1]],
        _ => used,
    };

    private static MacAddress Station(int i) => new(0x0600_0000_0000UL | (uint)i);

    private static Ipv4Address Address(int i) => Ipv4Address.From(new IPAddress([192, 0, 2, (byte)(30 + (i % 60))]));

    private static byte[] Write(ArpFrame frame)
    {
        var octets = new byte[ArpFrame.Length];
        frame.Write(octets);
        return octets;
    }

    /// <summary>What a node has used so far, or between two looks.</summary>
    private sealed record Usage(string Node, double Seconds, double Core, double Mebibytes, long Frames, long Accepted, long Refused)
    {
        public double PerSecond => Frames / Seconds;

        public static Usage Of(AkkaNode node)
        {
            var pids = node.Host.Processes();
            return new Usage(node.Host.Name, LabClock.Now.Nanoseconds / 1e9, pids.Sum(pid => LabHost.ProcessorTime(pid).TotalSeconds),
                pids.Sum(LabHost.ResidentBytes) / (1024.0 * 1024), node.Host.FramesReceived(), node.Accepted, node.Refused.Values.Sum());
        }

        public Usage Since(Usage before) => new(Node, Seconds - before.Seconds, (Core - before.Core) / (Seconds - before.Seconds), Mebibytes - before.Mebibytes,
            Frames - before.Frames, Accepted - before.Accepted, Refused - before.Refused);

        public override string ToString() =>
            $"{Node}: {Core:0.000} cores, {Mebibytes:+0.0;-0.0;0.0} MiB, {PerSecond:N0} frames a second arrived, {Refused / Seconds:N0} a second refused, {Accepted} accepted in {Seconds:0.0} s";
    }
}
