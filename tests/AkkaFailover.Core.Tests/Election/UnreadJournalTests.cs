using AkkaFailover.Core.Election;
using Xunit;

namespace AkkaFailover.Core.Tests.Election;

/// <summary>A node whose journal is still being read for the first time since the start could not serve: it is nobody's successor.</summary>
public class UnreadJournalTests
{
    [Fact]
    public void A_lone_node_claims_when_its_journal_has_been_read_and_not_before()
    {
        var node = new Scenario(journalRead: false).Begin().Input(new LinkChanged(LinkStatus.Refused, "")).Wait(5_000);
        Assert.Equal(Role.Standby, node.Role);
        node.ReadJournal().Wait(1_500);
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void A_standby_does_not_take_over_before_it_and_no_advert_of_a_claim_leaves_it()
    {
        var node = new Scenario(journalRead: false).StandbyOf(3).Forget().Input(new LinkChanged(LinkStatus.Refused, "")).Wait(3_000);
        Assert.Equal(Role.Standby, node.Role);
        Assert.False(node.Has<BeginReplay>());
        node.ReadJournal().Wait(1_500);
        Assert.True(node.Has<BeginReplay>());
    }

    [Fact]
    public void A_release_that_is_heard_meanwhile_is_followed_once_it_has_been_read()
    {
        var node = new Scenario(journalRead: false).StandbyOf(3).Advert(3, released: true);
        Assert.Equal(Role.Standby, node.Role);
        node.Wait(300).ReadJournal();
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void The_address_is_asked_for_while_it_reads_and_an_answer_then_forbids_the_claim()
    {
        var node = new Scenario(journalRead: false).StandbyOf(3).Wait(2_000);
        Assert.True(node.Has<ProbeAddress>());
        node.Input(new AddressAnswered()).ReadJournal().Wait(100);
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void Probes_from_before_an_active_was_heard_are_no_proof_afterwards()
    {
        var node = new Scenario(journalRead: false).Begin().Input(new LinkChanged(LinkStatus.Refused, "")).Wait(2_000);
        Assert.True(node.State.Probe.Unanswered > 3);
        node.Advert(5).Wait(1);
        Assert.Equal(0, node.State.Probe.Unanswered);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void With_nobody_active_a_node_waits_for_a_peer_that_reads_unless_it_knows_that_it_has_everything(bool complete)
    {
        var node = new Scenario().Begin().Input(new ReplicaChanged(new ReplicaPosition(5, "", complete, JournalState.Usable)));
        var reads = Scenario.PeerIs(Role.Standby, eligible: false) with { Replica = ReplicaPosition.Unread };
        node.Wait(5_000, () => node.Beat(reads));
        Assert.Equal(complete ? Role.Replaying : Role.Standby, node.Role);
        Assert.Equal(!complete, node.HasAlarm(AlarmKind.ClaimForbidden));
        if (!complete) node.Wait(16_500, () => node.Beat(reads));
        Assert.Equal(Role.Replaying, node.Role);
    }

    [Fact]
    public void With_nobody_active_the_peer_that_has_read_more_claims_first()
    {
        var node = new Scenario().Begin().Input(new ReplicaChanged(new ReplicaPosition(5, "", InSync: false, JournalState.Usable)));
        node.Wait(2_000, () => node.Beat(Scenario.PeerIs(Role.Standby, eligible: false) with { Replica = ReplicaPosition.Unread }));
        node.Wait(100, () => node.Beat(Scenario.PeerIs(Role.Standby, version: 7)));
        Assert.True(PeerEvidence.PeerGoesFirst(node.State, node.Now, node.Settings));
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void Its_beats_say_that_it_is_not_eligible_and_why()
    {
        var node = new Scenario(journalRead: false).StandbyOf(3);
        Assert.Equal((false, "its journal is still being read"), Told(node));
        node.ReadJournal();
        Assert.Equal((true, ""), Told(node));
    }

    [Fact]
    public void A_takeover_that_is_forced_is_refused()
    {
        var node = new Scenario(journalRead: false).StandbyOf(3).Forget().Input(new TakeoverForced("test"));
        var answer = Assert.Single(node.All<AnswerOperator>());
        Assert.False(answer.Accepted);
        Assert.Equal("the journal of this node is still being read: try again in a moment", answer.Text);
        Assert.Equal(Role.Standby, node.Role);
    }

    [Fact]
    public void A_journal_that_cannot_be_read_is_an_alarm_and_one_that_is_being_read_is_none()
    {
        var node = new Scenario(journalRead: false).StandbyOf(3);
        Assert.False(node.HasAlarm(AlarmKind.Storage));
        node.Input(new ReplicaChanged(new ReplicaPosition(0, "", InSync: false, JournalState.Broken)));
        Assert.True(node.HasAlarm(AlarmKind.Storage));
        node.ReadJournal();
        Assert.False(node.HasAlarm(AlarmKind.Storage));
    }

    private static (bool, string) Told(Scenario node)
    {
        var beat = ElectionMachine.BeatOf(node.State, node.Now, node.Settings);
        return (beat.Eligible, beat.WhyNot);
    }
}
