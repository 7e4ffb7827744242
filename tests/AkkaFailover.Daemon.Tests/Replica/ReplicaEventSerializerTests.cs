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
        ];
        Assert.All(events, e => Assert.Equal(e, Through(e)));
        var nodes = ImmutableArray.Create(NodeName.Parse("a"), NodeName.Parse("b"));
        Assert.True(nodes.SequenceEqual(Assert.IsType<InSyncSet>(Through(new InSyncSet(new Term(9), Noon, "a", nodes))).Nodes));
    }

    [Fact]
    public void Prepared_changes_come_back_with_their_chain()
    {
        var change = new Change(1, new Term(9), Noon, "root", "k", [1, 2]);
        var stored = new Prepared(new Term(9), Noon, "a", [new ChainedChange(change, change.Chain(Digest.None))]);
        Assert.Null(ReplicaState.Empty.Check(Assert.IsType<Prepared>(Through(stored))));
    }

    [Fact]
    public void An_event_of_a_later_version_names_the_way_out()
    {
        var refusal = Assert.Throws<InvalidDataException>(() => _serializer.FromBinary([], "compacted"));
        Assert.Contains("install the version that wrote it", refusal.Message, StringComparison.Ordinal);
    }

    private object Through(ReplicaEvent happened) => _serializer.FromBinary(_serializer.ToBinary(happened), _serializer.Manifest(happened));
}
