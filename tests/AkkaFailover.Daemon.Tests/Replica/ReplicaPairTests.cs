using System.Diagnostics;
using System.Text;
using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Tests.Control;
using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Daemon.Tests.Replica;

public sealed class ReplicaPairTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("replica-");
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
    public async Task A_change_is_acknowledged_when_both_nodes_have_it()
    {
        await Pair();
        var done = await _a.Acknowledged("users/anna", "secret"u8.ToArray());
        Assert.Equal((1, true), (done.Version, done.Replicated));
        var (ours, theirs) = (await _a.Query<ReplicaReport>(new GetReplica()), await _b.Reports(r => r.Entries == 1));
        Assert.Equal(ours.Position.Digest, theirs.Position.Digest);
        Assert.Equal("secret", Encoding.UTF8.GetString((await _b.Query<EntryFound>(new GetEntry("users/anna"))).Value));
    }

    [Fact]
    public async Task The_standby_refuses_changes_and_names_the_active()
    {
        await Pair();
        var refused = await _b.Refused("k", [1]);
        Assert.Equal("this node is standby; the active is a (10.9.0.2:4053): run it there", refused.Reason);
    }

    [Fact]
    public async Task A_thousand_acknowledged_changes_survive_the_active_and_are_verified_before_the_claim()
    {
        await Pair();
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => _a.Acknowledged($"key-{i}", BitConverter.GetBytes(i))));
        Assert.All(answers, a => Assert.True(a.Replicated));
        await _a.Kill();
        var begun = Stopwatch.GetTimestamp();
        var caught = await _b.Lead(2);
        output.WriteLine($"replayed and verified {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0.0} ms after the order");
        Assert.Equal((1000, 0), (caught.Version, caught.MissingVersions));
        var entries = await _b.Query<IReadOnlyList<EntryRow>>(new ListEntries());
        Assert.Equal(1000, entries.Count);
        Assert.True((await _b.Query<JournalVerdict>(new VerifyJournal())).Ok);
    }

    [Fact]
    public async Task A_replica_that_failed_under_an_active_election_asks_for_its_role_and_takes_changes_again()
    {
        await _a.Lead(1);
        await _a.Acknowledged("before", [1]);
        _a.Replica.Tell(new FromPeer(new ReplicaSays(new UnknownToAll())));
        await _a.Told<LocalFault>(_ => true);
        await _a.Told<GetElection>(_ => true);
        _a.Replica.Tell(CannedPair.Active with { Term = new Term(1) });
        await _a.Reports(r => r.Position is { Version: 1, InSync: true });
        Assert.Equal(2, (await _a.Acknowledged("after", [2])).Version);
    }

    [Fact]
    public async Task A_node_that_was_away_catches_up()
    {
        await Pair();
        await _a.Acknowledged("before", [1]);
        await _b.Kill();
        var alone = await _a.Acknowledged("meanwhile", [2]);
        Assert.False(alone.Replicated);
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => _a.Acknowledged($"key-{i}", new byte[100])));
        Assert.Equal(5001, (await _a.Query<ReplicaReport>(new GetReplica())).UnreplicatedVersions);
        _b.Start();
        _a.Connect(_b);
        var theirs = await _b.Reports(r => r.Position is { Version: 5002, InSync: true });
        var ours = await _a.Reports(r => r.UnreplicatedVersions == 0);
        Assert.Equal(ours.Position.Digest, theirs.Position.Digest);
    }

    [Fact]
    public async Task What_a_former_active_alone_has_is_taken_back_when_it_returns_and_becomes_a_conflict()
    {
        await Pair();
        await _a.Acknowledged("both", [1]);
        await _b.Kill();
        await _a.Acknowledged("only-a", [2]);
        await _a.Kill();
        _b.Start();
        await _b.Lead(2);
        await _b.Reports(r => r.Position.Version == 1);
        _b.Replica.Tell(new LinkChanged(LinkStatus.Refused, ""));
        await _b.Acknowledged("only-b", [3]);
        _a.Start();
        _a.Replica.Tell(new FollowReplica());
        _a.Connect(_b);
        // both, only-b, and the conflict.
        var theirs = await _a.Reports(r => r.Position is { Version: 3, InSync: true });
        // Both disks are written at once: the standby's may be the first.
        var ours = await _b.Reports(r => r.Position.Version == 3);
        Assert.Equal(ours.Position.Digest, theirs.Position.Digest);
        var conflict = Assert.Single(await _b.Query<IReadOnlyList<ConflictRow>>(new ListConflicts())).Conflict;
        Assert.Equal(("only-a", "a"), (conflict.Change.Key, conflict.Node));
        Assert.Equal([2], conflict.Change.Value);
        Assert.IsType<EntryMissing>(await _a.Query<object>(new GetEntry("only-a")));
        Assert.True((await _a.Query<JournalVerdict>(new VerifyJournal())).Ok);
    }

    [Fact]
    public async Task A_compacted_journal_is_short_and_says_the_same_after_a_restart()
    {
        await Pair();
        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => _a.Acknowledged($"key-{i % 700}", BitConverter.GetBytes(i))));
        for (var i = 0; i < 600; i++) await _a.Acknowledged("one-by-one", BitConverter.GetBytes(i));
        var before = await _a.Query<JournalVerdict>(new VerifyJournal());
        Assert.Equal(new JournalCompacted(2600, null), await _a.Query<JournalCompacted>(new CompactJournal()));
        await _a.Acknowledged("after", [1]);

        var after = before;
        for (var watch = Stopwatch.StartNew(); after.Events > 20; after = await _a.Query<JournalVerdict>(new VerifyJournal()))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{after.Events} events of {before.Events}: {after.Text}");
            await Task.Delay(50);
        }
        Assert.True(after.Ok, after.Text);
        var ours = await _a.Query<ReplicaReport>(new GetReplica());
        await _a.Kill();
        _a.Start();
        var read = await _a.Reports(r => r.Position.Version == 2601);
        Assert.Equal(ours.Position.Digest, read.Position.Digest);
        Assert.Equal(BitConverter.GetBytes(599), (await _a.Query<EntryFound>(new GetEntry("one-by-one"))).Value);
    }

    [Fact]
    public async Task A_node_that_the_actives_log_does_not_reach_gets_all_entries()
    {
        await Pair();
        await _a.Acknowledged("before", [1]);
        await _b.Kill();
        await Task.WhenAll(Enumerable.Range(0, 3000).Select(i => _a.Acknowledged($"key-{i}", new byte[300])));
        await _a.Query<JournalCompacted>(new CompactJournal());
        _b.Start();
        _a.Connect(_b);
        var theirs = await _b.Reports(r => r.Position is { Version: 3001, InSync: true });
        Assert.Equal((await _a.Query<ReplicaReport>(new GetReplica())).Position.Digest, theirs.Position.Digest);
        Assert.Equal(3001, theirs.Entries);
        Assert.True((await _a.Acknowledged("after", [2])).Replicated);
        Assert.True((await _b.Query<JournalVerdict>(new VerifyJournal())).Ok);
    }

    [Fact]
    public async Task A_flush_brings_the_last_version_over()
    {
        await Pair();
        var writes = Enumerable.Range(0, 100).Select(i => _a.Set($"key-{i}", [1])).ToArray();
        _a.Replica.Tell(new FlushReplica());
        await _a.Told<ReplicaFlushed>(_ => true);
        await Task.WhenAll(writes);
        var ours = await _a.Query<ReplicaReport>(new GetReplica());
        Assert.Equal(ours.Position.Digest, (await _b.Query<ReplicaReport>(new GetReplica())).Position.Digest);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(256)]
    public async Task Throughput(int clients)
    {
        await Pair();
        await Run(clients, 200);
        var (rate, median) = await Run(clients, clients == 1 ? 300 : 5000);
        output.WriteLine($"{clients} clients, 1 KiB, both nodes: {rate:N0} a second, p50 {median:0.00} ms");
    }

    private async Task<(double Rate, double Median)> Run(int clients, int changes)
    {
        var (left, took) = (changes, new System.Collections.Concurrent.ConcurrentBag<double>());
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var begun = Stopwatch.GetTimestamp();
                Assert.True((await _a.Acknowledged($"client-{client}", new byte[1024])).Replicated);
                took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
        }));
        return (changes / watch.Elapsed.TotalSeconds, took.Order().ElementAt(took.Count / 2));
    }

    private Task Pair() => _a.LeadWith(_b);

    /// <summary>What no machine knows, so that the actor fails.</summary>
    private sealed record UnknownToAll : ReplicaMessage;
}
