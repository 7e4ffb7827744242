using System.Collections.Immutable;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Replica;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

public class ReplicaCodecTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Mark Here = new(7, Digest.Of("seven"u8));
    private readonly ReplicaCodec _codec = new();

    public static TheoryData<ReplicaMessage> Messages() =>
    [
        new ReplicaBeat(ulong.MaxValue, 5, TimeSpan.FromSeconds(3), true, new Term(9), Here, true),
        new ReplicaEcho(1, 5, true, true, Here),
        new Appended(new Term(9), 3, Here, true),
        new Cut(new Term(9), 3, Here),
        new AskMarks(new Term(9), 3, 1, 7),
        new Install(new Term(9), 3, new LogStart(7, Here.Digest, new Term(4), Noon)),
        new InstallEnd(new Term(9), 3, 12, Here.Digest),
        new Installed(new Term(9), 3, 5),
        new CannotPersist(new Term(9), "disk full", 0, 5),
        new Goodbye(),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_comes_back_as_it_was(ReplicaMessage message) => Assert.Equal(message, Through(message));

    [Fact]
    public void Changes_come_back_as_they_were()
    {
        ImmutableArray<Change> changes = [new(8, new Term(9), Noon, "root", "k", [1, 2]), new(9, new Term(9), Noon, "root", "k", []), new(10, new Term(9), Noon, "root", "k", null)];
        var read = Assert.IsType<Append>(Through(new Append(new Term(9), 3, Here, changes, 7)));
        Assert.Equal((new Term(9), 3UL, Here, 7L), (read.Term, read.Stream, read.Previous, read.Committed));
        Assert.Equal(changes.Select(c => c.Chain(Digest.None)), read.Changes.Select(c => c.Chain(Digest.None)));
    }

    [Fact]
    public void Entries_and_orphans_come_back_as_they_were()
    {
        ImmutableArray<KeyedEntry> entries = [new("a", new Entry([1], 3, Digest.Of([1]))), new("b", new Entry([], 9, Digest.Of([])))];
        var part = Assert.IsType<InstallPart>(Through(new InstallPart(new Term(9), 3, 4, entries)));
        Assert.Equal((new Term(9), 3UL, 4L), (part.Term, part.Stream, part.Index));
        Assert.Equal(entries.Select(e => e.Chain(Digest.None)), part.Entries.Select(e => e.Chain(Digest.None)));

        ImmutableArray<Change> changes = [new(8, new Term(9), Noon, "root", "k", [1, 2]), new(10, new Term(9), Noon, "", "k", null)];
        var orphaned = Assert.IsType<Orphaned>(Through(new Orphaned(new Term(9), changes)));
        Assert.Equal(changes.Select(c => c.Chain(Digest.None)), orphaned.Changes.Select(c => c.Chain(Digest.None)));
    }

    [Fact]
    public void The_largest_conflict_fits_a_payload()
    {
        var orphan = new Change(long.MaxValue - 1, new Term(Term.MaxValue), Noon, new string('é', ChangeRules.MaxAuthorLength), new string('é', 256), new byte[ChangeRules.MaxValueBytes]);
        var change = new Change(long.MaxValue - 1, new Term(Term.MaxValue), Noon, "a", Conflict.KeyOf(orphan), Conflict.Encode(orphan, "a"));
        Assert.Null(ChangeRules.Refuse(change.Key, change.Value, change.By));
        var encoded = _codec.TryEncode(new ReplicaSays(new Append(new Term(Term.MaxValue), ulong.MaxValue, Here, [change], 7)))!;
        Assert.InRange(encoded.Bytes.Length, ChangeRules.MaxValueBytes, EncodedPayload.MaxLength);
        Assert.NotNull(_codec.Decode(encoded.Manifest, encoded.Bytes.Span));
        Assert.Equal(orphan.Chain(Digest.None), Conflict.Decode(change.Value)!.Change.Chain(Digest.None));
    }

    [Fact]
    public void Marks_come_back_in_their_order_and_are_refused_in_another()
    {
        var marks = new Marks(new Term(9), 3, [Here, new Mark(8, Digest.None)]);
        Assert.True(marks.Found.SequenceEqual(Assert.IsType<Marks>(Through(marks)).Found));
        Assert.Null(Through(new Marks(new Term(9), 3, [Here, Here])));
    }

    [Fact]
    public void The_largest_change_fits_a_payload()
    {
        var change = new Change(long.MaxValue - 1, new Term(Term.MaxValue), Noon, new string('é', ChangeRules.MaxAuthorLength), new string('é', 256), new byte[ChangeRules.MaxValueBytes]);
        var encoded = _codec.TryEncode(new ReplicaSays(new Append(new Term(Term.MaxValue), ulong.MaxValue, Here, [change], 7)))!;
        Assert.InRange(encoded.Bytes.Length, ChangeRules.MaxValueBytes, EncodedPayload.MaxLength);
        Assert.NotNull(_codec.Decode(encoded.Manifest, encoded.Bytes.Span));
    }

    [Fact]
    public void Fields_of_a_later_version_are_ignored()
    {
        var encoded = _codec.TryEncode(new ReplicaSays(new Cut(new Term(9), 3, Here)))!;
        byte[] later = [.. encoded.Bytes.Span, 0xFA, 0x3F, 2, 1, 2]; // field 1023, two bytes
        Assert.Equal(new ReplicaSays(new Cut(new Term(9), 3, Here)), _codec.Decode(encoded.Manifest, later));
    }

    [Fact]
    public void A_key_that_the_rules_refuse_does_not_come_in_over_the_link() =>
        Assert.Null(Through(new Append(new Term(9), 3, Here, [new Change(8, new Term(9), Noon, "root", "a\nb", [])], 7)));

    private ReplicaMessage? Through(ReplicaMessage message)
    {
        var encoded = _codec.TryEncode(new ReplicaSays(message))!;
        Assert.Contains(encoded.Manifest, _codec.Manifests);
        return (_codec.Decode(encoded.Manifest, encoded.Bytes.Span) as ReplicaSays)?.Message;
    }
}
