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
