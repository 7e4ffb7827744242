using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Daemon.Replica;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

public sealed class JournalFailureTests : IAsyncLifetime
{
    private readonly SmallDisk _diskOfA = new(4);
    private readonly SmallDisk _diskOfB = new(4);
    private TestNode _a = null!;
    private TestNode _b = null!;

    public async Task InitializeAsync()
    {
        (_a, _b) = (new TestNode("a", "b", _diskOfA.Folder), new TestNode("b", "a", _diskOfB.Folder));
        _a.Start();
        _b.Start();
        _a.Connect(_b);
        await _a.Lead(1);
        await _b.Reports(r => r.Position.InSync);
        await _a.Acknowledged("before", [1]);
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _diskOfA.Dispose();
        _diskOfB.Dispose();
    }

    [Fact]
    public async Task A_change_that_the_active_cannot_write_is_refused_and_on_neither_node_and_the_standby_takes_over()
    {
        _diskOfA.Fill();
        var refused = await Overfill(_a);
        Assert.False(refused.Uncertain);
        Assert.Contains("journal cannot be written", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("full", (await _a.Told<LocalFault>(_ => true)).Reason, StringComparison.Ordinal);
        Assert.Equal(JournalState.Broken, (await _a.Query<ReplicaReport>(new GetReplica())).Position.Journal);

        _a.Replica.Tell(new FollowReplica());
        var caught = await _b.Lead(2);
        Assert.Equal(0, caught.MissingVersions);
        Assert.IsType<EntryMissing>(await _b.Query<object>(new GetEntry(refused.Key)));

        _diskOfA.MakeRoom();
        await _b.Acknowledged("after", [3]);
        var back = await _a.Reports(r => r.Position is { Journal: JournalState.Usable, InSync: true } && r.Position.Version == 1 + Written + 1);
        Assert.Equal((await _b.Query<ReplicaReport>(new GetReplica())).Position.Digest, back.Position.Digest);
        Assert.IsType<EntryMissing>(await _a.Query<object>(new GetEntry(refused.Key)));
        await _a.Told<ClearAlarm>(c => c.Kind == AlarmKind.Storage);
    }

    [Fact]
    public async Task A_change_that_the_standby_cannot_write_is_refused_and_the_next_one_is_acknowledged_without_it()
    {
        _diskOfB.Fill();
        var refused = await Overfill(_a);
        Assert.Contains("b cannot write it", refused.Reason, StringComparison.Ordinal);
        Assert.False(refused.Uncertain);
        Assert.False((await _a.Acknowledged("alone", [2])).Replicated);
        Assert.IsType<EntryMissing>(await _a.Query<object>(new GetEntry(refused.Key)));
        Assert.Equal(AlarmKind.Storage, (await _b.Told<RaiseAlarm>(_ => true)).Kind);
        Assert.False((await _b.Query<ReplicaReport>(new GetReplica())).Position.InSync);

        _diskOfB.MakeRoom();
        var back = await _b.Reports(r => r.Position is { Journal: JournalState.Usable, InSync: true });
        Assert.Equal((await _a.Query<ReplicaReport>(new GetReplica())).Position.Digest, back.Position.Digest);
        Assert.IsType<EntryMissing>(await _b.Query<object>(new GetEntry(refused.Key)));
    }

    [Fact]
    public async Task A_claim_is_refused_where_the_journal_cannot_be_written()
    {
        _diskOfB.Fill();
        await Overfill(_a);
        await _b.Told<LocalFault>(_ => true);
        _b.Replica.Tell(new BeginReplay(new Term(2)));
        Assert.Contains("cannot be written", (await _b.Told<ReplayFailed>(_ => true)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_active_that_keeps_the_role_takes_changes_again_when_there_is_room_again()
    {
        _diskOfA.Fill();
        await Overfill(_a);
        _diskOfA.MakeRoom();
        await _a.Told<ClearAlarm>(c => c.Kind == AlarmKind.Storage);
        await _a.Acknowledged("after", [3]);
    }

    private int Written { get; set; }

    /// <summary>Large changes until one is refused: SQLite's log takes some more while it has room of its own.</summary>
    private async Task<ChangeRefused> Overfill(TestNode active)
    {
        while (true)
        {
            switch (await active.Set($"large-{Written}", new byte[200_000]))
            {
                case ChangeRefused refused: return refused;
                default: Written++; break;
            }
        }
    }
}
