using System.Text;
using Akka.Actor;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

/// <summary>Rollback, import and comparison, on two nodes with real journals.</summary>
public sealed class PlanTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("plan-");
    private TestNode _a = null!;
    private TestNode _b = null!;

    public Task InitializeAsync()
    {
        (_a, _b) = (new TestNode("a", "b", _folder.FullName), new TestNode("b", "a", _folder.FullName));
        _a.Start();
        _b.Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_rollback_is_one_batch_on_both_nodes_and_the_log_tells_who_did_it()
    {
        await Pair();
        await _a.Acknowledged("port", "1194"u8.ToArray());
        await _a.Acknowledged("port", "443"u8.ToArray());
        await _a.Acknowledged("proto", "tcp"u8.ToArray());
        var dry = await _a.Query<PlanDone>(new RollbackTo(1, "anna (rollback to 1)", DryRun: true));
        Assert.Equal(("change port, remove proto", null), (Words(dry), dry.Version));
        Assert.Equal(3, (await _a.Query<ReplicaReport>(new GetReplica())).Position.Version);

        var done = await _a.Query<PlanDone>(new RollbackTo(1, "anna (rollback to 1)", DryRun: false));
        Assert.Equal(("change port, remove proto", 5, true), (Words(done), done.Version, done.Replicated));
        await _b.Reports(r => r.Position.Version == 5 && r.Entries == 1);
        Assert.Equal("1194", Encoding.UTF8.GetString((await _b.Query<EntryFound>(new GetEntry("port"))).Value));
        var log = await _b.Query<IReadOnlyList<ChangeRow>>(new GetChangeLog(2));
        Assert.Equal(["4 set port anna (rollback to 1)", "5 remove proto anna (rollback to 1)"], log.Select(row => $"{row.Version} {row.Operation} {row.Key} {row.By}"));
        Assert.Equal(log[0].At, log[1].At);
        Assert.Equal([1L, 2L, 4L], (await _a.Query<IReadOnlyList<ChangeRow>>(new GetChangeLog(10, "port"))).Select(row => row.Version));
    }

    [Fact]
    public async Task An_import_with_one_bad_key_changes_nothing()
    {
        await Pair();
        var refused = await _a.Query<ChangeRefused>(new ImportEntries(
            new Dictionary<string, byte[]> { ["good"] = [1], ["too large"] = new byte[ChangeRules.MaxValueBytes + 1] }, Exact: false, "anna", DryRun: false));
        Assert.Contains("'too large': a value has at most", refused.Reason, StringComparison.Ordinal);
        Assert.IsType<EntryMissing>(await _a.Query<object>(new GetEntry("good")));
    }

    [Fact]
    public async Task A_large_import_arrives_whole_and_the_chain_holds()
    {
        await Pair();
        var files = Enumerable.Range(0, BatchRules.MaxChanges).ToDictionary(i => $"users/{i:0000}.conf", i => BitConverter.GetBytes(i));
        var done = await _a.Query<PlanDone>(new ImportEntries(files, Exact: false, "anna (import)", DryRun: false));
        Assert.Equal((BatchRules.MaxChanges, true), (done.Version, done.Replicated));
        await _a.Acknowledged("after", [1]);
        await _a.Kill();
        Assert.Equal(0, (await _b.Lead(2)).MissingVersions);
        Assert.Equal(BatchRules.MaxChanges + 1, (await _b.Query<IReadOnlyList<EntryRow>>(new ListEntries())).Count);
        Assert.True((await _b.Query<JournalVerdict>(new VerifyJournal())).Ok);
        var again = await _b.Query<PlanDone>(new ImportEntries(files, Exact: true, "anna (import)", DryRun: false));
        Assert.Equal("remove after", Words(again));
    }

    [Fact]
    public async Task A_standby_refuses_a_rollback_and_names_the_active()
    {
        await Pair();
        await _a.Acknowledged("port", [1]);
        await _b.Reports(r => r.Entries == 1);
        Assert.Contains("the active is a", (await _b.Query<ChangeRefused>(new RollbackTo(0, "anna", DryRun: false))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_nodes_that_hold_the_same_say_so_also_while_changes_are_made()
    {
        await Pair();
        await _a.Query<PlanDone>(new ImportEntries(Enumerable.Range(0, 3000).ToDictionary(i => $"key-{i}", _ => new byte[100]), Exact: false, "anna", DryRun: false));
        foreach (var node in new[] { _a, _b })
        {
            var compared = await node.Query<PeerCompared>(new ComparePeer());
            Assert.Empty(compared.Differences);
            Assert.Equal((3000, compared.Ours), (compared.Keys, compared.Theirs));
        }
        for (var i = 0; i < 20; i++)
        {
            await _a.Acknowledged("busy", BitConverter.GetBytes(i));
            Assert.Empty((await _a.Query<PeerCompared>(new ComparePeer())).Differences);
        }
    }

    [Fact]
    public async Task Two_nodes_that_hold_different_things_say_which()
    {
        await _a.Lead(1);
        _a.Replica.Tell(new LinkChanged(LinkStatus.Refused, ""));
        await _a.Acknowledged("only-a", [1]);
        await _a.Acknowledged("both", [1]);
        await _b.Lead(2);
        _b.Replica.Tell(new LinkChanged(LinkStatus.Refused, ""));
        await _b.Acknowledged("both", [2]);
        _a.Replica.Tell(new FollowReplica());
        _b.Replica.Tell(new FollowReplica());
        _a.Connect(_b);
        var compared = await _a.Query<PeerCompared>(new ComparePeer());
        Assert.Equal(["both", "only-a"], compared.Differences.Select(difference => difference.Key));
        Assert.Equal((2, 2, 1), (compared.Keys, compared.Ours.Version, compared.Theirs.Version));
        Assert.Null(compared.Differences[1].Theirs);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_is_named()
    {
        Assert.Contains("b did not say what it holds within 5 s", (await _a.Query<PeerSilent>(new ComparePeer())).Reason, StringComparison.Ordinal);
    }

    private Task Pair() => _a.LeadWith(_b);

    private static string Words(PlanDone done) => string.Join(", ", done.Changes.Select(change => $"{change.Operation} {change.Key}"));
}
