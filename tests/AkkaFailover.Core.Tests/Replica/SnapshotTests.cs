using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class SnapshotTests
{
    [Fact]
    public void A_long_log_becomes_a_snapshot_and_the_journal_begins_with_it()
    {
        var pair = Leading(new InstantPair(snapshotAfter: 20));
        for (var i = 0; i < 100; i++) pair.Set(pair.A, $"key/{i % 30}", $"{i}");

        pair.Pass(2);
        foreach (var node in new[] { pair.A, pair.B })
        {
            Assert.InRange(node.State.Log.Count, 0, 40);
            Assert.IsType<SnapshotBegun>(node.Journal[0]);
            Same(node.State, node.Read());
        }
        Assert.Equal(pair.A.State.DigestAt(100), pair.B.State.DigestAt(100));
    }

    [Fact]
    public void Many_entries_go_in_parts_and_changes_between_them_are_not_lost()
    {
        var pair = Leading(new InstantPair());
        for (var i = 0; i < 3 * ReplicaRules.MaxPart; i++) pair.Set(pair.A, $"key/{i}", "x");
        var state = pair.A.State;
        var writing = SnapshotWriting.Of(state);
        var journal = new List<ReplicaEvent> { new SnapshotBegun(state.Term, default, "a", writing.Start, state.Replicated, state.InSync, [], Installs: false) };
        var written = pair.A.Journal.Count;
        while (!writing.IsComplete)
        {
            (writing, var part) = writing.Take();
            journal.Add(new SnapshotPart(state.Term, default, "a", part));
            pair.Set(pair.A, "between", $"{journal.Count}");
            journal.AddRange(pair.A.Journal[written..]);
            written = pair.A.Journal.Count;
        }
        pair.Pass(2);
        journal.AddRange(pair.A.Journal[written..]);
        journal.Add(new SnapshotDone(state.Term, default, "a", writing.Start.Version, writing.Entries.Count, writing.Content, Installs: false));

        Assert.Equal(3, journal.OfType<SnapshotPart>().Count());
        var read = Read(journal);
        Assert.Equal(pair.A.State.DigestAt(pair.A.State.Last), read.DigestAt(read.Last));
        Assert.Equal(pair.A.Value("between"), System.Text.Encoding.UTF8.GetString(read.Entries["between"].Value));
    }

    [Fact]
    public void A_damaged_snapshot_is_noticed()
    {
        var pair = Leading(new InstantPair(snapshotAfter: 20));
        for (var i = 0; i < 20; i++) pair.Set(pair.A, $"key/{i}", $"{i}");
        var part = pair.A.Journal.OfType<SnapshotPart>().Single();
        var at = pair.A.Journal.IndexOf(part);
        var entry = part.Entries[3];
        pair.A.Journal[at] = part with { Entries = part.Entries.SetItem(3, entry with { Entry = new Entry([1], entry.Entry.Version, Digest.Of([1])) }) };

        var state = Read(pair.A.Journal.TakeWhile(happened => happened is not SnapshotDone));
        Assert.Contains("damaged", state.Check(pair.A.Journal.OfType<SnapshotDone>().Single()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_that_the_log_does_not_reach_gets_all_entries()
    {
        var pair = Leading(new InstantPair(snapshotAfter: 20, maxUnreplicated: 50));
        pair.Set(pair.A, "before", "both");
        pair.Link(connected: false);
        pair.Pass(5);
        for (var i = 0; i < 200; i++) pair.Set(pair.A, $"key/{i}", $"{i}");
        Assert.InRange(pair.A.State.Start.Version, 50, 201);

        pair.Link(connected: true);
        pair.Pass(3);

        Same(pair.A.State, pair.B.State);
        Same(pair.B.State, pair.B.Read());
        Assert.True(ReplicaMachine.IsComplete(pair.B.Replica, new Moment(1), pair.B.Rules));
        pair.Set(pair.A, "after", "both");
        Assert.Equal("both", pair.B.Value("after") ?? Pending(pair.B));
    }

    [Fact]
    public void A_snapshot_is_written_when_it_is_asked_for()
    {
        var pair = Leading(new InstantPair());
        for (var i = 0; i < 5; i++) pair.Set(pair.A, "key", $"{i}");
        pair.Do(pair.A, new CompactRequested(7));
        Assert.Equal(5, pair.A.State.Start.Version);
        Assert.Empty(pair.A.State.Log);
        Same(pair.A.State, pair.A.Read());
    }

    private static string? Pending(InstantNode node) => System.Text.Encoding.UTF8.GetString(node.State.Log[^1].Chained.Change.Value!);

    internal static InstantPair Leading(InstantPair pair)
    {
        pair.Link(connected: true);
        pair.Lead(pair.A, 2);
        pair.Pass(2);
        return pair;
    }

    private static ReplicaState Read(IEnumerable<ReplicaEvent> journal) => journal.Aggregate(ReplicaState.Empty, (state, happened) =>
    {
        var after = state.Follow(happened, out var fault);
        Assert.Null(fault);
        return after;
    });

    private static void Same(ReplicaState one, ReplicaState other)
    {
        Assert.Equal((one.Last, one.DigestAt(one.Last)), (other.Last, other.DigestAt(other.Last)));
        Assert.Equal(Keys(one), Keys(other));
        static string[] Keys(ReplicaState state) => [.. state.Entries.Select(e => $"{e.Key} {e.Value.Version} {e.Value.Content}")];
    }
}
