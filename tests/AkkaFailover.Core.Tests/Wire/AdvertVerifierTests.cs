using System.Net;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;
using Xunit;

namespace AkkaFailover.Core.Tests.Wire;

/// <summary>Host b between our own nodes: a's terms are the even ones, b's the odd ones.</summary>
public class AdvertVerifierTests
{
    private static readonly Term Seen = new(8);
    private static readonly CarpCounter First = CarpCounter.Before(Seen).Next(CarpPeer.Ours);

    private readonly AdvertVerifier _verifier = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ours));

    [Fact]
    public void An_advert_of_the_peer_is_accepted_with_its_term()
    {
        var verdict = _verifier.Verify(Pair.FrameOfA(First), Seen);
        Assert.Equal(WireRefusal.None, verdict.Refusal);
        Assert.Equal((Seen, false, "192.0.2.1"), (verdict.Summary!.Term, verdict.Summary.Released, verdict.Summary.Source));
    }

    [Fact]
    public void A_replayed_advert_is_refused() => AssertRefused(WireRefusal.Replayed, Pair.FrameOfA(First), Pair.FrameOfA(First));

    [Fact]
    public void An_older_advert_is_refused() => AssertRefused(WireRefusal.Replayed, Pair.FrameOfA(First.Next(CarpPeer.Ours)), Pair.FrameOfA(First));

    [Fact]
    public void An_advert_of_an_older_term_is_refused() =>
        AssertRefused(WireRefusal.Replayed, Pair.FrameOfA(First), Pair.FrameOfA(CarpCounter.Before(new Term(6)).Next(CarpPeer.Ours)));

    [Fact]
    public void A_replay_is_refused_after_a_restart_too()
    {
        _verifier.Verify(Pair.FrameOfA(First), Seen);
        var restarted = Pair.VerifierOfB(Pair.Settings(CarpPeer.Ours), _verifier.Export());
        Assert.Equal(WireRefusal.Replayed, restarted.Verify(Pair.FrameOfA(First), Seen).Refusal);
        Assert.Equal(WireRefusal.None, restarted.Verify(Pair.FrameOfA(First.Next(CarpPeer.Ours)), Seen).Refusal);
    }

    [Fact]
    public void Nothing_of_a_term_counts_after_its_release() =>
        AssertRefused(WireRefusal.Replayed, Pair.FrameOfA(First.AsRelease()), Pair.FrameOfA(First.Next(CarpPeer.Ours)));

    [Fact]
    public void A_release_is_understood()
    {
        var verdict = _verifier.Verify(Pair.FrameOfA(First.AsRelease()), Seen);
        Assert.True(verdict.Summary!.Released);
        Assert.Equal((255, 255), (verdict.Frame.Advert.AdvBase, verdict.Frame.Advert.AdvSkew));
    }

    [Fact]
    public void A_release_needs_the_signed_bit()
    {
        var forged = Pair.FrameOfA(First, frame => frame with { Advert = frame.Advert with { AdvBase = 255, AdvSkew = 255 } });
        var verdict = _verifier.Verify(forged, Seen);
        Assert.Equal((WireRefusal.None, false), (verdict.Refusal, verdict.Summary!.Released));
    }

    [Fact]
    public void A_release_needs_the_pace_too()
    {
        var odd = Pair.FrameOfA(First.AsRelease(), frame => frame with { Advert = frame.Advert with { AdvBase = 1, AdvSkew = 0 } });
        Assert.False(_verifier.Verify(odd, Seen).Summary!.Released);
    }

    [Fact]
    public void An_own_term_from_elsewhere_is_refused() =>
        AssertRefused(WireRefusal.OwnTerm, Pair.FrameOfA(CarpCounter.Before(new Term(7)).Next(CarpPeer.Ours)));

    [Fact]
    public void An_own_frame_is_refused() =>
        AssertRefused(WireRefusal.OwnFrame, Pair.FrameOfA(First, frame => frame with { Source = Ipv4Address.From(Pair.B) }));

    [Fact]
    public void A_counter_without_a_term_is_refused() =>
        AssertRefused(WireRefusal.NoTerm, Pair.FrameOfA(CarpCounter.FromWire(7)));

    [Theory]
    [InlineData(Term.MaxJump, WireRefusal.None)]
    [InlineData(Term.MaxJump + 2, WireRefusal.TermJump)]
    public void A_term_may_jump_only_so_far(uint jump, WireRefusal expected) =>
        AssertRefused(expected, Pair.FrameOfA(CarpCounter.Before(new Term(Seen.Value + jump)).Next(CarpPeer.Ours)));

    [Fact]
    public void A_refused_jump_does_not_shut_the_peer_out() =>
        AssertRefused(WireRefusal.None, Pair.FrameOfA(CarpCounter.Before(new Term(Term.MaxValue - 1)).Next(CarpPeer.Ours)), Pair.FrameOfA(First));

    [Fact]
    public void Once_the_peer_is_known_another_source_is_refused()
    {
        _verifier.PeerIs(Pair.A);
        AssertRefused(WireRefusal.UnknownSource, Pair.FrameOfA(First, frame => frame with { Source = Ipv4Address.From(Pair.Stranger) }));
        AssertRefused(WireRefusal.None, Pair.FrameOfA(First));
    }

    [Theory]
    [InlineData("secreT", "192.0.2.222")]
    [InlineData("secret", "192.0.2.223")]
    [InlineData("secret", "192.0.2.222 192.0.2.223")]
    public void Another_passphrase_or_address_list_is_named(string passphrase, string addresses)
    {
        var key = Pair.Key(passphrase, 1, addresses.Split(' ').Select(IPAddress.Parse).ToArray());
        var octets = new byte[CarpFrame.Length];
        new CarpComposer(Pair.Settings(CarpPeer.Ours), key, Pair.MacA, Pair.A).Write(First, octets);
        AssertRefused(WireRefusal.BadDigest, octets);
    }

    [Fact]
    public void In_a_flood_what_is_refused_anyway_costs_no_digest_and_the_peer_is_heard()
    {
        _verifier.PeerIs(Pair.A);
        var forged = Pair.FrameOfA(First, frame => frame with { Source = Ipv4Address.From(Pair.Stranger), Advert = frame.Advert with { Digest = default } });
        var refusals = Enumerable.Range(0, 2 * AdvertVerifier.MaxExplanations).Select(_ => _verifier.Verify(forged, Seen).Refusal).ToList();
        Assert.Equal(AdvertVerifier.MaxExplanations, refusals.Count(refusal => refusal == WireRefusal.BadDigest));
        Assert.Equal(AdvertVerifier.MaxExplanations, refusals.Count(refusal => refusal == WireRefusal.UnknownSource));
        AssertRefused(WireRefusal.None, Pair.FrameOfA(First));
        Assert.Equal(WireRefusal.BadDigest, _verifier.Verify(forged, Seen, new Moment(1_000_000_000)).Refusal);
    }

    [Fact]
    public void However_many_look_like_the_peers_next_one_each_digest_of_them_is_computed()
    {
        _verifier.PeerIs(Pair.A);
        var forged = Pair.FrameOfA(First.Next(CarpPeer.Ours), frame => frame with { Advert = frame.Advert with { Digest = default } });
        for (var i = 0; i < 3 * AdvertVerifier.MaxExplanations; i++) AssertRefused(WireRefusal.BadDigest, forged);
        AssertRefused(WireRefusal.None, Pair.FrameOfA(First));
        AssertRefused(WireRefusal.None, Pair.FrameOfA(First.Next(CarpPeer.Ours)));
    }

    [Fact]
    public void Another_vhid_is_not_for_us() =>
        AssertRefused(WireRefusal.OtherVhid, Pair.FrameOfA(First, frame => frame with { Advert = frame.Advert with { Vhid = 2 } }));

    [Fact]
    public void Another_group_is_not_for_us() =>
        AssertRefused(WireRefusal.OtherDestination, Pair.FrameOfA(First, frame => frame with { Destination = Ipv4Address.From(IPAddress.Parse("239.192.0.18")) }));

    [Fact]
    public void Neither_sending_nor_refusing_allocates()
    {
        var composer = new CarpComposer(Pair.Settings(CarpPeer.Ours), Pair.Key(), Pair.MacA, Pair.A);
        var octets = new byte[CarpFrame.Length];
        SendAndRefuse(composer, octets);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) SendAndRefuse(composer, octets);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void SendAndRefuse(CarpComposer composer, byte[] octets)
    {
        composer.Write(First, octets);
        _verifier.Verify(octets, Seen);
        _verifier.Verify(octets, Seen).Refusal.Word();
    }

    private void AssertRefused(WireRefusal expected, params byte[][] frames)
    {
        foreach (var frame in frames[..^1]) _verifier.Verify(frame, Seen);
        Assert.Equal(expected, _verifier.Verify(frames[^1], Seen).Refusal);
    }
}
