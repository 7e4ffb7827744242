using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class ReplicaStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_chain_of_a_change_is_what_the_documents_say()
    {
        var change = new Change(1, new Term(2), Noon, "root", "k", "v"u8.ToArray());
        // sha256(32 zero bytes, version, term, microseconds, 4 "root", 1 "k", set, length 1, sha256("v")), computed with Python's hashlib.
        Assert.Equal("177e609d9048e0565c1ab6084d2337c5a3ebf120dfcf12168d3edacd70662d0f", change.Chain(Digest.None).ToString());
    }

    [Fact]
    public void Every_field_of_a_change_is_in_its_chain()
    {
        var change = new Change(1, new Term(2), Noon, "root", "k", [1]);
        Change[] others =
        [
            change with { Version = 2 }, change with { Term = new Term(3) }, change with { At = Noon.AddMicroseconds(1) }, change with { By = "roo" },
            change with { Key = "kk" }, new Change(1, new Term(2), Noon, "root", "k", [2]), new Change(1, new Term(2), Noon, "root", "k", null),
            new Change(1, new Term(2), Noon, "root", "k", []),
        ];
        Assert.Equal(others.Length + 1, others.Append(change).Select(c => c.Chain(Digest.None)).Distinct().Count());
    }

    [Fact]
    public void A_prepared_change_is_no_entry_until_it_is_committed()
    {
        var prepared = Prepare(ReplicaState.Empty, ("k", "v"));
        Assert.Empty(prepared.Entries);
        var committed = prepared.Apply(Commit(1));
        Assert.Equal("v"u8.ToArray(), committed.Entries["k"].Value);
        Assert.Equal((1, 1), (committed.Committed, committed.Replicated));
    }

    [Fact]
    public void A_removal_takes_the_entry_away()
    {
        var state = Prepare(ReplicaState.Empty, ("k", "v"), ("k", null)).Apply(Commit(2));
        Assert.Empty(state.Entries);
        Assert.Equal(2, state.Last);
    }

    [Fact]
    public void An_aborted_number_is_free_again()
    {
        var state = Prepare(Prepare(ReplicaState.Empty, ("k", "v")).Apply(Commit(1)), ("k", "refused"));
        state = state.Apply(new Aborted(new Term(2), Noon, "a", 1, "test"));
        Assert.Equal(1, state.Last);
        state = Prepare(state, ("k", "next")).Apply(Commit(2));
        Assert.Equal(("next", 2), (System.Text.Encoding.UTF8.GetString(state.Entries["k"].Value), state.Entries["k"].Version));
    }

    [Fact]
    public void A_truncation_brings_the_former_values_back()
    {
        var common = Prepare(ReplicaState.Empty, ("kept", "1"), ("changed", "2"), ("removed", "3")).Apply(Commit(3));
        var own = Prepare(common, ("changed", "x"), ("removed", null), ("added", "y"), ("changed", "z")).Apply(Commit(7));
        var back = Prepare(own, ("prepared", "p")).Apply(new Truncated(new Term(4), Noon, "b", 3, 8));
        Assert.Equal(common.Entries, back.Entries);
        Assert.Equal((common.Last, common.Committed, common.DigestAt(3)), (back.Last, back.Committed, back.DigestAt(3)));
    }

    [Fact]
    public void A_broken_chain_is_named_with_its_version()
    {
        var change = new Change(1, new Term(2), Noon, "root", "k", [1]);
        var forged = new Prepared(new Term(2), Noon, "a", [new ChainedChange(change, Digest.Of([1]))]);
        Assert.StartsWith("the hash chain is broken at version 1", ReplicaState.Empty.Check(forged), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gap_and_impossible_versions_are_refused()
    {
        var change = new Change(2, new Term(2), Noon, "root", "k", [1]);
        Assert.NotNull(ReplicaState.Empty.Check(new Prepared(new Term(2), Noon, "a", [new ChainedChange(change, change.Chain(Digest.None))])));
        Assert.NotNull(ReplicaState.Empty.Check(Commit(1)));
        var committed = Prepare(ReplicaState.Empty, ("k", "v")).Apply(Commit(1));
        Assert.NotNull(committed.Check(new Aborted(new Term(2), Noon, "a", 0, "test")));
        Assert.NotNull(committed.Check(new Truncated(new Term(2), Noon, "a", 2, 2)));
    }

    [Fact]
    public void The_set_of_nodes_in_sync_says_what_is_on_both()
    {
        var state = Prepare(ReplicaState.Empty, ("k", "v")).Apply(new Committed(new Term(2), Noon, "a", 1, Replicated: false));
        Assert.Equal(0, state.Replicated);
        Assert.Equal(1, state.Apply(new InSyncSet(new Term(2), Noon, "a", [NodeName.Parse("a"), NodeName.Parse("b")], 1)).Replicated);
        Assert.Equal(0, state.Apply(new InSyncSet(new Term(2), Noon, "a", [NodeName.Parse("a")], 0)).Replicated);
    }

    [Theory]
    [InlineData("", "a key has 1 to 512 bytes")]
    [InlineData("a\nb", "no control characters")]
    public void A_key_that_is_none_is_refused(string key, string why) =>
        Assert.Contains(why, ChangeRules.Refuse(key, [], "root"), StringComparison.Ordinal);

    [Fact]
    public void Half_a_character_is_refused() =>
        Assert.Contains("surrogate", ChangeRules.Refuse($"a{(char)0xD800}", [], "root"), StringComparison.Ordinal);

    [Fact]
    public void Sizes_have_limits_and_the_refusal_names_them()
    {
        Assert.Null(ChangeRules.Refuse(new string('é', 256), new byte[ChangeRules.MaxValueBytes], "root"));
        Assert.Contains("512", ChangeRules.Refuse(new string('é', 257), [], "root"), StringComparison.Ordinal);
        Assert.Contains("1048576", ChangeRules.Refuse("k", new byte[ChangeRules.MaxValueBytes + 1], "root"), StringComparison.Ordinal);
    }

    private static Committed Commit(long version) => new(new Term(2), Noon, "a", version, Replicated: true);

    private static ReplicaState Prepare(ReplicaState state, params (string Key, string? Value)[] changes)
    {
        foreach (var (key, value) in changes)
        {
            var change = new Change(state.Last + 1, new Term(2), Noon, "root", key, value is null ? null : System.Text.Encoding.UTF8.GetBytes(value));
            var prepared = new Prepared(new Term(2), Noon, "a", [new ChainedChange(change, change.Chain(state.DigestAt(state.Last)))]);
            Assert.Null(state.Check(prepared));
            state = state.Apply(prepared);
        }
        return state;
    }
}
