using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>The other rules of the election, by their numbers, and what follows from several.</summary>
public class ElectionRuleTests
{
    [Fact]
    public void Who_is_met_over_the_link_hears_at_once_what_this_node_is()
    {
        var node = new Scenario().ActiveAlone().Wait(1).Forget();
        Assert.Single(node.Input(new LinkChanged(LinkStatus.Connected, "")).All<BeatNow>());
        Assert.False(node.Forget().Input(new LinkChanged(LinkStatus.Lost, "")).Has<BeatNow>());
    }

    [Fact]
    public void Rule_3_while_the_peer_answers_for_the_address_nobody_claims()
    {
        var node = new Scenario().StandbyOf(3);
        node.Wait(3_000, () => node.Input(new AddressAnswered()));
        Assert.Equal(Role.Standby, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.PeerStillAnswers));
        // Its last answer shows a lease that ran: a deadline follows.
        node.Wait(590);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(30);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Theory]
    [InlineData("a", "b", false, 60)]
    [InlineData("b", "a", false, 610)]
    [InlineData("b", "a", true, 60)]
    public void Of_two_that_never_heard_each_other_the_higher_name_listens_for_a_deadline(string self, string peer, bool heard, double milliseconds)
    {
        var node = new Scenario(self, peer).Begin().Input(new LinkChanged(LinkStatus.Lost, ""));
        if (heard) node.Advert(3);
        while (node.Role != Role.Replaying) node.Wait(5);
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(milliseconds - 20);
        Assert.Equal(Role.Replaying, node.Role);
        node.Wait(20);
        Assert.Equal(Role.Claiming, node.Role);
    }

    [Fact]
    public void A_release_that_nobody_followed_for_a_deadline_waives_nothing_any_more()
    {
        var node = new Scenario().StandbyOf(3).Input(new ReplicaChanged(new ReplicaPosition(0, "", InSync: true, JournalState.Broken))).Advert(3, released: true);
        node.Wait(650).Input(new ReplicaChanged(new ReplicaPosition(0, "", InSync: true, JournalState.Usable)));
        Assert.NotEqual(Role.Replaying, node.Role);
    }

    [Fact]
    public void A_release_that_waited_in_the_queue_of_a_node_that_stood_still_is_not_followed_at_once()
    {
        var node = new Scenario().StandbyOf(3);
        node.StandStill(4_000).Advert(3, released: true).Advert(5);
        node.Wait(500, () => node.Advert(5));
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void Rule_3_while_the_questions_cannot_be_sent_nobody_claims()
    {
        var node = new Scenario().StandbyOf(3);
        node.Wait(3_000, () => node.Input(new AddressNotAsked()));
        Assert.Equal(Role.Standby, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.PeerStillAnswers));
        node.Wait(230);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_3_where_the_address_is_not_asked_for_the_kernel_s_lifetime_is_waited_from_the_end_of_the_lease()
    {
        var node = new Scenario(probes: false).StandbyOf(3);
        node.Wait((node.Settings.Timing.Deadline + ElectionSettings.KernelHolds).TotalMilliseconds - 20);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(40);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_3_nor_does_an_earlier_end_of_the_process_let_it_claim_sooner()
    {
        var node = new Scenario(probes: false).Begin().Input(new LinkChanged(LinkStatus.Refused, "")).Input(new LinkChanged(LinkStatus.Lost, ""));
        node.Wait(5_000, () => node.Advert(3));
        node.Wait(500).Input(new LinkChanged(LinkStatus.Refused, "")).Wait(ElectionSettings.KernelHolds.TotalMilliseconds - 20);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(100);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_may_lack_something_says_nothing_of_a_claim_where_claim_when_stale_is_off(bool released)
    {
        var node = new Scenario(claimWhenStale: false).StandbyOf(3).Input(new ReplicaChanged(new ReplicaPosition(3, "", InSync: false, JournalState.Usable) { MayLack = true }));
        if (released) node.Advert(3, released: true);
        node.Wait(5_000);
        Assert.Equal(Role.Standby, node.Role);
        Assert.False(node.Has<StartAdverts>());
        Assert.Contains("claim-when-stale is off: no claim", Assert.Single(node.All<RaiseAlarm>(), alarm => alarm.Kind == AlarmKind.ClaimForbidden).Text, StringComparison.Ordinal);
        node.Input(new ReplicaChanged(new ReplicaPosition(3, "", InSync: true, JournalState.Usable))).Wait(50);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Theory]
    [InlineData(8, 48, 500)] // the link may have to send the release again
    [InlineData(200, 600, 1_200)]
    public void Rule_6_who_released_leaves_the_other_one_two_deadlines_and_half_a_second_at_least(double interval, double deadline, double waits)
    {
        var node = new Scenario(timing: new HeartbeatTiming(TimeSpan.FromMilliseconds(interval), TimeSpan.FromMilliseconds(deadline))).ActiveAlone().Input(new LeaseLost("test")).Input(new AddressesReleased(""));
        Assert.Equal(waits, (node.State.HoldBack.Until - node.Now).TotalMilliseconds);
    }

    [Theory]
    [InlineData(8, 48, 249, true)]
    [InlineData(8, 48, 250, false)]
    [InlineData(200, 600, 599, true)]
    [InlineData(200, 600, 600, false)]
    [InlineData(200, 600, -1, false)] // of another run of this host's clock
    [InlineData(200, 600, null, false)]
    public void Rule_6_a_release_over_the_link_is_followed_for_half_of_the_time_that_its_sender_waits(double interval, double deadline, int? age, bool followed)
    {
        var node = new Scenario(timing: new HeartbeatTiming(TimeSpan.FromMilliseconds(interval), TimeSpan.FromMilliseconds(deadline))).StandbyOf(3).Forget();
        node.Input(new PeerReleased(new Term(3), age is { } old ? node.Now - TimeSpan.FromMilliseconds(old) : null));
        Assert.Equal(followed ? Role.Replaying : Role.Standby, node.Role);
        Assert.Equal(followed, !node.All<Note>().Any(note => note.Text.Contains("perhaps long ago", StringComparison.Ordinal)));
        node.Wait(deadline - 1);
        Assert.Equal(followed ? Role.Replaying : Role.Standby, node.Role);
        node.Wait(50);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Rule_6_a_release_over_the_link_is_not_followed_later_than_that_either()
    {
        var node = new Scenario().StandbyOf(3).Input(new StandbyChecked("check test: down (3 in a row)"));
        node.Input(new PeerReleased(new Term(3), node.Now - TimeSpan.FromMilliseconds(500))).Wait(101).Input(new StandbyChecked("")).Wait(10);
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void Rule_6_a_release_that_is_old_on_the_link_is_followed_where_the_LAN_brings_it_in_time()
    {
        var node = new Scenario().StandbyOf(3).Input(new PeerReleased(new Term(3), null));
        Assert.Equal(Role.Standby, node.Role);
        node.Advert(3, released: true);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void A_beat_says_when_it_was_sent()
    {
        var node = new Scenario().StandbyOf(3);
        Assert.Equal(node.Now, ElectionMachine.BeatOf(node.State, node.Now, node.Settings).SentAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // a run before this one sent the beat: its clock may have been another
    public void Rule_6_a_release_over_the_link_says_which_beat_was_heard_last(bool sameConnection)
    {
        var node = new Scenario().ActiveAlone().Beat(Scenario.PeerIs(Role.Standby) with { SentAt = new Moment(12) });
        if (!sameConnection) node.Wait(10).Input(new LinkChanged(LinkStatus.Lost, "")).Wait(10).Input(new LinkChanged(LinkStatus.Connected, ""));
        node.Input(new LeaseLost("test")).Input(new AddressesReleased(""));
        Assert.Equal(sameConnection ? new Moment(12) : null, Assert.Single(node.All<TellReleased>()).Echo);
    }

    [Fact]
    public void Rule_6_a_release_of_the_highest_term_is_followed_at_once()
    {
        var node = new Scenario().StandbyOf(3).Forget();
        node.Advert(3, released: true);
        Assert.Equal(Role.Replaying, node.Role);
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0));
        Assert.Single(node.All<ClaimAddresses>());
    }

    [Fact]
    public void Rule_6_an_old_release_means_nothing()
    {
        var node = new Scenario().StandbyOf(5).Forget();
        node.Advert(3, released: true);
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void Rule_6_beats_sent_before_the_release_do_not_bring_the_holder_back_to_life()
    {
        var node = new Scenario().StandbyOf(3);
        node.DiskWorks = false;
        node.Advert(3, released: true).Beat(Scenario.PeerIs(Role.Active, 3)).Advert(3);
        Assert.True(node.State.ReleaseHeard is not null || node.Role == Role.Replaying);
    }

    [Fact]
    public void Rule_11_an_active_alone_goes_on_where_a_part_of_it_breaks_with_an_alarm_for_a_minute()
    {
        var node = new Scenario().ActiveAlone().Forget().Input(new LocalFault("test"));
        Assert.Equal(Role.Active, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.LocalFault));
        node.Forget().Wait(50_000).Input(new LocalFault("test")).Wait(50_000);
        Assert.Empty(node.All<ClearAlarm>());
        node.Wait(11_000);
        Assert.Equal(AlarmKind.LocalFault, node.All<ClearAlarm>().Single().Kind);
    }

    [Theory]
    [InlineData(150, 150)]
    [InlineData(90, 0)] // less than half an interval
    public void A_standby_that_stood_still_while_it_asked_for_the_address_has_heard_nothing_meanwhile(double gap, double more)
    {
        var node = new Scenario().StandbyOf(3).Wait(420).StandStill(gap).Input(new Tick()).Wait(590 - 420 - gap + more);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(30);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Theory]
    [InlineData(0, 50)] // the next advert was due 200 ms after the last one, and is the lease of a holder that hung before its next beat
    [InlineData(30, 20)]
    [InlineData(60, 0)]
    [InlineData(190, 0)]
    [InlineData(210, 40)] // one was lost already, and the one after it may have left
    public void An_advert_that_may_have_been_lost_after_the_last_sign_counts(double beatLater, double more)
    {
        var node = new Scenario().StandbyOf(3).Advert(3).Wait(beatLater).Beat(Scenario.PeerIs(Role.Active, 3)).Wait(590 + more);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(20);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void Beats_alone_count_for_an_interval_more_than_adverts()
    {
        var node = new Scenario().StandbyOf(3);
        node.Input(new PeerGreeted(new PeerGreeting(Scenario.Fast))).Wait(590).Beat(Scenario.PeerIs(Role.Active, 3));
        node.Wait(Scenario.Fast.Deadline.TotalMilliseconds + 100);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(110);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void The_lease_outlasts_the_time_between_two_adverts_whatever_the_peers_pace()
    {
        var timings =
            from advbase in new byte[] { 0, 1, 10 }
            from advskew in new byte[] { 1, 40, 51, 254 }
            from ratio in new[] { 2, 3, 10 }
            select new CarpSettings(1, new Secret([]), advbase, advskew, ratio, CarpPeer.Ours, CarpSourceMac.Virtual, System.Net.IPAddress.None, []).Timing;
        foreach (var own in timings)
        {
            foreach (var peer in timings)
            {
                var node = new Scenario(timing: own);
                Assert.True(PeerEvidence.Lease(node.State, node.Settings) > own.Interval, $"{own}, before the peer has greeted");
                node.Begin().Input(new PeerGreeted(new PeerGreeting(peer))).Beat(Scenario.PeerIs(Role.Standby, hears: false));
                Assert.True(PeerEvidence.Lease(node.State, node.Settings) > own.Interval, $"{own} beside {peer}");
            }
        }
    }

    [Fact]
    public void A_claim_of_the_peer_ends_the_hold_back_of_the_last_release()
    {
        var node = new Scenario().ActiveAlone().Beat(Scenario.PeerIs(Role.Standby, highest: 2));
        node.Input(new HandoverRequested("root")).Input(new ServiceChanged(ServiceState.None, "")).Input(new ReplicaFlushed()).Input(new AddressesReleased(""));
        node.Advert(5).Advert(5, released: true);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void A_removal_that_nobody_confirmed_is_not_announced_as_a_release()
    {
        var node = new Scenario().ActiveAlone().Forget();
        node.Input(new LeaseLost("test")).Wait(1_100);
        Assert.Equal(Role.Standby, node.Role);
        Assert.False(node.Has<SendRelease>());
    }

    [Fact]
    public void A_failed_claim_of_its_own_does_not_make_a_node_deaf_to_the_holder_of_a_lower_term()
    {
        var node = new Scenario().StandbyOf(3).Wait(605);
        node.Input(new ReplayFailed(node.State.Terms.Held, "test")).Input(new AddressesReleased(""));
        node.Advert(3).Wait(3_000, () => node.Advert(3));
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void Rule_11_lost_carrier_releases_and_the_back_off_ends_it()
    {
        var node = new Scenario().ActiveAlone().Forget();
        node.Input(new CarrierChanged(false, "carrier lost"));
        Assert.True(node.Has<ReleaseAddresses>());
        node.Input(new AddressesReleased(""));
        Assert.Equal(Role.Fault, node.Role);
        Assert.Contains(node.All<RoleChanged>(), c => c.Change.Cause.Contains("carrier lost", StringComparison.Ordinal));
        node.Wait(2_000);
        Assert.Equal(Role.Fault, node.Role);
        node.Input(new CarrierChanged(true, "carrier back")).Advert(5);
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void Rule_11_a_failed_service_moves_only_to_somebody_better()
    {
        var node = new Scenario().ActiveAlone().Forget();
        node.Input(new ServiceChanged(ServiceState.Failed, "exit 1"));
        Assert.Equal(Role.Active, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.ServiceFailing));
        node.Beat(Scenario.PeerIs(Role.Standby, highest: 2));
        Assert.Equal(Role.Releasing, node.Role);
    }

    [Fact]
    public void Rule_12_who_pauses_without_the_other_one_is_told_that_it_has_not_heard_of_it()
    {
        var node = new Scenario().ActiveAlone().Forget().Input(new PauseRequested(true, "root"));
        Assert.Contains("b is not there (no beat on the cluster link), and hears of it when it is", Assert.Single(node.All<AnswerOperator>()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule_12_a_paused_pair_neither_claims_nor_hands_over()
    {
        var standby = new Scenario().StandbyOf(3).Input(new PauseRequested(true, "root")).Wait(10_000);
        Assert.Equal(Role.Maintenance, standby.Role);
        var active = new Scenario().ActiveAlone().Beat(Scenario.PeerIs(Role.Standby, highest: 2));
        active.Input(new PauseRequested(true, "root")).Forget().Input(new HandoverRequested("root"));
        Assert.False(active.All<AnswerOperator>().Single().Accepted);
        active.Input(new LeaseLost("test"));
        Assert.True(active.Has<ReleaseAddresses>());
    }

    [Fact]
    public void Rule_12_the_younger_pause_or_resume_counts_on_both_nodes()
    {
        var node = new Scenario().StandbyOf(3);
        node.Beat(Scenario.PeerIs(Role.Active, 3) with { Paused = true, PauseEpoch = 1 });
        Assert.Equal(Role.Maintenance, node.Role);
        node.Beat(Scenario.PeerIs(Role.Active, 3) with { Paused = false, PauseEpoch = 2 });
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void A_handover_stops_the_service_flushes_the_replica_and_only_then_takes_the_addresses_off()
    {
        var node = new Scenario().ActiveAlone().Beat(Scenario.PeerIs(Role.Standby, highest: 2)).Forget();
        node.Input(new HandoverRequested("root"));
        Assert.True(node.Has<StopService>());
        Assert.False(node.Has<FlushReplica>());
        node.Input(new ServiceChanged(ServiceState.None, ""));
        Assert.True(node.Has<FlushReplica>());
        Assert.False(node.Has<ReleaseAddresses>());
        node.Input(new ReplicaFlushed());
        Assert.True(node.Has<ReleaseAddresses>());
        Assert.False(node.Has<SendRelease>());
        node.Input(new AddressesReleased(""));
        Assert.True(node.Has<SendRelease>());
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void A_stop_that_the_service_ignores_is_bounded()
    {
        var node = new Scenario().ActiveAlone().Forget();
        node.Input(new StopRequested("SIGTERM")).Wait(5_010);
        Assert.True(node.Has<ReleaseAddresses>());
        node.Input(new AddressesReleased(""));
        Assert.True(node.Has<Stopped>());
    }

    [Fact]
    public void A_stale_claim_needs_permission()
    {
        var node = new Scenario(claimWhenStale: false).StandbyOf(3).Wait(605).Forget();
        node.Input(new CaughtUp(node.State.Terms.Held, 7, "", 2)).Input(new AddressesReleased(""));
        Assert.Equal(Role.Standby, node.Role);
        Assert.False(node.Has<ClaimAddresses>());
        var permitted = new Scenario().StandbyOf(3).Wait(605).CompleteClaim(missing: 2);
        Assert.Equal(Role.Active, permitted.Role);
        Assert.True(permitted.HasAlarm(AlarmKind.StaleClaim));
    }

    [Fact]
    public void A_stale_claim_is_over_when_the_peer_follows_with_the_same_history()
    {
        var node = new Scenario().StandbyOf(3).Wait(605).CompleteClaim(missing: 1);
        node.Beat(Scenario.PeerIs(Role.Standby, inSync: false));
        Assert.True(node.HasAlarm(AlarmKind.StaleClaim));
        node.Beat(Scenario.PeerIs(Role.Standby, version: 1) with { Replica = new ReplicaPosition(1, "other", InSync: true, JournalState.Usable) });
        Assert.True(node.HasAlarm(AlarmKind.StaleClaim));
        node.Beat(Scenario.PeerIs(Role.Standby));
        Assert.False(node.HasAlarm(AlarmKind.StaleClaim));
    }

    [Fact]
    public void A_stale_claim_is_over_for_a_node_that_follows_an_active()
    {
        var node = new Scenario().StandbyOf(3).Wait(605).CompleteClaim(missing: 1);
        node.Beat(Scenario.PeerIs(Role.Active, 9)).Input(new AddressesReleased("")).Wait(60);
        Assert.Equal(Role.Standby, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.StaleClaim));
        node.Input(new ReplicaChanged(new ReplicaPosition(4, "", InSync: true, JournalState.Usable))).Beat(Scenario.PeerIs(Role.Active, 9));
        Assert.False(node.HasAlarm(AlarmKind.StaleClaim));
    }

    [Theory]
    [InlineData(true, false, Role.Replaying)]
    [InlineData(false, true, Role.Standby)]
    public void Of_two_with_the_same_history_the_one_that_knows_it_is_complete_goes_first(bool mine, bool peers, Role expected)
    {
        var node = new Scenario().Begin().Input(new ReplicaChanged(new ReplicaPosition(0, "", mine, JournalState.Usable)));
        var beat = Scenario.PeerIs(Role.Starting, inSync: peers);
        node.Beat(beat).Wait(700, () => node.Beat(beat));
        Assert.Equal(expected, node.Role);
    }

    [Fact]
    public void The_replica_is_told_of_another_node_s_term_once_and_never_of_this_one_s()
    {
        var node = new Scenario().Begin(highest: 3);
        Assert.Equal(new Term(3), Assert.Single(node.All<LedElsewhere>()).Term);
        node.Forget().Advert(5).Advert(5);
        Assert.Equal(new Term(5), Assert.Single(node.All<LedElsewhere>()).Term);
        node.Forget().Beat(Scenario.PeerIs(Role.Starting, highest: 7)).Beat(Scenario.PeerIs(Role.Starting, highest: 7));
        Assert.Equal(new Term(7), Assert.Single(node.All<LedElsewhere>()).Term);
        Assert.False(new Scenario().Begin(highest: 4, wasActive: true).Has<LedElsewhere>());
        Assert.False(new Scenario().ActiveAlone().Has<LedElsewhere>());
    }

    [Fact]
    public void A_restarted_node_that_was_neither_active_nor_in_sync_waits_for_its_peer()
    {
        var node = new Scenario().Begin(highest: 5).Input(new LinkChanged(LinkStatus.Refused, ""));
        node.Wait(19_000);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(1_100);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void With_a_ucarp_peer_the_better_rank_wins_and_no_probe_is_sent()
    {
        var node = new Scenario(ours: false).Begin().Wait(700).CompleteClaim().Forget();
        Assert.Equal(Role.Active, node.Role);
        node.Advert(0, outranks: false);
        Assert.Equal(Role.Active, node.Role);
        node.Advert(0, outranks: true);
        Assert.True(node.Has<ReleaseAddresses>());
        Assert.False(node.Has<ProbeAddress>());
    }
}
