using AkkaFailover.Core.Election;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>Rule 10: witnesses.</summary>
public class WitnessRuleTests
{
    public static TheoryData<HeartbeatTiming> Timings => new()
    {
        Scenario.Fast,
        Scenario.Slow,
        new HeartbeatTiming(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400)),
        new HeartbeatTiming(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1)),
    };

    [Theory]
    [MemberData(nameof(Timings))]
    public void A_standby_claims_only_when_a_witness_answers_a_question_of_after_the_silence(HeartbeatTiming timing)
    {
        var node = new Scenario(timing: timing, witnesses: true).StandbyOf(3).Input(new LanContact(Witness: true));
        var rig = new LanRig(node) { PeerAnswers = false };
        rig.Run(timing.Deadline.TotalMilliseconds * 5);
        Assert.Equal(Role.Standby, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.ClaimForbidden));
        Assert.Contains(ElectionExplanation.Explain(node.State, node.Now, node.Settings), line => line.Contains("no witness answers", StringComparison.Ordinal));
        rig.Witness = true;
        rig.Run((PeerEvidence.Deadline(node.State, node.Settings) + node.Settings.WitnessPace).TotalMilliseconds + 20);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Theory]
    [InlineData(610, true)]
    [InlineData(850, true)]
    [InlineData(5_000, true)]
    [InlineData(5_000, false)] // nobody is active after all
    public void A_standby_that_was_cut_off_listens_for_an_advert_when_the_witness_answers_again(double cutOffMs, bool active)
    {
        var node = new Scenario(witnesses: true).StandbyOf(3);
        var rig = new LanRig(node);
        rig.Run(cutOffMs);
        rig.Witness = true;
        rig.Run(190);
        if (active) Appears(node, rig);
        rig.Run(5_000);
        Assert.Equal(active ? Role.Standby : Role.Replaying, node.Role);
    }

    [Fact]
    public void A_standby_that_starts_cut_off_listens_for_an_advert_when_the_witness_answers_first()
    {
        var node = new Scenario(witnesses: true).Begin();
        var rig = new LanRig(node);
        rig.Run(5_000);
        rig.Run(100);
        Assert.Equal(Role.Standby, node.Role);
        rig.Witness = true;
        rig.Run(190);
        Appears(node, rig);
        rig.Run(5_000);
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void A_claim_beside_a_witness_outlasts_a_short_standstill()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3);
        new LanRig(node) { Witness = true }.Run(60_000);
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).StandStill(330).Input(new Tick()).Wait(60);
        Assert.Equal(Role.Claiming, node.Role);
    }

    [Fact]
    public void An_answer_from_before_an_advert_was_due_is_no_sign_that_one_would_have_been_heard()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3).Input(new LanContact(Witness: true));
        var rig = new LanRig(node);
        rig.Run(540);
        rig.Witness = true; // within a deadline of the last answer
        rig.Run(190);
        Appears(node, rig);
        rig.Run(5_000);
        Assert.Equal(Role.Standby, node.Role);
    }

    [Theory]
    [MemberData(nameof(Timings))]
    public void A_witness_that_answers_delays_no_claim(HeartbeatTiming timing)
    {
        var node = new Scenario(timing: timing, witnesses: true).StandbyOf(3);
        var took = new LanRig(node) { Witness = true, WitnessTakes = TimeSpan.FromMilliseconds(100) }.Run(60_000);
        var deadline = PeerEvidence.Deadline(node.State, node.Settings).TotalMilliseconds;
        Assert.Equal(Role.Replaying, node.Role);
        Assert.InRange(took.TotalMilliseconds, deadline - 20, deadline + 20);
    }

    [Theory]
    [MemberData(nameof(Timings))]
    public void An_active_that_reaches_neither_the_peer_nor_a_witness_is_gone_before_the_other_side_may_claim(HeartbeatTiming timing)
    {
        var node = ActiveWithPeer(timing, out var rig);
        (rig.Beat, rig.Witness) = (null, false);
        var lastContact = node.State.Link.LastBeat!.Value;
        rig.Run(60_000);
        Assert.True(node.Has<ReleaseAddresses>());
        var took = node.Now - lastContact;
        // The other side's last sign of this node is at most an interval older than this node's of the other.
        var claims = PeerEvidence.Deadline(node.State, node.Settings) - timing.Interval;
        Assert.InRange(took, claims / 2, claims + TimeSpan.FromMilliseconds(10));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_claim_that_listens_for_a_deadline_ends_where_the_witness_is_gone_meanwhile(bool answers)
    {
        var node = new Scenario("b", "a", witnesses: true).Begin().Input(new LinkChanged(LinkStatus.Lost, ""));
        while (node.Role != Role.Replaying) node.Wait(20, () => node.Input(new LanContact(Witness: true)));
        node.Forget().Input(new CaughtUp(node.State.Terms.Held, 0, "", 0));
        node.Wait(650, () => { if (answers) node.Input(new LanContact(Witness: true)); });
        Assert.Equal(answers, node.Has<ClaimAddresses>());
        Assert.NotEmpty(node.All<AskContacts>());
        if (!answers) Assert.Contains("no witness answers any more", node.All<RoleChanged>()[0].Change.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void A_witness_that_answered_more_than_a_deadline_ago_proves_nothing()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3).Wait(400).Input(new LanContact(Witness: true));
        node.Wait(600, () => node.Input(new AddressAnswered()));
        node.Forget().Wait(900);
        Assert.Equal(Role.Standby, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.ClaimForbidden));
        Assert.True(node.All<AskContacts>().Count > 5);
        node.Wait(620, () => node.Input(new LanContact(Witness: true)));
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void An_active_whose_peer_dies_stays_where_a_witness_answers()
    {
        var node = ActiveWithPeer(Scenario.Fast, out var rig);
        (rig.Beat, rig.Witness) = (null, true);
        rig.Run(60_000);
        Assert.Equal(Role.Active, node.Role);
    }

    [Fact]
    public void A_release_that_waits_for_its_service_does_not_where_neither_witness_nor_peer_answers_any_more()
    {
        var node = ActiveWithPeer(Scenario.Fast, out var rig);
        node.Input(new StopRequested("SIGTERM"));
        Assert.Equal(ReleaseStep.Service, node.State.Release!.Step);
        rig.Run(2_000);
        Assert.Equal(ReleaseStep.Service, node.State.Release!.Step);
        node.Forget();
        (rig.Beat, rig.Witness, rig.PeerAnswers) = (null, false, false);
        rig.Run(1_000);
        Assert.True(node.Has<ReleaseAddresses>());
        Assert.False(node.All<StopService>()[0].Graceful);
    }

    [Fact]
    public void A_release_that_begins_while_the_node_is_cut_off_gives_it_no_more_time()
    {
        var node = ActiveWithPeer(Scenario.Fast, out var rig);
        rig.Run(2_000);
        (rig.Beat, rig.Witness, rig.PeerAnswers) = (null, false, false);
        rig.Run(150);
        node.Forget().Input(new StopRequested("SIGTERM"));
        rig.Run(300);
        Assert.True(node.Has<ReleaseAddresses>());
    }

    [Fact]
    public void An_active_that_loses_its_only_witness_stays_while_the_peer_beats_or_answers_on_the_LAN()
    {
        var node = ActiveWithPeer(Scenario.Fast, out var rig);
        rig.Witness = false;
        rig.Run(5_000);
        node.Input(new NeighboursReported(new LanReport(true, 0, 1, 0) { OthersAsked = 1 }));
        Assert.True(node.HasAlarm(AlarmKind.WitnessesLost));
        (rig.Beat, rig.PeerAnswers) = (null, true);
        rig.Run(5_000);
        Assert.Equal(Role.Active, node.Role);
        rig.PeerAnswers = false;
        rig.Run(5_000);
        Assert.True(node.Has<ReleaseAddresses>());
    }

    public static TheoryData<HeartbeatTiming, ElectionInput> Queued
    {
        get
        {
            var data = new TheoryData<HeartbeatTiming, ElectionInput>();
            foreach (HeartbeatTiming timing in Timings)
            {
                data.Add(timing, new LanContact(Witness: true));
                data.Add(timing, new LanContact(Witness: false));
                data.Add(timing, new BeatHeard(Scenario.PeerIs(Role.Standby, highest: 4)));
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Queued))]
    public void What_waited_in_the_queue_while_an_active_stood_still_prolongs_nothing(HeartbeatTiming timing, ElectionInput queued)
    {
        var node = ActiveWithPeer(timing, out var rig);
        (rig.Beat, rig.Witness) = (null, false);
        node.StandStill(timing.Interval.TotalMilliseconds * 0.8).Input(new Tick());
        var stoodStillFrom = node.State.LastGap.From;
        node.Input(queued).Input(queued);
        rig.Run(60_000);
        Assert.True(node.Has<ReleaseAddresses>());
        Assert.InRange(node.Now - stoodStillFrom, TimeSpan.Zero, PeerEvidence.Deadline(node.State, node.Settings) - timing.Interval + TimeSpan.FromMilliseconds(10));
    }

    [Theory]
    [InlineData(160, true)]
    [InlineData(70, false)]
    public void The_cause_names_a_standstill_of_this_node_that_has_its_part_in_it(double stoodStill, bool names)
    {
        var node = ActiveWithPeer(Scenario.Fast, out var rig);
        (rig.Beat, rig.Witness) = (null, false);
        node.StandStill(stoodStill).Input(new Tick());
        rig.Run(2_000);
        Assert.Equal(names, node.All<RoleChanged>()[0].Change.Cause.Contains(" s of which this node stood still", StringComparison.Ordinal));
    }

    [Fact]
    public void With_the_fastest_heartbeats_the_queue_is_given_five_milliseconds_to_be_read()
    {
        var timing = new HeartbeatTiming(TimeSpan.FromMilliseconds(1_000.0 * 2 / 256), TimeSpan.FromMilliseconds(6_000.0 * 2 / 256));
        var node = new Scenario(timing: timing, witnesses: true).StandbyOf(3).Advert(3, released: true).CompleteClaim();
        node.Wait(10).Beat(Scenario.PeerIs(Role.Standby, highest: 4)).Wait(1);
        var reached = node.State.Contact.Reached;
        node.StandStill(23).Input(new Tick()).Wait(4).Input(new LanContact(Witness: true)).Forget();
        for (var ms = 0; ms < 100 && !node.Has<ReleaseAddresses>(); ms++) node.Wait(1);
        Assert.InRange(node.Now - reached, TimeSpan.Zero, timing.Deadline - timing.Interval + TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void What_is_read_only_after_a_second_standstill_may_be_as_old_as_the_first()
    {
        var node = ActiveWithPeer(Scenario.Fast, out _);
        var from = node.State.LastStep;
        node.StandStill(150).Input(new Tick()).Wait(40).StandStill(60).Input(new LanContact(Witness: true));
        Assert.Equal(from, node.State.Contact.Reached);
        var read = node.Now;
        node.Wait(40).StandStill(60).Input(new LanContact(Witness: true));
        Assert.True(node.State.Contact.Reached >= read);
    }

    [Fact]
    public void A_starved_active_stays_while_the_witness_answers()
    {
        var node = ActiveWithPeer(Scenario.Fast, out _);
        for (var round = 0; round < 50; round++) node.StandStill(120).Input(new Tick()).Wait(10).Input(new LanContact(Witness: true)).Wait(10);
        Assert.Equal(Role.Active, node.Role);
    }

    [Theory]
    [InlineData(60, 40)]
    [InlineData(120, 20)]
    public void A_starved_standby_claims_where_a_witness_answers(double standsStill, double runs)
    {
        var node = new Scenario(witnesses: true).StandbyOf(3);
        var died = node.Now;
        while (node.Role == Role.Standby && node.Now - died < TimeSpan.FromSeconds(10)) node.StandStill(standsStill).Input(new Tick()).Wait(runs / 2).Input(new LanContact(Witness: true)).Wait(runs / 2);
        Assert.Equal(Role.Replaying, node.Role);
        Assert.InRange((node.Now - died).TotalMilliseconds, 500, 1_500);
    }

    [Fact]
    public void A_question_that_is_answered_too_early_to_count_is_asked_again_at_once()
    {
        var node = new Scenario(timing: Scenario.Slow, witnesses: true).StandbyOf(3).Wait(700);
        node.StandStill(150).Forget().Input(new LinkChanged(LinkStatus.Refused, ""));
        Assert.Single(node.All<AskContacts>());
        node.Input(new LanContact(Witness: true)).Wait(51);
        Assert.Equal(2, node.All<AskContacts>().Count);
    }

    [Fact]
    public void An_answer_after_a_time_in_which_nothing_was_to_be_done_counts_when_it_comes()
    {
        var node = ActiveWithPeer(Scenario.Slow, out _);
        node.Wait(900).Input(new LanContact(Witness: true));
        Assert.Equal(node.Now, node.State.Contact.Reached);
    }

    [Fact]
    public void A_claim_that_is_over_when_its_node_wakes_counts_as_contact_of_before()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3).Advert(3, released: true);
        node.Input(new CaughtUp(node.State.Terms.Held, 0, "", 0)).Wait(60);
        Assert.Equal(Role.Claiming, node.Role);
        var from = node.Now;
        node.StandStill(290).Input(new AddressesHeld(node.State.Terms.Held));
        Assert.Equal(Role.Active, node.Role);
        for (var tens = 0; tens < 100 && !node.Has<ReleaseAddresses>(); tens++) node.Wait(10);
        Assert.InRange(node.Now - from, TimeSpan.Zero, TimeSpan.FromMilliseconds(410));
    }

    [Fact]
    public void A_starved_successor_has_held_no_longer_than_it_has_claimed()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3).StandStill(200).Advert(3, released: true).Wait(5);
        node.StandStill(200).Input(new CaughtUp(node.State.Terms.Held, 0, "", 0));
        Assert.Equal(Role.Claiming, node.Role);
        var claimed = node.Now;
        node.Wait(1).Input(new AddressesHeld(node.State.Terms.Held)).Wait(10);
        Assert.Equal((Role.Active, claimed), (node.Role, node.State.HeldSince));
    }

    [Fact]
    public void An_answer_that_waited_while_a_standby_stood_still_allows_no_claim()
    {
        var node = new Scenario(witnesses: true).StandbyOf(3).Wait(150);
        node.StandStill(295).Input(new LanContact(Witness: true));
        node.Wait(5_000);
        Assert.Equal(Role.Standby, node.Role);
        Assert.True(node.HasAlarm(AlarmKind.ClaimForbidden));
    }

    [Theory]
    [MemberData(nameof(Timings))]
    public void An_active_that_stood_still_for_less_than_an_interval_stays_where_a_witness_answers_then(HeartbeatTiming timing)
    {
        var node = ActiveWithPeer(timing, out var rig);
        rig.Beat = null;
        for (var round = 0; round < 10; round++)
        {
            node.StandStill(timing.Interval.TotalMilliseconds * 0.8).Input(new Tick()).Input(new LanContact(Witness: true));
            rig.Run(timing.Interval.TotalMilliseconds / 2);
        }
        Assert.Equal(Role.Active, node.Role);
    }

    [Fact]
    public void A_neighbour_on_the_wrong_side_of_a_split_is_no_witness()
    {
        var node = ActiveWithPeer(Scenario.Fast, out var rig);
        (rig.Beat, rig.Witness, rig.Lan) = (null, false, LanRig.Hears(peer: false, others: 3));
        rig.Run(5_000);
        Assert.True(node.Has<ReleaseAddresses>());
    }

    [Fact]
    public void Where_the_peer_has_been_away_for_long_a_witness_has_a_second_to_answer()
    {
        var node = ActiveWithPeer(Scenario.Fast, out var rig);
        (rig.Beat, rig.Witness) = (null, true);
        rig.Run(10_000);
        rig.Witness = false;
        var last = node.State.Contact.Witness!.Value;
        rig.Run(5_000);
        Assert.True(node.Has<ReleaseAddresses>());
        Assert.InRange((node.Now - last).TotalMilliseconds, 1_000, 1_020);
    }

    [Fact]
    public void Without_witnesses_nobody_is_asked()
    {
        var node = new Scenario().ActiveAlone().Forget().Wait(10_000);
        Assert.False(node.Has<AskContacts>());
        Assert.Equal(Role.Active, node.Role);
    }

    /// <summary>An active with witnesses, beside a standby that has beaten until now.</summary>
    private static Scenario ActiveWithPeer(HeartbeatTiming timing, out LanRig rig)
    {
        var node = new Scenario(timing: timing, witnesses: true).StandbyOf(3).Advert(3, released: true).CompleteClaim();
        Assert.Equal(Role.Active, node.Role);
        rig = new LanRig(node) { Beat = Scenario.PeerIs(Role.Standby, highest: 4), Witness = true };
        rig.Run(10_000);
        Assert.Equal(Role.Active, node.Role);
        node.Forget();
        return node;
    }

    /// <summary>An active is heard from now on.</summary>
    private static void Appears(Scenario node, LanRig rig)
    {
        node.Advert(3);
        rig.Advert = 3;
    }
}
