using AkkaFailover.Core.Election;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>Rules 1 and 2: the start, who goes first, silence.</summary>
public class StartRuleTests
{
    [Fact]
    public void Rule_1_a_lone_node_listens_for_the_deadline_and_then_claims()
    {
        var node = new Scenario().Begin().Input(new LinkChanged(LinkStatus.Refused, ""));
        node.Wait(590);
        Assert.Equal(Role.Starting, node.Role);
        node.Wait(20);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(800);
        Assert.Equal(Role.Replaying, node.Role);
        Assert.Single(node.All<StartAdverts>());
        node.CompleteClaim();
        Assert.Equal(Role.Active, node.Role);
        Assert.True(node.Has<OpenReplica>());
    }

    [Fact]
    public void Rule_1_a_start_that_stood_still_has_not_listened_meanwhile()
    {
        var node = new Scenario().Begin().Wait(1_000).StandStill(6_000).Wait(1_900);
        Assert.Equal(Role.Starting, node.Role);
        node.Wait(200);
        Assert.NotEqual(Role.Starting, node.Role);
    }

    [Fact]
    public void Rule_1_without_an_answer_of_the_link_the_start_waits_three_seconds()
    {
        var node = new Scenario().Begin().Wait(2_900);
        Assert.Equal(Role.Starting, node.Role);
        node.Wait(200);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_1_whoever_hears_an_active_becomes_standby_at_once()
    {
        var node = new Scenario().Begin().Advert(3);
        Assert.Equal(Role.Standby, node.Role);
    }

    [Theory]
    [InlineData("a", "b", 4u, 4u, 0L, true)]
    [InlineData("b", "a", 4u, 4u, 0L, false)]
    [InlineData("b", "a", 6u, 4u, 0L, true)]
    [InlineData("a", "b", 4u, 5u, 0L, false)]
    [InlineData("a", "b", 4u, 4u, 9L, false)]
    public void Rule_1_with_nobody_active_the_better_one_claims_first(string self, string peer, uint ownTerm, uint peerTerm, long peerVersion, bool first)
    {
        var node = new Scenario(self, peer).Begin(ownTerm, wasActive: true).Input(new ReplicaChanged(new ReplicaPosition(0, "", InSync: true, JournalState.Usable)));
        var beat = Scenario.PeerIs(Role.Starting, highest: peerTerm, version: peerVersion);
        node.Beat(beat).Wait(700, () => node.Beat(beat));
        Assert.Equal(first, node.Role == Role.Replaying);
        node.Wait(700, () => node.Beat(beat));
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_2_silence_on_both_paths_for_the_deadline_makes_the_standby_claim()
    {
        var node = new Scenario().StandbyOf(3).Forget();
        node.Wait(590);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(15);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_2_beats_of_the_active_alone_keep_the_standby_back()
    {
        var node = new Scenario().StandbyOf(3);
        node.Wait(5_000, () => node.Beat(Scenario.PeerIs(Role.Active, 3)));
        Assert.Equal(Role.Standby, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.HeartbeatPathLost));
    }

    [Fact]
    public void Rule_1_who_meets_another_that_goes_first_after_a_long_silence_gives_it_a_deadline()
    {
        var first = Scenario.PeerIs(Role.Standby, version: 9);
        var node = new Scenario().Begin(highest: 5).Wait(10_000).Forget().Beat(first);
        Assert.Equal(Role.Standby, node.Role);
        for (var beat = 0; beat < 5; beat++) node.Wait(100).Beat(first);
        Assert.Equal(Role.Standby, node.Role);
        for (var beat = 0; beat < 2; beat++) node.Wait(100).Beat(first);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_1_a_link_that_comes_and_goes_puts_that_off_no_longer()
    {
        var first = Scenario.PeerIs(Role.Standby, version: 9);
        var node = new Scenario().Begin(highest: 5).Wait(10_000).Forget().Beat(first);
        for (var flap = 0; flap < 7; flap++) node.Wait(50).Input(new LinkChanged(LinkStatus.Lost, "")).Wait(50).Beat(first);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_1_a_node_that_stood_still_before_it_had_read_its_facts_has_not_listened()
    {
        var node = new Scenario().Input(new LinkChanged(LinkStatus.Refused, "")).StandStill(8_000).Begin();
        Assert.Equal(Role.Starting, node.Wait(590).Role);
        Assert.NotEqual(Role.Starting, node.Wait(20).Role);
    }
}
