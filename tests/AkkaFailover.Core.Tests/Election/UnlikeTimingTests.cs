using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>A peer that beats at another pace, and has not said so on the cluster link.</summary>
public class UnlikeTimingTests
{
    private static readonly HeartbeatTiming Slow = Scenario.Fast;
    private static readonly HeartbeatTiming Faster = new(TimeSpan.FromMilliseconds(80), TimeSpan.FromMilliseconds(240));

    private static readonly HeartbeatTiming[] Timings =
    [
        .. from advbase in new byte[] { 0, 1 }
           from advskew in new byte[] { 3, 20, 51, 254 }
           from ratio in new[] { 2, 3, 10 }
           select new CarpSettings(1, new Secret([]), advbase, advskew, ratio, CarpPeer.Ours, CarpSourceMac.Virtual, System.Net.IPAddress.None, []).Timing,
    ];

    [Fact]
    public void A_peer_that_has_not_greeted_is_given_three_of_its_intervals_as_they_are_heard()
    {
        var node = Hears(Faster, Slow);
        Assert.Equal(Slow.Interval * 3, PeerEvidence.Deadline(node.State, node.Settings));
    }

    [Fact]
    public void A_peer_of_which_two_adverts_have_been_heard_may_be_one_of_a_second()
    {
        var node = new Scenario(timing: Faster).Begin().Advert(3).Wait(Slow.Interval.TotalMilliseconds).Advert(3);
        Assert.Equal(TimeSpan.FromSeconds(3), PeerEvidence.Deadline(node.State, node.Settings));
    }

    [Fact]
    public void An_advert_that_is_lost_or_late_changes_nothing()
    {
        var node = Hears(Faster, Slow).Wait(400).Advert(3).Wait(220).Advert(3).Wait(200).Advert(3);
        Assert.InRange(PeerEvidence.Deadline(node.State, node.Settings).TotalMilliseconds, 600, 660);
    }

    [Fact]
    public void Adverts_that_waited_while_this_node_stood_still_say_nothing_of_the_interval()
    {
        var node = Hears(Faster, Slow).StandStill(2_000).Advert(3).Advert(3).Advert(3).Advert(3);
        Assert.Equal(Slow.Interval * 3, PeerEvidence.Deadline(node.State, node.Settings));
    }

    [Fact]
    public void What_the_peer_said_of_itself_counts_more_than_what_is_heard()
    {
        var node = Hears(Faster, Slow).Input(new PeerGreeted(new PeerGreeting(Faster)));
        Assert.Equal(Faster.Deadline, PeerEvidence.Deadline(node.State, node.Settings));
    }

    [Fact]
    public void A_lease_ends_before_the_peer_claims_whether_either_has_greeted_or_not()
    {
        foreach (var holder in Timings)
        {
            foreach (var waiter in Timings)
            {
                foreach (var holderKnows in new[] { false, true })
                {
                    var holding = new Scenario(timing: holder);
                    if (holderKnows) holding.Begin().Input(new PeerGreeted(new PeerGreeting(waiter)));
                    var waiting = Hears(waiter, holder);
                    var lease = PeerEvidence.Lease(holding.State, holding.Settings);
                    Assert.True(lease < PeerEvidence.Deadline(waiting.State, waiting.Settings), $"{holder} held beside {waiter}, greeted: {holderKnows}");
                    waiting.Input(new PeerGreeted(new PeerGreeting(holder)));
                    Assert.True(lease < PeerEvidence.Deadline(waiting.State, waiting.Settings), $"{holder} held beside {waiter} that knows, greeted: {holderKnows}");
                }
            }
        }
    }

    [Fact]
    public void A_lease_from_an_advert_that_was_lost_ends_before_a_claim_too()
    {
        foreach (var timing in Timings)
        {
            var node = Hears(timing, timing).Input(new PeerGreeted(new PeerGreeting(timing)));
            var claim = PeerEvidence.QuietSince(node.State) + PeerEvidence.Deadline(node.State, node.Settings);
            var lost = node.State.Lan.LastAdvert!.Value + timing.Interval;
            Assert.True(claim >= lost + PeerEvidence.Lease(node.State, node.Settings), $"{timing}");
        }
    }

    [Fact]
    public void Once_they_have_greeted_both_wait_for_the_same_deadline()
    {
        foreach (var one in Timings)
        {
            foreach (var other in Timings)
            {
                Assert.Equal(Knows(one, other), Knows(other, one));
            }
        }

        static TimeSpan Knows(HeartbeatTiming own, HeartbeatTiming peer)
        {
            var node = new Scenario(timing: own).Begin().Input(new PeerGreeted(new PeerGreeting(peer)));
            return PeerEvidence.Deadline(node.State, node.Settings);
        }
    }

    /// <summary>A standby with its own timing that has heard adverts at the peer's pace.</summary>
    private static Scenario Hears(HeartbeatTiming own, HeartbeatTiming peer)
    {
        var node = new Scenario(timing: own).Begin();
        for (var i = 0; i < 4; i++) node.Wait(peer.Interval.TotalMilliseconds).Advert(3);
        return node;
    }
}
