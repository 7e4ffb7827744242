using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

public sealed class ReplicaEventSerializerTests : TestKit
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ReplicaEventSerializer _serializer;

    public ReplicaEventSerializerTests() => _serializer = new ReplicaEventSerializer((ExtendedActorSystem)Sys);

    [Fact]
    public void Events_come_back_as_they_were()
    {
        ReplicaEvent[] events =
        [
            new Committed(new Term(9), Noon, "a", 7, Replicated: true),
            new Aborted(new Term(9), Noon, "a", 7, "disk full"),
            new Truncated(new Term(9), Noon, "a", 7, 9),
            new SnapshotDone(new Term(9), Noon, "a", 7, 3, Digest.Of([1]), Installs: true),
        ];
        Assert.All(events, e => Assert.Equal(e, Through(e)));
        var nodes = ImmutableArray.Create(NodeName.Parse("a"), NodeName.Parse("b"));
        Assert.True(nodes.SequenceEqual(Assert.IsType<InSyncSet>(Through(new InSyncSet(new Term(9), Noon, "a", nodes, 5))).Nodes));
    }

    [Fact]
    public void Prepared_changes_come_back_with_their_chain()
    {
        var change = new Change(1, new Term(9), Noon, "root", "k", [1, 2]);
        var stored = new Prepared(new Term(9), Noon, "a", [new ChainedChange(change, change.Chain(Digest.None))]);
        Assert.Null(ReplicaState.Empty.Check(Assert.IsType<Prepared>(Through(stored))));
    }

    [Fact]
    public void Snapshots_and_orphans_come_back_as_they_were()
    {
        var change = new Change(8, new Term(9), Noon, "root", "k", [1, 2]);
        var begun = new SnapshotBegun(new Term(9), Noon, "a", new LogStart(7, Digest.Of([7]), new Term(4), Noon), 6, [NodeName.Parse("a")],
            [new ChainedChange(change, change.Chain(Digest.Of([7])))], Installs: false);
        var part = new SnapshotPart(new Term(9), Noon, "a", [new KeyedEntry("k", new Entry([1], 3, Digest.Of([1])))]);
        var done = new SnapshotDone(new Term(9), Noon, "a", 7, 1, part.Entries[0].Chain(Digest.None), Installs: false);
        ReplicaEvent[] journal = [begun, part, done, new OrphansKept(new Term(9), Noon, "a", [change])];

        var read = journal.Select(Through).Cast<ReplicaEvent>().Aggregate(ReplicaState.Empty, (state, happened) =>
        {
            Assert.Null(state.Check(happened));
            return state.Apply(happened);
        });

        Assert.Equal((8, 7, 6, change.Chain(Digest.Of([7]))), (read.Last, read.Committed, read.Replicated, read.DigestAt(8)));
        Assert.Equal([1], read.Entries["k"].Value);
        Assert.Equal([Conflict.KeyOf(change)], read.Orphans.Keys);
    }

    [Fact]
    public void An_event_of_a_later_version_names_the_way_out()
    {
        var refusal = Assert.Throws<InvalidDataException>(() => _serializer.FromBinary([], "unheard-of"));
        Assert.Contains("install the version that wrote it", refusal.Message, StringComparison.Ordinal);
    }

    private object Through(ReplicaEvent happened) => _serializer.FromBinary(_serializer.ToBinary(happened), _serializer.Manifest(happened));
}
