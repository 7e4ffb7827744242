using System.Collections.Immutable;
using System.Text;
using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class ChangePlanTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_rollback_sets_back_what_was_set_changed_and_removed_since()
    {
        var state = Log(("kept", "1"), ("changed", "1"), ("removed", "1"), ("changed", "2"), ("removed", null), ("added", "1"));
        Assert.Equal("remove added, change changed=1, add removed=1", Words(ChangePlan.Rollback(state, 3, out _)));
    }

    [Fact]
    public void A_rollback_past_everything_removes_everything_and_one_to_now_changes_nothing()
    {
        var state = Log(("a", "1"), ("b", "1"));
        Assert.Equal("remove a, remove b", Words(ChangePlan.Rollback(state, 0, out _)));
        Assert.Equal("", Words(ChangePlan.Rollback(state, 2, out _)));
    }

    [Fact]
    public void A_rollback_takes_changes_into_account_that_do_not_count_yet()
    {
        var state = Prepare(Log(("a", "1"), ("b", "1")), ("a", "2"), ("c", "1"));
        Assert.Equal("change a=1, remove c", Words(ChangePlan.Rollback(state, 2, out _)));
    }

    [Fact]
    public void A_version_that_is_not_there_is_named()
    {
        Assert.Null(ChangePlan.Rollback(Log(("a", "1")), 2, out var refusal));
        Assert.Equal("there is no version 2 yet: the last one is 1", refusal);
    }

    [Fact]
    public void Watched_files_and_conflicts_are_left_alone()
    {
        var state = Log(("a", "1"), ("path:pki/ca", "1"), ("conflict:0123", "1"));
        Assert.Equal("remove a", Words(ChangePlan.Rollback(state, 0, out _)));
        Assert.Equal("remove a", Words(ChangePlan.Import(state, new Dictionary<string, byte[]>(), exact: true)));
    }

    [Fact]
    public void An_import_sets_what_differs_and_removes_others_only_where_it_is_exact()
    {
        var state = Log(("same", "1"), ("other", "1"), ("mine", "1"));
        var files = new Dictionary<string, byte[]> { ["same"] = "1"u8.ToArray(), ["other"] = "2"u8.ToArray(), ["new"] = [] };
        Assert.Equal("add new=, change other=2", Words(ChangePlan.Import(state, files, exact: false)));
        Assert.Equal("remove mine, add new=, change other=2", Words(ChangePlan.Import(state, files, exact: true)));
    }

    [Fact]
    public void A_batch_has_bounds_that_are_named()
    {
        var many = Enumerable.Range(0, BatchRules.MaxChanges + 1).Select(i => new KeyChange($"k{i}", [])).ToImmutableArray();
        Assert.Contains("at most 4096 changes, this one 4097", BatchRules.Refuse(many, "root"), StringComparison.Ordinal);
        Assert.Null(BatchRules.Refuse(many[1..], "root"));
        var large = new byte[BatchRules.MaxBytes];
        Assert.Null(BatchRules.Refuse([new KeyChange("k", large)], "root"));
        Assert.Contains("at most 1048576 bytes", BatchRules.Refuse([new KeyChange("k", large), new KeyChange("l", [])], "root"), StringComparison.Ordinal);
        Assert.Contains("'a\nb': a key has no control characters", BatchRules.Refuse([new KeyChange("k", []), new KeyChange("a\nb", [])], "root"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_two_nodes_hold_differs_in_content_version_and_presence()
    {
        EntryMark Held(string key, long version, string value) => new(key, version, value.Length, Digest.Of(Encoding.UTF8.GetBytes(value)));
        var differences = EntryComparison.Between(
            [Held("a", 1, "x"), Held("content", 2, "x"), Held("version", 3, "x"), Held("ours", 4, "x")],
            [Held("theirs", 4, "x"), Held("version", 5, "x"), Held("content", 2, "y"), Held("a", 1, "x")]);
        Assert.Equal(["content", "ours", "theirs", "version"], differences.Select(difference => difference.Key));
        Assert.Null(differences[1].Theirs);
        Assert.Null(differences[2].Ours);
    }

    private static ReplicaState Log(params (string Key, string? Value)[] changes)
    {
        var state = Prepare(ReplicaState.Empty, changes);
        return state.Apply(new Committed(new Term(1), Noon, "a", state.Last, true));
    }

    private static ReplicaState Prepare(ReplicaState state, params (string Key, string? Value)[] changes)
    {
        foreach (var (key, value) in changes)
        {
            var change = new Change(state.Last + 1, new Term(1), Noon, "root", key, value is null ? null : Encoding.UTF8.GetBytes(value));
            state = state.Apply(new Prepared(new Term(1), Noon, "a", [new ChainedChange(change, change.Chain(state.DigestAt(state.Last)))]));
        }
        return state;
    }

    private static string Words(ImmutableArray<PlannedChange>? plan) => string.Join(", ", plan!.Value.Select(change =>
        $"{change.Operation} {change.Key}{(change.Value is null ? "" : $"={Encoding.UTF8.GetString(change.Value)}")}"));
}
