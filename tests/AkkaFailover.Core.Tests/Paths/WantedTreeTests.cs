using System.Collections.Immutable;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Paths;

public sealed class WantedTreeTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void It_follows_the_log_up_to_the_version_that_is_on_disk()
    {
        var state = Prepare(ReplicaState.Empty, ("path:x", 1), ("path:y", 2), ("path:x/a", 3), ("other", 4));
        var tree = WantedTree.Unread("x").Advance(state, 1);
        Assert.Equal([""], tree.Entries.Keys);
        tree = tree.Advance(state, 4);
        Assert.Equal(["", "a"], tree.Entries.Keys.Order());
        state = Prepare(state.Apply(new Committed(new Term(1), Now, "a", 4, true)), ("path:x/a", null), ("path:x/b", 5));
        tree = tree.Advance(state, 6);
        Assert.Equal(["", "b"], tree.Entries.Keys.Order());
        Assert.Equal([5], tree.Entries["b"].Value);
        Assert.Equal(["", "b"], WantedTree.Unread("x").Advance(state, 6).Entries.Keys.Order());
    }

    [Fact]
    public void Where_the_log_was_cut_it_reads_again()
    {
        var start = Prepare(ReplicaState.Empty, ("path:x", 1)).Apply(new Committed(new Term(1), Now, "a", 1, true));
        var tree = WantedTree.Unread("x").Advance(Prepare(start, ("path:x/lost", 2)), 2);
        Assert.Contains("lost", tree.Entries.Keys);
        tree = tree.Advance(Prepare(start, ("path:x/other", 3)), 2);
        Assert.Equal(["", "other"], tree.Entries.Keys.Order());
    }

    private static ReplicaState Prepare(ReplicaState state, params (string Key, byte? Value)[] changes)
    {
        var (version, digest) = (state.Last, state.DigestAt(state.Last));
        var chained = ImmutableArray.CreateBuilder<ChainedChange>();
        foreach (var (key, value) in changes)
        {
            var change = new Change(++version, new Term(1), Now.AddSeconds(version), "test", key, value is { } one ? [one] : null);
            digest = change.Chain(digest);
            chained.Add(new ChainedChange(change, digest));
        }
        return state.Apply(new Prepared(new Term(1), Now, "a", chained.DrainToImmutable()));
    }
}
