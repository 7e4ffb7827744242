using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

/// <summary>What the election orders outside a plain claim.</summary>
public class RoleOrderTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);
    private readonly ReplicaRules _rules = new(NodeName.Parse("a"), NodeName.Parse("b"), "10.9.0.2:4053", true, AcknowledgeMode.Both, Window);
    private readonly List<ReplicaOutput> _outputs = [];
    private ReplicaNode _node = new();
    private Moment _now = new(10_000_000_000);
    private bool _writes;

    public RoleOrderTests() => Step(new Recovered(ReplicaState.Empty, 1));

    [Fact]
    public void A_raised_term_reaches_the_follower_that_had_refused_the_lower_one()
    {
        Lead(1);
        Step(new PeerLink(LinkStatus.Connected));
        var beat = new ReplicaBeat(2, 0, Window, Leading: false, new Term(4), default, Healthy: true);
        Step(new PeerSaid(beat));
        Step(new PeerSaid(beat));
        Assert.Contains("b has seen term 4", Assert.Single(_outputs.OfType<Say>(), s => s.Text.Contains("term 4", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
        Assert.Equal(new TermRefused(new Term(4)), Assert.Single(_outputs.OfType<Inform>(), inform => inform.Input is TermRefused).Input);
        _outputs.Clear();

        Step(new RoleOrdered(new OpenReplica(new Term(5))));
        var probe = Assert.Single(_outputs.OfType<Send>().Select(s => s.Message).OfType<Append>());
        Assert.Equal(new Term(5), probe.Term);
        Step(new PeerSaid(new Appended(new Term(5), probe.Stream, default, Gap: false)));
        Step(new ChangeRequested(1, "k", [1], "test"));
        Step(new Persisted());
        var sent = Assert.Single(_outputs.OfType<Send>().Select(s => s.Message).OfType<Append>(), a => !a.Changes.IsEmpty);
        Step(new PeerSaid(new Appended(new Term(5), sent.Stream, _node.MarkAt(1), Gap: false)));
        Step(new Persisted());
        Assert.Equal(new Acknowledged(1, Replicated: true), Assert.Single(_outputs.OfType<Answer>()).Outcome);
    }

    [Fact]
    public void What_was_confirmed_under_the_old_term_does_not_count_under_the_raised_one()
    {
        Lead(1);
        Step(new PeerLink(LinkStatus.Connected));
        Step(new RoleOrdered(new OpenReplica(new Term(3))));
        Assert.Equal((new Term(3), 0L, Stage.Probing), (_node.Term, _node.Peer.Match, _node.Peer.Stage));
        Step(new RoleOrdered(new OpenReplica(new Term(1))));
        Assert.Equal(new Term(3), _node.Term);
    }

    [Fact]
    public void An_active_whose_journal_comes_back_takes_changes_again()
    {
        Lead(1);
        Step(new JournalFailed("input/output error"));
        Step(new Recovered(ReplicaState.Empty, 2));
        Assert.Equal((ReplicaMode.Leading, new Term(1)), (_node.Mode, _node.Term));
    }

    [Fact]
    public void A_journal_that_can_be_read_at_the_third_try_keeps_all_it_has()
    {
        _node = new ReplicaNode();
        Step(new PeerLink(LinkStatus.Connected));
        Step(new JournalFailed("busy"));
        Step(new PeerSaid(new Append(new Term(5), 1, default, [], 0)));
        Assert.Equal(long.MaxValue, Assert.Single(_outputs.OfType<Send>().Select(s => s.Message).OfType<CannotPersist>()).Kept);
        Step(new JournalFailed("busy"));
        var change = new Change(1, new Term(1), DateTimeOffset.UnixEpoch, "test", "k", [1]);
        var prepared = new Prepared(new Term(1), DateTimeOffset.UnixEpoch, "a", [new ChainedChange(change, change.Chain(Digest.None))]);
        Step(new Recovered(ReplicaState.Empty.Apply(prepared), 2));
        Assert.Equal(1, _node.State.Last);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_journal_that_fails_again_at_once_leaves_no_request_without_an_answer(bool canBeRead)
    {
        Lead(1);
        Step(new PeerLink(LinkStatus.Connected));
        var probe = Assert.Single(_outputs.OfType<Send>().Select(s => s.Message).OfType<Append>());
        Step(new PeerSaid(new Appended(new Term(1), probe.Stream, default, Gap: false)));
        while (_writes) Step(new Persisted());
        Step(new ChangeRequested(1, "k", [1], "test"));
        Assert.Contains(_outputs.OfType<Send>().Select(s => s.Message).OfType<Append>(), a => !a.Changes.IsEmpty);
        Step(new JournalFailed("no space left on device"));
        Assert.DoesNotContain(_outputs, output => output is Answer);

        if (canBeRead) Step(new Recovered(ReplicaState.Empty, 2));
        Step(new JournalFailed("no space left on device"));
        _now += ReplicaRules.PeerWait;
        Step(new Wake());
        Assert.True(Assert.IsType<Refused>(Assert.Single(_outputs.OfType<Answer>()).Outcome).Uncertain);
    }

    [Fact]
    public void What_the_peer_said_before_its_journal_came_back_does_not_end_what_it_was_granted_since()
    {
        Lead(1);
        Step(new PeerLink(LinkStatus.Connected));
        Hear(2, healthy: true);
        Hear(2, healthy: false);
        Assert.True(_node.Peer.Gone);
        Hear(3, healthy: true);
        // Overtaken on their way.
        Hear(2, healthy: false);
        Step(new PeerSaid(new CannotPersist(new Term(1), "disk full", 0, 2)));
        Assert.Equal((3ul, false, true), (_node.Peer.Incarnation, _node.Peer.Gone, _node.Peer.Healthy));
        Step(new PeerSaid(new CannotPersist(new Term(1), "disk full", 0, 3)));
        Assert.True(_node.Peer.Gone);

        void Hear(ulong incarnation, bool healthy) => Step(new PeerSaid(new ReplicaBeat(incarnation, 0, Window, Leading: false, new Term(1), default, healthy)));
    }

    [Fact]
    public void A_term_raised_while_the_journal_is_broken_is_the_one_that_it_comes_back_with()
    {
        Lead(1);
        Step(new JournalFailed("input/output error"));
        Step(new RoleOrdered(new OpenReplica(new Term(3))));
        Step(new Recovered(ReplicaState.Empty, 2));
        Assert.Equal((ReplicaMode.Leading, new Term(3)), (_node.Mode, _node.Term));
    }

    [Fact]
    public void A_node_that_gave_the_role_up_while_its_journal_was_broken_follows()
    {
        Lead(1);
        Step(new JournalFailed("input/output error"));
        Step(new RoleOrdered(new FollowReplica()));
        Step(new Recovered(ReplicaState.Empty, 2));
        Assert.Equal(ReplicaMode.Following, _node.Mode);
    }

    [Fact]
    public void A_replica_that_is_started_again_under_an_active_election_leads_once_its_journal_is_read()
    {
        _node = new ReplicaNode();
        Step(new RoleOrdered(new OpenReplica(new Term(3))));
        Step(new Recovered(ReplicaState.Empty, 2));
        Assert.Equal((ReplicaMode.Leading, new Term(3)), (_node.Mode, _node.Term));
        Assert.DoesNotContain(_outputs.OfType<Inform>(), i => i.Input is CaughtUp);
    }

    [Fact]
    public void The_first_start_of_a_node_alone_misses_nothing() => Assert.Equal(0, Claim(1).MissingVersions);

    [Fact]
    public void A_standby_in_sync_misses_nothing()
    {
        FollowInSync();
        Assert.Equal(0, Claim(2).MissingVersions);
    }

    [Fact]
    public void A_standby_whose_proof_has_expired_does_not_know_what_it_misses()
    {
        FollowInSync();
        _now += Window;
        Assert.Equal(1, Claim(2).MissingVersions);
    }

    [Fact]
    public void A_standby_that_was_in_sync_and_starts_again_alone_does_not_know_what_it_misses()
    {
        FollowInSync();
        var disk = _node.State;
        _node = new ReplicaNode();
        Step(new Recovered(disk, 3));
        Assert.Equal(1, Claim(2).MissingVersions);
    }

    [Fact]
    public void An_active_that_was_alone_and_starts_again_alone_misses_nothing()
    {
        Lead(1);
        Live(Window + Window);
        var disk = _node.State;
        Assert.Equal(_rules.Self, Assert.Single(disk.InSync));
        _node = new ReplicaNode();
        Step(new Recovered(disk, 3));
        Assert.Equal(0, Claim(3).MissingVersions);
    }

    [Fact]
    public void Who_led_alone_does_not_know_what_it_misses_once_another_node_has_led_without_a_link_between_them()
    {
        var disk = LedAlone();
        Step(new RoleOrdered(new FollowReplica()));
        Assert.True(ReplicaMachine.IsComplete(_node, _now, _rules));
        Step(new RoleOrdered(new LedElsewhere(new Term(2))));
        Assert.False(ReplicaMachine.IsComplete(_node, _now, _rules));
        Assert.Equal(1, Claim(3).MissingVersions);

        // The same after a restart, whether it is told before its journal has been read or after.
        foreach (var early in new[] { true, false })
        {
            _node = new ReplicaNode();
            _outputs.Clear();
            if (early) Step(new RoleOrdered(new LedElsewhere(new Term(2))));
            Step(new Recovered(disk, 3));
            if (!early) Step(new RoleOrdered(new LedElsewhere(new Term(2))));
            Assert.Equal(1, Claim(5).MissingVersions);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)] // it had the last change on its disk, and this node had not when the power failed
    public void Who_led_alone_lets_the_other_node_count_itself_in_sync_only_once_its_own_disk_says_that_it_is_not_alone_any_more(bool isAhead, bool journalFails)
    {
        LedAlone();
        Step(new ChangeRequested(1, "k", [1], "test"));
        while (_writes) Step(new Persisted());
        Step(new RoleOrdered(new FollowReplica()));
        Step(new PeerLink(LinkStatus.Connected));

        Hear(default);
        Assert.False(LastEcho.InSync, "what is behind may have caught up by the time the echo arrives");
        Assert.True(ReplicaMachine.IsComplete(_node, _now, _rules));
        _outputs.Clear();
        Hear(isAhead ? new Mark(2, default) : _node.MarkAt(1));
        Assert.DoesNotContain(_outputs, output => output is Send { Message: ReplicaEcho });
        Assert.False(ReplicaMachine.IsComplete(_node, _now, _rules));
        if (journalFails)
        {
            Step(new JournalFailed("input/output error"));
            Assert.DoesNotContain(_outputs, output => output is Send { Message: ReplicaEcho { InSync: true } });
            return;
        }
        while (_writes) Step(new Persisted());
        Assert.True(LastEcho.InSync);
        Assert.Equal(2, _node.State.InSync.Length);
        Assert.Equal(1, Claim(5).MissingVersions);

        void Hear(Mark peer) => Step(new PeerSaid(new ReplicaBeat(2, 0, Window, Leading: false, new Term(1), peer, Healthy: true)));
    }

    [Fact]
    public void A_new_node_that_let_its_peer_go_on_does_not_know_what_it_misses_after_a_restart()
    {
        Step(new PeerLink(LinkStatus.Connected));
        Step(new PeerSaid(new ReplicaBeat(2, 0, Window, Leading: false, Term.None, default, Healthy: true)));
        while (_writes) Step(new Persisted());
        Assert.True(LastEcho.InSync);
        var disk = _node.State;
        _node = new ReplicaNode();
        Step(new Recovered(disk, 3));
        Assert.Equal(1, Claim(2).MissingVersions);
    }

    private ReplicaEcho LastEcho => _outputs.OfType<Send>().Select(send => send.Message).OfType<ReplicaEcho>().Last();

    [Fact]
    public void Who_has_led_after_the_other_node_has_the_history_that_counts()
    {
        LedAlone();
        Step(new RoleOrdered(new FollowReplica()));
        Step(new RoleOrdered(new LedElsewhere(new Term(2))));
        Lead(3);
        Assert.Equal(_rules.Self, Assert.Single(_node.State.InSync));
        Step(new RoleOrdered(new FollowReplica()));
        Assert.Equal(0, Claim(5).MissingVersions);
    }

    [Fact]
    public void Who_was_told_once_knows_it_after_a_restart_too()
    {
        LedAlone();
        Step(new RoleOrdered(new FollowReplica()));
        Step(new RoleOrdered(new LedElsewhere(new Term(2))));
        Step(new Persisted());
        var disk = _node.State;
        _node = new ReplicaNode();
        _outputs.Clear();
        Step(new Recovered(disk, 3));
        Assert.Equal(1, Claim(5).MissingVersions);
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(2.3, 0.9)] // between two beats, over the end of what the peer was granted
    public void A_leader_that_stood_still_goes_on_alone_only_once_the_election_has_had_its_time(double awakeUntil, double standsStill)
    {
        Lead(1);
        Step(new ChangeRequested(1, "k", [1], "test"));
        Step(new Persisted());
        if (awakeUntil > 0) Live(TimeSpan.FromSeconds(awakeUntil));
        _now += TimeSpan.FromSeconds(standsStill);
        Step(new Wake());
        Step(new PeerLink(LinkStatus.Refused));
        Live(ReplicaRules.LastWord - ReplicaRules.Standstill);
        Assert.Empty(_node.State.InSync);
        Assert.DoesNotContain(_outputs, output => output is Answer);
        Live(ReplicaRules.Standstill);
        Assert.Equal(_rules.Self, Assert.Single(_node.State.InSync));
        Step(new Persisted());
        Assert.Equal(new Acknowledged(1, Replicated: false), Assert.Single(_outputs.OfType<Answer>()).Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_leader_that_stood_still_goes_on_alone_at_last_although_nothing_wakes_it_but_its_own_beats(bool followed)
    {
        if (followed) LeadBoth(1);
        else Lead(1);
        Step(new ChangeRequested(1, "k", [1], "test"));
        Step(new Persisted());
        // Over the end of what the peer was granted: nobody says that the peer is gone.
        Live(Window - ReplicaRules.Standstill);
        _now += ReplicaRules.Standstill * 2;
        Step(new Wake());
        Assert.DoesNotContain(_outputs, output => output is Answer);
        Live(ReplicaRules.LastWord + ReplicaRules.Look);
        Step(new Persisted());
        Assert.Equal(new Acknowledged(1, Replicated: false), Assert.Single(_outputs.OfType<Answer>()).Outcome);
    }

    [Fact]
    public void Nor_does_one_that_stood_still_drop_its_follower_before()
    {
        LeadBoth(1);
        Step(new ChangeRequested(1, "k", [1], "test"));
        Step(new Persisted());
        _now += Window + Window;
        Step(new Wake());
        Step(new PeerLink(LinkStatus.Refused));
        Live(ReplicaRules.LastWord - ReplicaRules.Standstill);
        Assert.Equal(2, _node.State.InSync.Length);
        Assert.DoesNotContain(_outputs, output => output is Answer);
        Live(ReplicaRules.Standstill);
        Assert.Equal(_rules.Self, Assert.Single(_node.State.InSync));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_node_alone_had_under_way_when_it_gave_the_role_up_is_not_on_both_when_it_claims_again(bool raised)
    {
        LedAlone();
        Step(new ChangeRequested(1, "k", [1], "test"));
        if (raised) Step(new RoleOrdered(new OpenReplica(new Term(3))));
        Step(new RoleOrdered(new FollowReplica()));
        while (_writes) Step(new Persisted());
        Assert.Equal((1, 0), (_node.State.Last, _node.State.Committed));
        Claim(5);
        Assert.Equal((1, 0), (_node.State.Committed, _node.State.Replicated));
    }

    [Fact]
    public void What_the_other_node_ordered_is_on_both_when_this_one_claims()
    {
        FollowInSync(committed: 0);
        Assert.Equal((1, 0), (_node.State.Last, _node.State.Committed));
        Claim(2);
        Assert.Equal((1, 1), (_node.State.Committed, _node.State.Replicated));
    }

    [Fact]
    public void A_claim_that_failed_hides_no_lead_of_another_node()
    {
        LedAlone();
        Step(new RoleOrdered(new FollowReplica()));
        Claim(5);
        Step(new RoleOrdered(new FollowReplica()));
        Step(new RoleOrdered(new LedElsewhere(new Term(4))));
        Assert.Equal(1, Claim(7).MissingVersions);
    }

    [Fact]
    public void Who_would_claim_without_all_that_was_acknowledged_says_so_before()
    {
        Assert.False(Position.MayLack);
        FollowInSync();
        Assert.False(Position.MayLack);
        _now += Window;
        Assert.True(Position.MayLack);
    }

    [Fact]
    public void A_new_node_that_knows_of_an_active_does_not_know_what_it_misses()
    {
        Step(new RoleOrdered(new LedElsewhere(new Term(2))));
        Assert.Equal(1, Claim(3).MissingVersions);
    }

    /// <summary>What is on the disk of a node that has led for longer than anybody else could believe to be in sync.</summary>
    private ReplicaState LedAlone()
    {
        Lead(1);
        Live(Window + Window);
        Assert.Equal(_rules.Self, Assert.Single(_node.State.InSync));
        while (_writes)
            Step(new Persisted());
        return _node.State;
    }

    private ReplicaPosition Position => ReplicaMachine.Position(_node, _now, _rules);

    /// <summary>Time passes, and it wakes when it wants to.</summary>
    private void Live(TimeSpan time)
    {
        for (var end = _now + time; _now < end; Step(new Wake())) _now = Moment.Min(end, ReplicaMachine.NextWake(_node, _rules));
    }

    private void FollowInSync(long committed = 1)
    {
        Step(new PeerLink(LinkStatus.Connected));
        Step(new PeerSaid(new Append(new Term(1), 1, default, [new Change(1, new Term(1), DateTimeOffset.UnixEpoch, "test", "k", [1])], committed)));
        Step(new Persisted());
        Step(new PeerSaid(new ReplicaEcho(1, _now.Nanoseconds, Leading: true, InSync: true, _node.MarkAt(1))));
    }

    private void Lead(uint term)
    {
        Claim(term);
        Step(new RoleOrdered(new OpenReplica(new Term(term))));
        Step(new Persisted());
    }

    /// <summary>It leads, and its peer follows in sync.</summary>
    private void LeadBoth(uint term)
    {
        Lead(term);
        Step(new PeerLink(LinkStatus.Connected));
        Step(new PeerSaid(new ReplicaBeat(2, 0, Window, Leading: false, new Term(term), default, Healthy: true)));
        var probe = _outputs.OfType<Send>().Select(s => s.Message).OfType<Append>().Last();
        Step(new PeerSaid(new Appended(new Term(term), probe.Stream, default, Gap: false)));
        Step(new Persisted());
        Assert.Equal(2, _node.State.InSync.Length);
    }

    private CaughtUp Claim(uint term)
    {
        Step(new RoleOrdered(new BeginReplay(new Term(term))));
        while (_writes)
            Step(new Persisted());
        return Assert.Single(_outputs.OfType<Inform>().Select(i => i.Input).OfType<CaughtUp>(), c => c.Term == new Term(term));
    }

    private void Step(ReplicaInput input)
    {
        (_node, var outputs) = ReplicaMachine.Step(_node, input, _now, DateTimeOffset.UnixEpoch, _rules);
        _writes = outputs.Any(o => o is Persist) || (_writes && input is not (Persisted or Recovered));
        _outputs.AddRange(outputs);
    }
}
