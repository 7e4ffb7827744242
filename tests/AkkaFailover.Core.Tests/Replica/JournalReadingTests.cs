using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class JournalReadingTests
{
    private static readonly ReplicaEvent[] s_journal = Journal();

    [Fact]
    public void A_journal_is_read_from_its_first_event_to_its_last()
    {
        var reading = Read(1, s_journal, out var fault);
        Assert.Null(fault);
        Assert.Null(reading.WhyNoEnd());
        Assert.Equal((s_journal.Length, 1, 40), (reading.Events, reading.First, reading.State.Last));
    }

    [Fact]
    public void An_event_that_is_missing_is_noticed_whatever_it_said()
    {
        var reading = JournalReading.Nothing.Take(1, s_journal[0], out _).Take(3, s_journal[2], out var fault);
        Assert.Equal("the event before it is missing", fault);
        Assert.Equal(1, reading.Events);
    }

    [Fact]
    public void What_is_left_of_the_events_before_a_snapshot_does_not_count()
    {
        var begun = Array.FindIndex(s_journal, happened => happened is SnapshotBegun);
        var reading = Read(begun, s_journal[(begun - 1)..], out var fault);
        Assert.Null(fault);
        Assert.Null(reading.WhyNoEnd());
        Assert.Equal((s_journal.Length - begun, begun, 40), (reading.Events, reading.First, reading.State.Last));
    }

    [Fact]
    public void Wherever_the_forgetting_stops_before_a_snapshot_the_rest_can_be_read()
    {
        var begun = Array.FindIndex(s_journal, happened => happened is SnapshotBegun);
        var other = new LogStart(7, Digest.Of([7]), new Term(1), default);
        var install = new SnapshotBegun(new Term(1), default, "a", other, 0, [], [], Installs: true);
        ReplicaEvent[] journal = [.. s_journal[..(begun / 2)], install, new SnapshotPart(new Term(1), default, "a", []), install, .. s_journal[(begun / 2)..]];
        for (var first = 0; first <= begun + 3; first++)
        {
            var reading = Read(first + 1, journal[first..], out var fault);
            Assert.True(fault is null && reading.WhyNoEnd() is null, $"from event {first + 1}: {fault ?? reading.WhyNoEnd()}");
            Assert.Equal(40, reading.State.Last);
        }
    }

    [Fact]
    public void A_journal_without_beginning_or_end_is_none()
    {
        var begun = Array.FindIndex(s_journal, happened => happened is SnapshotBegun);
        var done = Array.FindIndex(s_journal, happened => happened is SnapshotDone);
        Assert.Equal($"it begins with event {begun} and has no snapshot", Read(begun, [s_journal[begun - 1]], out _).WhyNoEnd());
        Assert.Contains("the snapshot at its start has no end", Read(begun + 1, s_journal[begun..done], out _).WhyNoEnd(), StringComparison.Ordinal);
        Assert.Null(JournalReading.Nothing.WhyNoEnd());
    }

    /// <summary>Forty changes with a snapshot among them, nothing forgotten.</summary>
    private static ReplicaEvent[] Journal()
    {
        var pair = SnapshotTests.Leading(new InstantPair());
        for (var i = 0; i < 20; i++) pair.Set(pair.A, $"key/{i}", "before");
        pair.Pass(2);
        var state = pair.A.State;
        var (writing, entries) = SnapshotWriting.Of(state).Take();
        var journal = new List<ReplicaEvent>(pair.A.Journal)
        {
            new SnapshotBegun(state.Term, default, "a", writing.Start, state.Replicated, state.InSync, [], Installs: false),
            new SnapshotPart(state.Term, default, "a", entries),
            new SnapshotDone(state.Term, default, "a", writing.Start.Version, entries.Length, writing.Content, Installs: false),
        };
        var written = pair.A.Journal.Count;
        for (var i = 0; i < 20; i++) pair.Set(pair.A, $"key/{i}", "after");
        return [.. journal, .. pair.A.Journal[written..]];
    }

    private static JournalReading Read(long first, IEnumerable<ReplicaEvent> events, out string? fault)
    {
        var reading = JournalReading.Nothing;
        fault = null;
        foreach (var happened in events)
        {
            reading = reading.Take(first++, happened, out fault);
            if (fault is not null) break;
        }
        return reading;
    }
}
