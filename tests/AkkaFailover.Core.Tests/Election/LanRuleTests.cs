using AkkaFailover.Core.Election;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>Rule 4: one path broken while the other works.</summary>
public class LanRuleTests
{
    private static readonly LanReport Nobody = LanRig.Hears(peer: false, others: 0);
    private static readonly LanReport OthersOnly = LanRig.Hears(peer: false, others: 2);
    private static readonly LanReport All = LanRig.Hears(peer: true, others: 2);

    [Fact]
    public void A_standby_asks_its_neighbours_as_soon_as_adverts_are_late_and_tells_the_active_what_it_hears()
    {
        var node = new Scenario().StandbyOf(3).Forget();
        new LanRig(node) { Beat = Active(All), Lan = OthersOnly }.Run(390);
        Assert.True(node.Has<ProbeNeighbours>());
        Assert.False(ElectionMachine.BeatOf(node.State, node.Now, node.Settings) is { Lan.MissesThePeer: true });
        node.Forget().Input(new NeighboursReported(OthersOnly));
        Assert.True(node.Has<BeatNow>());
        Assert.True(ElectionMachine.BeatOf(node.State, node.Now, node.Settings) is { Lan.MissesThePeer: true, HearsAdverts: true });
    }

    [Fact]
    public void A_standby_that_misses_adverts_says_so_the_moment_its_deadline_is_over()
    {
        var node = new Scenario().StandbyOf(3);
        var rig = new LanRig(node) { Beat = Active(All), Lan = All };
        rig.Run(540); // the advert came 51 ms before
        Assert.False(node.HasAlarm(AlarmKind.HeartbeatPathLost));
        node.Forget();
        rig.Run(20);
        Assert.True(node.HasAlarm(AlarmKind.HeartbeatPathLost));
        Assert.True(node.Has<BeatNow>());
        Assert.False(ElectionMachine.BeatOf(node.State, node.Now, node.Settings).HearsAdverts);
    }

    [Theory]
    [InlineData(Role.Active, true)]
    [InlineData(Role.Standby, false)]
    public void An_active_announces_its_addresses_again_when_the_LAN_is_whole_again(Role role, bool announces)
    {
        var node = role == Role.Active ? new Scenario().ActiveAlone() : new Scenario().StandbyOf(3);
        node.Input(new NeighboursReported(All)).Input(new NeighboursReported(All));
        Assert.False(node.Has<AnnounceAddresses>());
        node.Input(new NeighboursReported(Nobody)).Input(new NeighboursReported(All));
        Assert.Equal(announces, node.Has<AnnounceAddresses>());
        // The peer's answer comes late, or its first one was lost.
        node.Forget().Input(new NeighboursReported(OthersOnly)).Wait(100).Input(new NeighboursReported(All));
        Assert.False(node.Has<AnnounceAddresses>());
        node.Input(new NeighboursReported(OthersOnly)).Wait(1_600, () => { if (role == Role.Standby) node.Advert(3); }).Input(new NeighboursReported(All));
        Assert.Equal(announces, node.Has<AnnounceAddresses>());
    }

    [Fact]
    public void An_active_announces_its_addresses_with_the_first_answer_of_the_other_host_since_it_holds()
    {
        var node = new Scenario().ActiveAlone().Input(new NeighboursReported(OthersOnly));
        Assert.False(node.Has<AnnounceAddresses>());
        Assert.True(node.Input(new NeighboursReported(All)).Has<AnnounceAddresses>());

        // A split that is shorter than a round: it claimed on its side.
        node = new Scenario().StandbyOf(3).Input(new NeighboursReported(All)).Wait(250).Input(new NeighboursReported(OthersOnly)).Advert(3, released: true).CompleteClaim();
        Assert.Equal(Role.Active, node.Role);
        node.Forget().Wait(200).Input(new NeighboursReported(All));
        Assert.True(node.Has<AnnounceAddresses>());
    }

    [Fact]
    public void A_standby_that_nobody_answers_is_the_broken_one()
    {
        var node = new Scenario().StandbyOf(3);
        new LanRig(node) { Beat = Active(All), Lan = Nobody }.Run(3_000);
        Assert.Equal(Role.Fault, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.LanIsolated));
    }

    [Fact]
    public void A_standby_that_hears_adverts_but_reaches_nobody_is_broken_where_the_active_reaches_others()
    {
        var node = new Scenario().StandbyOf(3);
        new LanRig(node) { Advert = 3, Beat = Active(OthersOnly), Lan = Nobody }.Run(3_000);
        Assert.Equal(Role.Fault, node.Role);
    }

    [Fact]
    public void A_standby_stays_in_fault_while_nobody_answers_and_comes_back_when_somebody_does()
    {
        var node = new Scenario().StandbyOf(3);
        var rig = new LanRig(node) { Beat = Active(OthersOnly), Lan = Nobody };
        rig.Run(3_000);
        rig.Run(30_000);
        Assert.Equal(Role.Fault, node.Role);
        (rig.Lan, rig.Advert) = (All, 3);
        rig.Run(2_000);
        Assert.Equal(Role.Standby, node.Role);
        Assert.False(node.HasAlarm(AlarmKind.LanIsolated));
    }

    [Fact]
    public void A_node_that_knows_no_neighbour_besides_the_peer_does_not_take_itself_for_the_broken_one()
    {
        var node = new Scenario().StandbyOf(3);
        new LanRig(node) { Beat = Active(All), Lan = Nobody with { OthersAsked = 0 } }.Run(10_000);
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void A_standby_never_claims_beside_a_working_link_whoever_answers_it()
    {
        var node = new Scenario().StandbyOf(3);
        new LanRig(node) { Beat = Active(Nobody), Lan = OthersOnly }.Run(60_000);
        Assert.Equal(Role.Standby, node.Role);
        Assert.False(node.Has<StartAdverts>());
        node.Input(new PeerReleased(new Term(3), node.Now));
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void An_active_that_nobody_answers_for_300_ms_releases_when_the_deaf_standby_hears_others()
    {
        var node = ActiveFor(10_000);
        var took = new LanRig(node) { Beat = Standby(OthersOnly, hears: false), Lan = Nobody }.Run(3_000);
        Assert.True(node.Has<ReleaseAddresses>());
        Assert.InRange(took.TotalMilliseconds, 300, 400);
        node.Forget().Input(new AddressesReleased(""));
        Assert.Equal(Role.Fault, node.Role);
        Assert.True(node.Has<TellReleased>());
    }

    [Fact]
    public void An_active_whose_adverts_are_heard_but_that_nobody_answers_releases_after_two_rounds()
    {
        var node = ActiveFor(10_000);
        var took = new LanRig(node) { Beat = Standby(OthersOnly, hears: true), Lan = Nobody }.Run(3_000);
        Assert.True(node.Has<ReleaseAddresses>());
        Assert.InRange(took.TotalMilliseconds, 600, 700);
    }

    public static TheoryData<string, PeerBeat> ReasonsToStay => new()
    {
        { "the standby hears nobody either", Standby(Nobody, hears: false) },
        { "the standby has asked nobody", Standby(null, hears: false) },
        { "this node answers the standby", Standby(All, hears: false) },
        { "the standby could not take over", Standby(OthersOnly, hears: false) with { Eligible = false } },
        { "the standby has only just started", Standby(OthersOnly, hears: false) with { Role = Role.Starting } },
    };

    [Theory]
    [MemberData(nameof(ReasonsToStay))]
    public void An_active_that_nobody_answers_stays_where(string reason, PeerBeat beat)
    {
        var node = ActiveFor(10_000);
        new LanRig(node) { Beat = beat, Lan = Nobody }.Run(10_000);
        Assert.True(node.Role == Role.Active, reason);
    }

    [Fact]
    public void An_active_that_has_asked_nobody_but_the_peer_stays()
    {
        var node = ActiveFor(10_000);
        new LanRig(node) { Beat = Standby(OthersOnly, hears: false), Lan = Nobody with { OthersAsked = 0 } }.Run(10_000);
        Assert.Equal(Role.Active, node.Role);
    }

    [Fact]
    public void With_the_link_cut_as_well_an_active_that_nobody_answers_stays()
    {
        var node = ActiveFor(10_000);
        new LanRig(node) { Lan = Nobody }.Run(10_000);
        Assert.Equal(Role.Active, node.Role);
    }

    [Fact]
    public void Where_both_hear_others_nothing_moves_and_an_alarm_names_the_path_until_it_is_mended()
    {
        var node = ActiveFor(10_000);
        var rig = new LanRig(node) { Beat = Standby(OthersOnly, hears: false), Lan = OthersOnly };
        rig.Run(10_000);
        Assert.Equal(Role.Active, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.HeartbeatPathLost));
        Assert.False(node.HasAlarm(AlarmKind.LanIsolated));
        (rig.Beat, rig.Lan) = (Standby(All, hears: true), All);
        rig.Run(1_000);
        Assert.False(node.HasAlarm(AlarmKind.HeartbeatPathLost));
    }

    [Fact]
    public void A_standby_that_has_only_just_come_does_not_call_itself_deaf()
    {
        var node = new Scenario().StandbyOf(3);
        Assert.True(ElectionMachine.BeatOf(node.State, node.Now, node.Settings).HearsAdverts);
        node.Wait(540); // the advert came 51 ms before
        Assert.True(ElectionMachine.BeatOf(node.State, node.Now, node.Settings).HearsAdverts);
    }

    private static Scenario ActiveFor(double milliseconds) => new Scenario().ActiveAlone().Wait(milliseconds).Forget();

    private static PeerBeat Active(LanReport lan) => Scenario.PeerIs(Role.Active, 3) with { Lan = lan };

    private static PeerBeat Standby(LanReport? lan, bool hears) => Scenario.PeerIs(Role.Standby, highest: 2, hears: hears) with { Lan = lan };
}
