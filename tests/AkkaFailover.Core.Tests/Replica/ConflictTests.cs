using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class ConflictTests
{
    [Fact]
    public void What_the_loser_of_a_partition_changed_becomes_conflicts_on_both_nodes()
    {
        var pair = Partitioned(new InstantPair());
        pair.Set(pair.A, "same", "a");
        pair.Set(pair.A, "only/a", "first");
        pair.Set(pair.A, "only/a", "second");
        pair.Set(pair.A, "removed", null);
        pair.Set(pair.B, "same", "b");

        Heal(pair);

        foreach (var node in new[] { pair.A, pair.B })
        {
            Assert.Equal("b", node.Value("same"));
            Assert.Equal("here", node.Value("removed"));
            Assert.Null(node.Value("only/a"));
            Assert.Equal(["only/a=second", "removed=", "same=a"], Texts(node));
            Assert.All(node.Conflicts, conflict => Assert.Equal("a", conflict.Node));
        }
        Assert.Empty(pair.A.State.Orphans);
    }

    [Fact]
    public void A_conflict_that_was_discarded_does_not_come_back()
    {
        var pair = Partitioned(new InstantPair());
        pair.Set(pair.A, "same", "a");
        pair.Set(pair.B, "same", "b");
        Heal(pair);

        pair.Set(pair.B, Conflict.KeyOf(pair.B.Conflicts[0].Id), null);
        pair.Pass(5);

        Assert.Empty(pair.A.Conflicts);
        Assert.Empty(pair.B.Conflicts);
    }

    [Fact]
    public void Nothing_vanishes_where_the_losers_log_begins_after_the_common_history()
    {
        var pair = Partitioned(new InstantPair(snapshotAfter: 10, maxUnreplicated: 20));
        for (var i = 0; i < 60; i++) pair.Set(pair.A, $"a/{i:00}", $"{i}");
        for (var i = 0; i < 60; i++) pair.Set(pair.B, $"b/{i:00}", $"{i}");
        pair.Set(pair.B, "a/07", "7");

        Heal(pair);
        pair.Pass(5);

        Assert.Equal(59, pair.A.Conflicts.Count);
        Assert.Equal(Texts(pair.A), Texts(pair.B));
        Assert.DoesNotContain(pair.A.Conflicts, conflict => conflict.Change.Key == "a/07");
    }

    [Fact]
    public void Orphans_survive_a_restart_and_a_snapshot()
    {
        var pair = Partitioned(new InstantPair());
        pair.Set(pair.A, "same", "a");
        pair.Set(pair.B, "same", "b");
        pair.Link(connected: true);
        pair.Do(pair.A, new PeerSaid(new Goodbye()));
        var orphans = pair.A.State.Orphans.Count + pair.A.Conflicts.Count;
        pair.Do(pair.A, new CompactRequested(1));

        Assert.Equal(1, orphans);
        Assert.Equal(pair.A.State.Orphans.Keys, pair.A.Read().Orphans.Keys);
    }

    [Fact]
    public void Its_key_is_not_for_clients()
    {
        var pair = new InstantPair();
        pair.Lead(pair.A, 2);
        pair.Pass(5);
        pair.Do(pair.A, new ChangeRequested(1, Conflict.KeyOf("abc"), [1], "client"));
        Assert.Contains("reserved", Assert.IsType<Refused>(pair.A.Answers[^1].Outcome).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_no_conflict_is_told()
    {
        Assert.Null(Conflict.Decode("no line"u8));
        Assert.Null(Conflict.Decode("not json\nvalue"u8));
        Assert.Null(Conflict.Decode("{}\nvalue"u8));
        // Found by the fuzzer: the peer may leave out who it was.
        Assert.Null(Conflict.Decode("""{"key":"k","version":8,"term":9,"at":"2026-01-01T12:00:00+00:00","removed":false}"""u8.ToArray().Append((byte)'\n').ToArray()));
    }

    private static string[] Texts(InstantNode node) =>
        [.. node.Conflicts.Select(c => $"{c.Change.Key}={(c.Change.Value is null ? "" : System.Text.Encoding.UTF8.GetString(c.Change.Value))}").Order(StringComparer.Ordinal)];

    // Both were in sync, then each is alone and leads.
    private static InstantPair Partitioned(InstantPair pair)
    {
        pair.Link(connected: true);
        pair.Lead(pair.A, 2);
        pair.Pass(2);
        pair.Set(pair.A, "removed", "here");
        pair.Pass(2);
        pair.Link(connected: false);
        pair.Pass(8);
        pair.Lead(pair.B, 3);
        pair.Pass(8);
        return pair;
    }

    private static void Heal(InstantPair pair)
    {
        pair.Link(connected: true);
        pair.Pass(4);
    }
}
