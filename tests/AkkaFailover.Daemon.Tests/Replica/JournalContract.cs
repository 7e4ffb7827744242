using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Replica;
using LinqToDB.Data;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

/// <summary>What every journal keeps, whatever database it is in; one subclass a database.</summary>
public abstract class JournalContract : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("journal-");

    /// <summary>Where the journal is; the same in the whole test.</summary>
    protected abstract JournalSettings Journal { get; }

    /// <summary>The state directory of node a.</summary>
    protected virtual string Folder => _folder.FullName;

    /// <summary>From now on nothing can be written.</summary>
    protected abstract void Break();

    /// <summary>It can be written again.</summary>
    protected abstract void Mend();

    /// <summary>Asks for the names of the journal table's indexes.</summary>
    protected abstract string IndexesSql { get; }

    /// <summary>Changes bytes of the same number in a stored event.</summary>
    protected abstract void Tamper(string from, string to);

    /// <summary>Changes rows of the journal with one statement.</summary>
    /// <param name="sql">With <c>{0}</c> for the table.</param>
    /// <returns>How many.</returns>
    protected abstract int Execute(string sql);

    public virtual void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected FailoverSettings Settings(string node = "a") => new TestNode(node, node == "a" ? "b" : "a", Folder, journal: Journal).Settings;

    [Fact]
    public async Task What_was_written_comes_back_in_its_order()
    {
        var changes = Changes(100, i => [(byte)i]);
        Assert.Null(JournalCheck.Open(Settings()));
        await using (var journal = new JournalUser(Settings()))
        {
            Assert.Equal(0, (await journal.Open()).Last);
            foreach (var change in changes)
                await journal.Write(Prepare(change), Commit(change.Version));
        }
        Assert.Null(JournalCheck.Open(Settings()));
        await using var next = new JournalUser(Settings());
        var state = await next.Open();
        Assert.Equal((100, 100, changes[^1].Digest), (state.Committed, state.Last, state.DigestAt(100)));
        Assert.All(changes, c => Assert.Equal(c.Change.Value, state.Entries[c.Change.Key].Value));
    }

    [Fact]
    public async Task A_commit_writes_no_index_that_nobody_reads()
    {
        Assert.Null(JournalCheck.Open(Settings()));
        for (var start = 0; start < 2; start++)
        {
            await using var journal = new JournalUser(Settings());
            await journal.Open();
            await journal.Write(new InSyncSet(new Term(1), Noon, "a", [NodeName.Parse("a")], 0));
            using var database = new DataConnection(JournalDatabase.Of(Settings()).Options);
            var indexes = database.Query<string>(IndexesSql).ToList();
            Assert.Contains("journal_uq", indexes);
            Assert.DoesNotContain(indexes, name => name.EndsWith("_idx", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_batch_is_acknowledged_once_and_all_of_it_is_there()
    {
        var changes = Changes(2_000, i => BitConverter.GetBytes(i));
        Assert.Null(JournalCheck.Open(Settings()));
        await using (var journal = new JournalUser(Settings()))
        {
            await journal.Open();
            await journal.Write([.. changes.Chunk(500).SelectMany(some => new ReplicaEvent[] { Prepare(some), Commit(some[^1].Version) })]);
        }
        await using var next = new JournalUser(Settings());
        Assert.Equal((2_000, changes[^1].Digest), await Position(next));
    }

    [Fact]
    public async Task Values_up_to_the_largest_come_back_byte_for_byte()
    {
        var largest = new byte[ChangeRules.MaxValueBytes];
        new Random(1).NextBytes(largest);
        byte[][] values = [largest, [], [0], [0, 255, 0], "größer 'als; \"--"u8.ToArray()];
        var changes = Changes(values.Length, i => values[i]);
        Assert.Null(JournalCheck.Open(Settings()));
        await using (var journal = new JournalUser(Settings()))
        {
            await journal.Open();
            foreach (var change in changes)
                await journal.Write(Prepare(change), Commit(change.Version));
        }
        await using var next = new JournalUser(Settings());
        var state = await next.Open();
        Assert.All(changes, c => Assert.Equal(c.Change.Value, state.Entries[c.Change.Key].Value));
    }

    [Fact]
    public async Task A_failed_write_is_told_and_what_was_written_before_it_is_still_there()
    {
        var changes = Changes(3, i => [(byte)i]);
        Assert.Null(JournalCheck.Open(Settings()));
        await using (var journal = new JournalUser(Settings()))
        {
            await journal.Open();
            await journal.Write(Prepare(changes[0]), Commit(1));
            Break();
            journal.Begin([.. Enumerable.Range(0, 40).Select(_ => new InSyncSet(new Term(1), Noon, new string('x', 100_000), [NodeName.Parse("a")], 0))]);
            Assert.NotEmpty((await journal.Told<JournalBroken>()).Reason);
        }
        Mend();
        Assert.Null(JournalCheck.Open(Settings()));
        await using var next = new JournalUser(Settings());
        Assert.Equal((1, changes[0].Digest), await Position(next));
        await next.Write(Prepare(changes[1], changes[2]), Commit(3));
        Assert.True(JournalCheck.Verify(Settings(), Settings().Groups[0]) is { Ok: true, Version: 3 });
    }

    [Fact]
    public async Task The_verifier_walks_the_chain_without_a_daemon_and_finds_a_changed_event()
    {
        var settings = Settings();
        var none = JournalCheck.Verify(settings, settings.Groups[0]);
        Assert.False(none.Ok);
        var changes = Changes(3, i => Encoding.UTF8.GetBytes($"value-{i}"));
        Assert.Null(JournalCheck.Open(settings));
        await using (var journal = new JournalUser(settings))
        {
            await journal.Open();
            foreach (var change in changes)
                await journal.Write(Prepare(change), Commit(change.Version));
        }
        var whole = JournalCheck.Verify(settings, settings.Groups[0]);
        Assert.Equal((true, 6, 3, changes[^1].Digest.ToString()), (whole.Ok, whole.Events, whole.Version, whole.Digest));

        Tamper("value-1", "forged!");
        var broken = JournalCheck.Verify(settings, settings.Groups[0]);
        Assert.False(broken.Ok);
        Assert.Contains("the hash chain is broken at version 2", broken.Text, StringComparison.Ordinal);
        await ExpectDamage("the hash chain is broken at version 2");
    }

    [Fact]
    public async Task A_journal_that_has_lost_its_beginning_is_damaged_and_is_not_read_for_ever()
    {
        await WriteOnce(Prepare(Changes(1, _ => [1])[0]), Commit(1));
        Assert.Equal(1, Execute("DELETE FROM {0} WHERE sequence_number = 1 AND persistence_id = 'replica-vpn'"));
        await ExpectDamage("it begins with event 2 and has no snapshot");
    }

    [Fact]
    public async Task A_journal_whose_snapshot_has_no_end_is_damaged_and_is_not_read_for_ever()
    {
        await WriteOnce(new SnapshotBegun(new Term(1), Noon, "a", LogStart.Beginning, 0, [], [], Installs: false));
        await ExpectDamage("the snapshot at its start has no end");
    }

    // Rows are read and unpacked sixteen at a time: the first, one amid them, both sides of a border, and the last.
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    public async Task An_event_that_is_cut_short_is_damage_wherever_it_is(int number)
    {
        await WriteOnce(Notes(40));
        Assert.Equal(1, Execute($"UPDATE {{0}} SET message = substr(message, 1, 3) WHERE sequence_number = {number} AND persistence_id = 'replica-vpn'"));
        var told = await ExpectDamage("reading after event ");
        // Rows that were unpacked before it may or may not have come through.
        var place = int.Parse(Regex.Match(told, "after event ([0-9]+):").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(place, (number - 1) / 16 * 16, number - 1);
        Assert.False(JournalCheck.Verify(Settings(), Settings().Groups[0]).Ok);
    }

    [Fact]
    public async Task Two_nodes_with_the_same_setting_have_two_journals()
    {
        Assert.Null(JournalCheck.Open(Settings()));
        Assert.Null(JournalCheck.Open(Settings("b")));
        await using (var a = new JournalUser(Settings()))
        {
            await a.Open();
            await a.Write(Prepare(Changes(1, _ => [1])[0]));
        }
        await using var b = new JournalUser(Settings("b"));
        Assert.Equal((0, Digest.None), await Position(b));
    }

    [Fact]
    public async Task What_is_forgotten_is_gone_and_its_number_is_not_used_again()
    {
        Assert.Null(JournalCheck.Open(Settings()));
        for (var run = 1; run <= 3; run++)
        {
            await using (var journal = new JournalUser(Settings()))
                await journal.WarmUp();
            using var database = new DataConnection(JournalSetup.Database(Settings()));
            var rows = database.Query<long>("SELECT sequence_number FROM journal WHERE persistence_id = 'warm-up-vpn' ORDER BY sequence_number").ToList();
            Assert.Equal([run], rows);
        }
    }

    private static async Task<(long Last, Digest Digest)> Position(JournalUser journal)
    {
        var state = await journal.Open();
        return (state.Last, state.DigestAt(state.Last));
    }

    private static List<ChainedChange> Changes(int count, Func<int, byte[]> value)
    {
        var (changes, digest) = (new List<ChainedChange>(), Digest.None);
        for (var i = 0; i < count; i++)
        {
            var change = new Change(i + 1, new Term(1), Noon.AddMicroseconds(i), "test", $"schlüssel/{i}", value(i));
            digest = change.Chain(digest);
            changes.Add(new ChainedChange(change, digest));
        }
        return changes;
    }

    private static Prepared Prepare(params ChainedChange[] changes) => new(new Term(1), Noon, "a", [.. changes]);

    private static Committed Commit(long version) => new(new Term(1), Noon, "a", version, Replicated: false);

    /// <summary>Small events that say nothing new.</summary>
    private static ReplicaEvent[] Notes(int count) => [.. Enumerable.Range(0, count).Select(_ => new InSyncSet(new Term(1), Noon, "a", [NodeName.Parse("a")], 0))];

    private async Task WriteOnce(params ReplicaEvent[] events)
    {
        Assert.Null(JournalCheck.Open(Settings()));
        await using var journal = new JournalUser(Settings());
        await journal.Open();
        await journal.Write(events);
    }

    private async Task<string> ExpectDamage(string what)
    {
        await using var reader = new JournalUser(Settings());
        reader.BeginReading();
        var told = await reader.Told<JournalBroken>();
        Assert.True(told is { Damaged: true } && told.Reason.Contains(what, StringComparison.Ordinal), told.ToString());
        return told.Reason;
    }
}
