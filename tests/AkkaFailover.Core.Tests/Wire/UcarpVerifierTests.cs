using System.Buffers.Binary;
using System.Net;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;
using Xunit;

namespace AkkaFailover.Core.Tests.Wire;

/// <summary>Host b beside a real ucarp on a, and beside what was forged in its name.</summary>
public class UcarpVerifierTests
{
    private static readonly Term Seen = new(8);

    [Fact]
    public void U1_a_replayed_advert_is_a_sign_of_life_once_only()
    {
        var verifier = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ucarp, advSkew: 50));
        var refusals = FramesFrom("forged-carp-replay-dead-master", Pair.A).Select(frame => verifier.Verify(frame, Seen).Refusal).ToList();
        // The master's last advert; then the replayed one, whose original the file does not have; then that one 24 times more.
        Assert.Equal([WireRefusal.None, WireRefusal.None, .. Enumerable.Repeat(WireRefusal.Replayed, 24)], refusals);
    }

    [Fact]
    public void U1_a_restart_does_not_make_the_replay_new()
    {
        var verifier = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ucarp));
        var frame = FramesFrom("forged-carp-replay-dead-master", Pair.A).First();
        verifier.Verify(frame, Seen);
        Assert.Equal(WireRefusal.Replayed, Pair.VerifierOfB(Pair.Settings(CarpPeer.Ucarp), verifier.Export()).Verify(frame, Seen).Refusal);
    }

    [Theory]
    [InlineData("forged-carp-better-priority-old-digest")]
    [InlineData("forged-carp-255-255-old-digest")]
    public void U2_and_U3_a_station_that_is_no_peer_is_refused(string file)
    {
        var verifier = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ucarp, 1, 50, Pair.A));
        foreach (var frame in FramesFrom(file, Pair.Stranger)) Assert.Equal(WireRefusal.UnknownSource, verifier.Verify(frame, Seen).Refusal);
        Assert.Equal(WireRefusal.None, verifier.Verify(FramesFrom(file, Pair.A).First(), Seen).Refusal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(255, 255)]
    public void U2_and_U3_a_sniffed_digest_with_another_pace_is_a_replay_from_wherever_it_comes(byte advBase, byte advSkew)
    {
        var verifier = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ucarp));
        var sniffed = FramesFrom("carp-steady-vhid1-secret", Pair.A).First();
        Assert.Equal(WireRefusal.None, verifier.Verify(sniffed, Seen).Refusal);
        foreach (var source in new[] { Pair.A, Pair.Stranger })
        {
            var forged = Pair.Change(sniffed, frame => frame with
            {
                Source = Ipv4Address.From(source), Advert = frame.Advert with { AdvBase = advBase, AdvSkew = advSkew },
            });
            Assert.Equal(WireRefusal.Replayed, verifier.Verify(forged, Seen).Refusal);
        }
    }

    [Theory]
    [InlineData("forged-carp-better-priority-old-digest")]
    [InlineData("forged-carp-255-255-old-digest")]
    [InlineData("forged-carp-replay-dead-master")]
    public void Between_our_own_nodes_no_forged_capture_is_a_sign_of_life(string file)
    {
        // The random counters of ucarp lie far above any term that was seen.
        var verifier = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ours));
        verifier.PeerIs(Pair.A);
        WireRefusal[] expected = [WireRefusal.UnknownSource, WireRefusal.TermJump, WireRefusal.OwnTerm, WireRefusal.OwnFrame];
        foreach (var frame in Adverts(file)) Assert.Contains(verifier.Verify(frame, Seen).Refusal, expected);
    }

    [Fact]
    public void U4_a_valid_255_255_is_a_release()
    {
        var verifier = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ucarp, advSkew: 50));
        var summaries = FramesFrom("forged-carp-release-255-255", Pair.A).Select(frame => verifier.Verify(frame, Seen).Summary!).ToList();
        Assert.Equal([false, false, true], summaries.Select(summary => summary.Released));
        Assert.All(summaries, summary => Assert.Equal(Term.None, summary.Term));
    }

    [Fact]
    public void An_own_frame_sent_again_in_the_name_of_the_peer_is_refused_but_ucarps_next_counter_is_not()
    {
        var verifier = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ucarp));
        var own = CarpCounter.Before(new Term(7)).Next(CarpPeer.Ucarp);
        Assert.Equal(WireRefusal.OwnTerm, verifier.Verify(Pair.FrameOfA(own), Seen).Refusal);
        Assert.Equal(WireRefusal.None, verifier.Verify(Pair.FrameOfA(CarpCounter.FromWire(own.Value + 1)), Seen).Refusal);
    }

    [Theory]
    [InlineData("192.0.2.2", 1)]
    [InlineData("192.0.2.100", 8)]
    public void Honest_contention_costs_few_adverts_of_one_peer_and_some_of_two(string own, int expected)
    {
        var refused = Capture.Names.Where(name => name.StartsWith("carp-", StringComparison.Ordinal)).Sum(name =>
        {
            var verifier = new AdvertVerifier(Pair.Key(), Pair.Settings(CarpPeer.Ucarp), IPAddress.Parse(own), Pair.TermsOfB, []);
            return Adverts(name).Count(frame => verifier.Verify(frame, Seen).Refusal == WireRefusal.Replayed);
        });
        Assert.Equal(expected, refused);
    }

    [Fact]
    public void The_memory_is_bounded_and_forgets_the_oldest()
    {
        var verifier = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ucarp));
        byte[] Frame(ulong i) => Pair.FrameOfA(CarpCounter.FromWire(i << 20));
        for (ulong i = 1; i <= 4097; i++) Assert.Equal(WireRefusal.None, verifier.Verify(Frame(i), Seen).Refusal);
        Assert.Equal(4096, verifier.Export().Count);
        Assert.Equal(WireRefusal.Replayed, verifier.Verify(Frame(2), Seen).Refusal);
        Assert.Equal(WireRefusal.None, verifier.Verify(Frame(1), Seen).Refusal);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", 1, 0, 1, 0, true)]
    [InlineData("192.0.2.2", "192.0.2.1", 1, 0, 1, 0, false)]
    [InlineData("10.3.2.1", "10.3.1.2", 1, 0, 1, 0, true)]
    [InlineData("10.3.1.2", "10.3.2.1", 1, 0, 1, 0, false)]
    [InlineData("192.0.2.2", "192.0.2.1", 1, 0, 1, 1, true)]
    [InlineData("192.0.2.1", "192.0.2.2", 2, 0, 1, 255, false)]
    [InlineData("192.0.2.1", "192.0.2.2", 0, 255, 1, 0, true)]
    public void The_faster_one_outranks_and_a_tie_goes_to_the_reversed_address(
        string remote, string own, byte remoteBase, byte remoteSkew, byte ownBase, byte ownSkew, bool outranks)
    {
        var settings = Pair.Settings(CarpPeer.Ucarp, ownBase, ownSkew);
        var verifier = new AdvertVerifier(Pair.Key(), settings, IPAddress.Parse(own), Pair.TermsOfB, []);
        var frame = Pair.FrameOfA(CarpCounter.FromWire(77), frame => frame with
        {
            Source = Ipv4Address.From(IPAddress.Parse(remote)), Advert = frame.Advert with { AdvBase = remoteBase, AdvSkew = remoteSkew },
        });
        Assert.Equal(outranks, verifier.Verify(frame, Seen).Summary!.Outranks);
    }

    private static IEnumerable<byte[]> Adverts(string file) =>
        Capture.Read(file).Where(frame => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == EthernetHeader.Ipv4);

    private static IEnumerable<byte[]> FramesFrom(string file, IPAddress source) =>
        Adverts(file).Where(octets => CarpFrame.TryRead(octets, out var frame) == WireRefusal.None && frame.Source == Ipv4Address.From(source));
}
