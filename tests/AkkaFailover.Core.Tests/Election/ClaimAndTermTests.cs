using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>Rules 7 to 9: two that claim at once, and terms.</summary>
public class ClaimAndTermTests
{
    [Fact]
    public void Rule_7_a_claimer_that_stood_still_listens_for_the_rest_when_it_is_awake()
    {
        var node = new Scenario().StandbyOf(3);
        while (node.Role == Role.Standby) node.Wait(1);
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).StandStill(5_000).Input(new Tick());
        Assert.Equal(Role.Replaying, node.Role);
        node.Wait(60);
        Assert.Equal(Role.Claiming, node.Role);
    }

    [Fact]
    public void Rule_7_a_claimer_that_is_busy_for_good_claims_nevertheless()
    {
        var node = new Scenario(timing: new HeartbeatTiming(TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(48))).StandbyOf(3);
        while (node.Role == Role.Standby) node.Wait(1);
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0));
        for (var gap = 0; gap < 6; gap++) node.StandStill(30).Input(new Tick());
        Assert.Equal(Role.Claiming, node.Role);
    }

    [Fact]
    public void Rule_7_of_two_that_gave_way_to_each_other_the_higher_name_listens_for_a_deadline()
    {
        Assert.Equal(600, ListensFor("b", "a"));
        Assert.Equal(50, ListensFor("a", "b"));

        static double ListensFor(string self, string peer)
        {
            var node = new Scenario(self, peer).StandbyOf(3).Wait(1_000).CompleteClaim().Advert(9, outranks: true).Input(new AddressesReleased(""));
            Assert.Equal(Role.Standby, node.Role);
            while (node.Role == Role.Standby) node.Wait(1);
            return (node.State.Claim!.ListenAtLeast - node.Now).TotalMilliseconds;
        }
    }

    [Theory]
    [InlineData("b", "a", false, 600)] // the other one goes first, and has not claimed
    [InlineData("a", "b", false, 50)]
    [InlineData("b", "a", true, 600)] // one path between them
    [InlineData("a", "b", true, 50)]
    public void Rule_7_who_claims_second_and_knows_of_no_holder_listens_for_a_deadline(string self, string peer, bool lanIsBroken, double listensMs)
    {
        var node = new Scenario(self, peer).Begin();
        if (lanIsBroken) node.Input(new NeighboursReported(new LanReport(PeerAnswered: false, 1, 0, 0) { OthersAsked = 1 }));
        while (node.Role is Role.Starting or Role.Standby) node.Wait(20, () => node.Beat(Scenario.PeerIs(Role.Standby, inSync: false)));
        Assert.Equal(listensMs, (node.State.Claim!.ListenAtLeast - node.State.Since).TotalMilliseconds);
    }

    [Theory]
    [InlineData(true, 60)]
    [InlineData(false, 600)] // it left before the claim was heard of; every later one was lost, perhaps that of a claim of its own
    public void Rule_7_who_knows_of_no_holder_waits_until_the_other_one_knows_of_the_claim_a_deadline_at_most(bool knows, double waitsMs)
    {
        var node = Claimer();
        var decided = node.State.Since;
        node.Wait((decided + TimeSpan.FromMilliseconds(waitsMs - 1) - node.Now).TotalMilliseconds);
        node.Beat(Scenario.PeerIs(Role.Standby, highest: node.State.Terms.Held.Value - 1, inSync: false));
        Assert.Equal(Role.Replaying, node.Role);
        if (knows) node.Beat(Knows(node, Role.Standby));
        else node.Wait(1);
        Assert.Equal(Role.Claiming, node.Role);
    }

    [Fact]
    public void Rule_7_a_standstill_prolongs_the_wait_for_the_other_one_s_word_and_the_listening()
    {
        var node = Claimer().StandStill(5_000).Input(new Tick());
        Assert.Equal((50, 600), ((node.State.Claim!.ListenAtLeast - node.Now).TotalMilliseconds, Math.Round((node.State.Claim.ListenUntil - node.Now).TotalMilliseconds)));
        node.Beat(Knows(node, Role.Standby)).Wait(45); // it may have waited in the queue
        Assert.Equal(Role.Replaying, node.Role);
        node.Wait(10);
        Assert.Equal(Role.Claiming, node.Role);
    }

    [Fact]
    public void Rule_7_who_knows_of_the_claim_and_holds_under_a_lower_term_has_to_release_first()
    {
        var node = Claimer().Wait(60);
        node.Beat(Knows(node, Role.Releasing));
        Assert.Equal(Role.Replaying, node.Role);
        Assert.Equal(Role.Claiming, node.Beat(Knows(node, Role.Standby)).Role);
    }

    [Theory]
    [InlineData("forced")]
    [InlineData("refused")]
    public void Rule_7_no_word_is_waited_for_where_an_operator_knows_more_or_the_other_process_is_gone(string why)
    {
        var node = new Scenario(witnesses: why == "forced").Begin();
        node.Wait(500).Beat(Scenario.PeerIs(Role.Standby, inSync: false));
        if (why == "forced") node.Wait(200, () => node.Beat(Scenario.PeerIs(Role.Standby, inSync: false))).Input(new TakeoverForced("root"));
        else node.Input(new LinkChanged(LinkStatus.Refused, ""));
        while (node.Role is Role.Starting or Role.Standby) node.Wait(1);
        Assert.Equal(Role.Replaying, node.Role);
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(why == "forced" ? 430 : 60);
        Assert.Equal(Role.Claiming, node.Role);
    }

    [Fact]
    public void What_a_claim_waits_for_is_told()
    {
        var node = Claimer();
        Assert.Contains($"It listens for another {(node.State.Claim!.ListenUntil - node.Now).TotalSeconds:0.00} s at most before it takes the address, and waits until b says that it knows of the claim.", ElectionExplanation.Explain(node.State, node.Now, node.Settings));
        node.Wait(100).Beat(Knows(node, Role.Standby)).Input(new AddressesHeld(node.State.Terms.Held)).Input(new ServiceChanged(ServiceState.None, ""));
        var confirmation = Assert.Single(Assert.Single(node.Reports).Phases, phase => phase.Name == "confirmation");
        Assert.Equal("the address was watched and did not answer; the other node's word was awaited", confirmation.Detail);
    }

    /// <summary>It knows of no holder, has begun to claim, and its replica is complete.</summary>
    private static Scenario Claimer()
    {
        var node = new Scenario().Begin();
        while (node.Role is Role.Starting or Role.Standby) node.Wait(20, () => node.Beat(Scenario.PeerIs(Role.Standby, inSync: false)));
        return node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0));
    }

    private static PeerBeat Knows(Scenario node, Role role) => Scenario.PeerIs(role, term: role == Role.Standby ? 0 : 1u, highest: node.State.Terms.Held.Value, inSync: false);

    [Fact]
    public void Rule_7_of_the_word_that_a_claim_waits_for_the_other_one_s_own_claim_ends_it()
    {
        var node = Claimer();
        node.Wait(60).Beat(Scenario.PeerIs(Role.Active, term: node.State.Terms.Held.Value + 1)).Input(new AddressesReleased(""));
        Assert.Equal(Role.Standby, node.Role);
        Assert.False(node.Has<ClaimAddresses>());
    }

    [Fact]
    public void Who_hears_that_the_other_one_claims_says_at_once_what_it_is()
    {
        var node = new Scenario("b", "a").Begin();
        while (node.Role == Role.Starting) node.Wait(20, () => node.Beat(Scenario.PeerIs(Role.Standby)));
        Assert.Equal(Role.Standby, node.Role);
        Assert.Single(node.Wait(1).Forget().Beat(Scenario.PeerIs(Role.Replaying, term: 3)).All<BeatNow>());
        Assert.Equal(new Term(3), ElectionMachine.BeatOf(node.State, node.Now, node.Settings).HighestTerm);
        Assert.False(node.Forget().Beat(Scenario.PeerIs(Role.Replaying, term: 3)).Has<BeatNow>());
    }

    [Fact]
    public void Rule_7_a_claim_ends_where_the_address_answers_meanwhile()
    {
        var node = new Scenario().StandbyOf(3).Wait(605);
        Assert.Equal(Role.Replaying, node.Role);
        node.Input(new AddressAnswered()).Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(60);
        Assert.False(node.Has<ClaimAddresses>());
        Assert.Equal(Role.Releasing, node.Role);
    }

    [Fact]
    public void Rule_7_a_claimer_that_hears_a_higher_term_backs_off_before_it_adds_anything()
    {
        var node = new Scenario().StandbyOf(3).Wait(605).Forget();
        Assert.Equal(Role.Replaying, node.Role);
        node.Advert(node.State.Terms.Held.Value + 1);
        node.Input(new AddressesReleased(""));
        Assert.Equal(Role.Standby, node.Role);
        Assert.False(node.Has<ClaimAddresses>());
        Assert.False(node.Has<SendRelease>());
    }

    [Fact]
    public void Rule_7_addresses_are_added_only_after_the_listening_time_and_the_replay()
    {
        var node = new Scenario().StandbyOf(3).Wait(605).Forget();
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0));
        Assert.False(node.Has<ClaimAddresses>());
        node.Wait(51);
        Assert.Single(node.All<ClaimAddresses>());
    }

    [Fact]
    public void Rule_8_an_active_that_hears_a_higher_term_stops_sending_and_releases()
    {
        var node = new Scenario().ActiveAlone().Forget();
        node.Advert(node.State.Terms.Held.Value + 1);
        var done = node.Effects.Where(effect => effect is not ReplicaEffect).ToList();
        Assert.IsType<StopAdverts>(done[0]);
        Assert.IsType<ReleaseAddresses>(done[1]);
        node.Input(new AddressesReleased(""));
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void Rule_8_an_active_that_hears_a_lower_term_announces_and_stays()
    {
        var node = new Scenario().Begin(8, wasActive: true).Input(new LinkChanged(LinkStatus.Refused, "")).Wait(1_500).CompleteClaim().Forget();
        node.Advert(3);
        Assert.Equal(Role.Active, node.Role);
        Assert.True(node.Has<AnnounceAddresses>());
        Assert.Single(node.All<StartAdverts>());
        node.Advert(3);
        Assert.Single(node.All<StartAdverts>());
    }

    [Fact]
    public void Rule_9_no_claim_without_a_term_on_disk()
    {
        var node = new Scenario { DiskWorks = false }.Begin().Input(new LinkChanged(LinkStatus.Refused, "")).Wait(5_000);
        Assert.Equal(Role.Standby, node.Role);
        node.Input(new TermReserved(new Term(2)));
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_9_a_reserved_term_of_an_earlier_run_is_never_used_again()
    {
        var node = new Scenario();
        node.Input(new Started(new Term(3), new Term(4), WasActive: true, Paused: false, PauseEpoch: 0, CarrierUp: true));
        Assert.Equal(new Term(6), node.State.Terms.Reserved);
        Assert.Equal(new Term(3), ElectionMachine.BeatOf(node.State, node.Now, node.Settings).HighestTerm);
    }

    [Fact]
    public void Rule_9_an_active_goes_above_a_higher_term_of_a_returning_node_without_moving()
    {
        var node = new Scenario().ActiveAlone().Forget();
        node.Beat(Scenario.PeerIs(Role.Starting, highest: 9));
        Assert.Equal(Role.Active, node.Role);
        Assert.Equal(new Term(10), node.State.Terms.Held);
        Assert.Equal(new Term(10), node.All<StartAdverts>().Single().Term);
    }

    [Fact]
    public void Rule_9_an_active_goes_above_a_higher_term_at_once_where_a_term_above_that_lies_on_its_disk_already()
    {
        var node = new Scenario().ActiveAlone();
        var above = node.State.Terms.Reserved;
        node.Forget().Beat(Scenario.PeerIs(Role.Starting, highest: above.Value - 1));
        Assert.Equal((Role.Active, above), (node.Role, node.State.Terms.Held));
        Assert.Equal(above, node.All<OpenReplica>().Single().Term);
    }

    [Fact]
    public void Rule_9_an_active_goes_above_a_term_that_only_the_other_one_s_replica_has_seen()
    {
        var node = new Scenario().ActiveAlone().Forget().Input(new TermRefused(new Term(9)));
        Assert.Equal((Role.Active, new Term(10)), (node.Role, node.State.Terms.Held));
        var disbelieves = new Scenario().ActiveAlone().Beat(Scenario.PeerIs(Role.Standby)).Input(new TermRefused(new Term(1_000_001))).Beat(Scenario.PeerIs(Role.Standby));
        Assert.False(disbelieves.State.Terms.Held > new Term(10));
        Assert.True(disbelieves.HasAlarm(AlarmKind.TermJump));
        Assert.False(disbelieves.Input(new LinkChanged(LinkStatus.Lost, "")).Beat(Scenario.PeerIs(Role.Standby)).HasAlarm(AlarmKind.TermJump));
    }

    [Fact]
    public void Rule_9_an_unbelievable_term_is_refused_with_an_alarm()
    {
        var node = new Scenario().ActiveAlone();
        node.Advert(1_000_001).Beat(Scenario.PeerIs(Role.Active, 1_000_001));
        Assert.Equal(Role.Active, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.TermJump));
        node.Forget().Beat(Scenario.PeerIs(Role.Standby));
        Assert.Equal(AlarmKind.TermJump, node.All<ClearAlarm>().Single().Kind);
    }

    /// <summary>What is known of the peer's host.</summary>
    [Theory]
    [InlineData("dead", 0)]
    [InlineData("its own address answers", 50)]
    [InlineData("its own address is not known", 50)]
    [InlineData("dead, beside a witness", 50)]
    [InlineData("dead for two deadlines", 50)]
    [InlineData("its own address answered long ago", 50)]
    [InlineData("its own address answers, its port refuses", 50)]
    public void Rule_7_nobody_is_listened_to_where_the_holder_s_host_is_gone(string host, double listens)
    {
        var node = new Scenario(witnesses: host.Contains("witness", StringComparison.Ordinal));
        node.Begin().Input(new NeighboursReported(new LanReport(PeerAnswered: !host.Contains("known", StringComparison.Ordinal), 1, 0, 0)));
        if (host.Contains("long ago", StringComparison.Ordinal)) node.Wait(4_000, () => node.Advert(3));
        node.StandbyOf(3);
        if (host.Contains("refuses", StringComparison.Ordinal)) node.Input(new LinkChanged(LinkStatus.Refused, ""));
        void EveryTick()
        {
            if (node.Settings.HasWitnesses) node.Input(new LanContact(Witness: true));
            if (host.Contains("answers", StringComparison.Ordinal)) node.Input(new LanContact(Witness: false));
        }
        if (host.Contains("two", StringComparison.Ordinal)) node.Input(new StandbyChecked("check test: down (3 in a row)")).Wait(1_300).Input(new StandbyChecked(""));
        for (var waited = 0; node.Role == Role.Standby && waited < 1_000; waited++) node.Wait(1, EveryTick);
        Assert.Equal(Role.Replaying, node.Role);
        Assert.Equal(listens, (node.State.Claim!.ListenUntil - node.Now).TotalMilliseconds, tolerance: 1);
    }
}
