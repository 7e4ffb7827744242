using System.Buffers.Binary;
using AkkaFailover.Core.Wire;
using AkkaFailover.Lab.Attacks;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Tests;

/// <summary>
/// Adverts that somebody without the passphrase makes of one that he heard, or of nothing. Names as in the list of what ucarp (U) and keepalived (K)
/// fall for: there each of them silences, demotes or promotes a node.
/// </summary>
public sealed class ForgeryTests(DefaultLab lab) : IClassFixture<DefaultLab>
{
    private const string Stranger = "192.0.2.77";

    private static readonly Dictionary<string, Forgery> Forgeries = new()
    {
        ["U2 a better priority with an old digest"] = new((s, _, _) => Adverts.Changed(s, Stranger, 0, 0), "unknown-source", "unknown-source"),
        ["U2 the same from the standby's address"] = new((s, _, standby) => Adverts.Changed(s, standby, 0, 0), "own-frame", "own-term"),
        ["U2 the same from the active's own address"] = new((s, active, _) => Adverts.Changed(s, active, 0, 0), "replayed", "own-frame"),
        ["U3 255/255 with an old digest"] = new((s, _, _) => Adverts.Changed(s, Stranger, 255, 255), "unknown-source", "unknown-source"),
        ["U3 the same from the active's own address"] = new((s, active, _) => Adverts.Changed(s, active, 255, 255), "replayed", "own-frame"),
        ["K6 a release without the passphrase"] = new((s, _, _) => Release(s, Stranger), "bad-digest", "bad-digest"),
        ["K6 the same from the active's own address"] = new((s, active, _) => Release(s, active), "bad-digest", "own-frame"),
        ["K6 the same from the standby's address"] = new((s, _, standby) => Release(s, standby), "own-frame", "bad-digest"),
        ["K1 a pace of 255 s with an old digest"] = new((s, active, _) => Adverts.Changed(s, active, 255, 0), "replayed", "own-frame"),
        ["K1 the highest counter of all"] = new((s, active, _) => Adverts.Signed(active, "guess", ulong.MaxValue), "bad-digest", "own-frame"),
        ["K2 a pace of 0"] = new((s, active, _) => Adverts.Changed(s, active, 0, 0), "replayed", "own-frame"),
        ["K3 a TTL of 254"] = new((s, _, _) => Adverts.Altered(s, frame => frame[Adverts.TtlAt] = 254), "ip-ttl", "ip-ttl"),
        ["K3 a wrong IP checksum"] = new((s, _, _) => Adverts.Damaged(s, frame => frame[Adverts.IpChecksumAt] ^= 1), "ip-checksum", "ip-checksum"),
        ["K3 a wrong CARP checksum"] = new((s, _, _) => Adverts.Damaged(s, frame => frame[Adverts.CarpChecksumAt] ^= 1), "carp-checksum", "carp-checksum"),
        ["K3 half an advert"] = new((s, _, _) => Adverts.Truncated(s), "too-short", "too-short"),
        ["U13 checksums whose errors cancel"] = new((s, _, _) => Adverts.Damaged(s, frame =>
        {
            Add(frame, Adverts.IpChecksumAt, 1);
            Add(frame, Adverts.CarpChecksumAt, -1);
        }), "ip-checksum", "ip-checksum"),
        ["U13 another type"] = new((s, _, _) => Adverts.Altered(s, frame => frame[Adverts.TypeAt] = 0x23), "carp-type", "carp-type"),
        ["U13 no authentication"] = new((s, _, _) => Adverts.Altered(s, frame => frame[Adverts.AuthLengthAt] = 0), "carp-auth-length", "carp-auth-length"),
        ["K1 VRRPv3, which shares protocol and group"] = new((s, _, _) => Adverts.Altered(s, frame => frame[Adverts.TypeAt] = 0x31), "carp-version", "carp-version"),
        ["another group's number"] = new((s, _, _) => Adverts.Altered(s, frame => frame[Adverts.TypeAt + 1] = 2), "other-vhid", "other-vhid"),
    };

    public static TheoryData<string> Names => [.. Forgeries.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_has_no_effect_and_is_counted(string name)
    {
        var forgery = Forgeries[name];
        await lab.Pair.Settle();
        using var tap = new LanTap(lab.Network.Client);
        var sniffed = tap.NextAdvert(TimeSpan.FromSeconds(2))!;
        var frame = forgery.Make(sniffed, lab.Active.Host.LanAddress, lab.Standby.Host.LanAddress);
        await Attack.ExpectNoEffect(lab, tap, frame, forgery.AtStandby, forgery.AtActive);
    }

    [Fact]
    public async Task All_of_them_together_neither_silence_the_active_nor_delay_the_claim_when_it_dies()
    {
        await lab.Pair.Settle();
        var (active, standby) = (lab.Active, lab.Standby);
        using var tap = new LanTap(lab.Network.Client);
        using var pace = new AdvertPace(lab.Network, active.Host);
        var sniffed = tap.NextAdvert(TimeSpan.FromSeconds(2))!;
        var frames = Forgeries.Values.Select(forgery => forgery.Make(sniffed, active.Host.LanAddress, standby.Host.LanAddress)).Append(sniffed).ToArray();
        AkkaNode[] nodes = [active, standby];
        var before = nodes.Select(node => node.Refused.Values.Sum()).ToList();
        lab.Observer.Reset();
        using var attack = new Attack(tap, frames);
        await Task.Delay(TimeSpan.FromSeconds(5));
        lab.ExpectNothingMoved(active);
        Assert.InRange(pace.Gaps.Count, 20, 26);
        Assert.InRange(pace.Gaps.Max(), TimeSpan.Zero, lab.Observer.Noise(Timing.Default.Heartbeat.Interval * 1.5));
        Assert.All(nodes.Zip(before), pair => Assert.True(pair.First.Refused.Values.Sum() - pair.Second >= 10 * frames.Length, $"{pair.First.Host.Name}, after {attack.Rounds} rounds: {string.Join(", ", pair.First.Refused)}"));

        var death = LabClock.Now;
        active.Host.PowerOff();
        await lab.Pair.Expect(() => lab.Observer.ClientHeard(standby.Host.Mac, death), TimeSpan.FromSeconds(5), "the standby answers");
        var answered = Outage.FirstAnswerAfter(lab.Observer.Snapshot().Pings, death, standby.Host.Mac);
        Assert.InRange(answered!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        lab.ExpectNeverBoth();
    }

    // A release as the active would sign it, but for the digest.
    private static byte[] Release(byte[] sniffed, string source) =>
        Adverts.Changed(Adverts.Altered(sniffed, frame => BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(Adverts.CounterAt), Adverts.CounterOf(sniffed).AsRelease().Value)),
            source, CarpAdvert.ReleasePace, CarpAdvert.ReleasePace);

    private static void Add(byte[] frame, int at, int what) =>
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(at), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at)) + what));

    /// <summary>What is sent, made of an advert, the active's and the standby's address; and why each node refuses it, which decides the alarm there.</summary>
    private sealed record Forgery(Func<byte[], string, string, byte[]> Make, string AtStandby, string AtActive);
}
