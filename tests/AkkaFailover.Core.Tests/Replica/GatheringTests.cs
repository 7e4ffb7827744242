using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

/// <summary>While changes are on their way to both disks, the next ones are gathered (Nagle's rule).</summary>
public sealed class GatheringTests
{
    private readonly InstantPair _pair = new();
    private readonly List<ReplicaMessage> _answers = [];
    private int _requests;

    public GatheringTests()
    {
        _pair.Link(connected: true);
        _pair.Lead(_pair.A, 2);
        _pair.Pass(2);
        Assert.Contains(_pair.B.Rules.Self, _pair.A.State.InSync);
        _pair.Hold = message =>
        {
            if (message is Appended) _answers.Add(message);
            return message is Appended;
        };
    }

    [Fact]
    public void One_change_alone_waits_for_nothing()
    {
        Change(1);
        Assert.Equal([1], Written(_pair.A));
        Assert.Equal([1], Written(_pair.B));
    }

    [Fact]
    public void What_comes_while_another_change_is_on_its_way_goes_together_as_soon_as_that_is_confirmed()
    {
        Change(1);
        Change(5);
        Assert.Equal([1], Written(_pair.A));
        Confirm();
        Assert.Equal([1, 5], Written(_pair.A));
        Assert.Equal([1, 5], Written(_pair.B));
        Confirm();
        Assert.Equal(6, _pair.A.Answers.Count(answer => answer.Outcome is Acknowledged { Replicated: true }));
    }

    [Fact]
    public void Enough_changes_wait_for_no_confirmation()
    {
        Change(1);
        Change(ReplicaRules.WorthBatch);
        Assert.Equal([1, ReplicaRules.WorthBatch], Written(_pair.A));
        Assert.Equal([1, ReplicaRules.WorthBatch], Written(_pair.B));
    }

    [Fact]
    public void Enough_bytes_wait_for_no_confirmation()
    {
        Change(1);
        Change(1, new byte[ReplicaRules.WorthBatchBytes]);
        Assert.Equal([1, 1], Written(_pair.A));
    }

    [Fact]
    public void What_waits_is_written_and_counts_when_the_peer_has_gone()
    {
        Change(1);
        Change(5);
        _pair.Do(_pair.A, new PeerSaid(new Goodbye()));
        Assert.Equal([1, 5], Written(_pair.A));
        Assert.Equal(6, _pair.A.Answers.Count(answer => answer.Outcome is Acknowledged { Replicated: false }));
    }

    [Fact]
    public void What_waits_is_on_disk_within_a_second_whatever_the_peer_does()
    {
        Change(1);
        Change(5);
        _pair.Pass(1);
        Assert.Equal([1, 5], Written(_pair.A));
    }

    [Fact]
    public void A_handover_does_not_wait_for_the_confirmation()
    {
        Change(1);
        Change(5);
        _pair.Do(_pair.A, new RoleOrdered(new Core.Election.FlushReplica()));
        Assert.Equal([1, 5], Written(_pair.A));
        Assert.Equal([1, 5], Written(_pair.B));
    }

    private void Change(int count, byte[]? value = null)
    {
        for (; count > 0; count--)
            _pair.Do(_pair.A, new ChangeRequested(++_requests, $"k{_requests}", value ?? [1], "client"));
    }

    private void Confirm()
    {
        var answers = _answers.ToList();
        _answers.Clear();
        foreach (var answer in answers)
            _pair.Do(_pair.A, new PeerSaid(answer));
    }

    /// <summary>The sizes of the batches on a node's disk.</summary>
    private static IEnumerable<int> Written(InstantNode node) => node.Journal.OfType<Prepared>().Select(prepared => prepared.Changes.Length);
}
