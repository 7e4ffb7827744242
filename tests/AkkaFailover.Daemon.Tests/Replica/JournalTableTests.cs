using AkkaFailover.Daemon.Replica;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

public sealed class JournalTableTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("journal-");

    private string Connection => $"Data Source={Path.Combine(_folder.FullName, "journal.db")};Pooling=False";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_was_added_is_read_in_its_order_by_another_connection()
    {
        using var table = JournalTable.Open(Connection);
        table.Append([new JournalRow("one", 1, "m", [1]), new JournalRow("one", 2, "n", [2, 2])]);
        table.Append([new JournalRow("two", 1, "m", [])]);
        using var other = JournalTable.Open(Connection);
        Assert.Equal([(1L, "m"), (2L, "n")], other.Read("one", 1, 9, 9).Select(row => (row.Number, row.Manifest)));
        Assert.Equal([2, 2], other.Read("one", 2, 2, 9).Single().Message);
        Assert.Equal((2, 1, 0), (other.Highest("one"), other.Highest("two"), other.Highest("three")));
    }

    [Fact]
    public void Of_a_batch_with_a_number_that_is_there_already_nothing_is_added()
    {
        using var table = JournalTable.Open(Connection);
        table.Append([new JournalRow("one", 2, "m", [1])]);
        Assert.Throws<SqliteException>(() => table.Append([new JournalRow("one", 1, "m", [1]), new JournalRow("one", 2, "m", [1])]));
        Assert.Equal(2, Assert.Single(table.Read("one", 1, 9, 9)).Number);
    }

    [Fact]
    public void Removed_events_are_gone_up_to_their_number()
    {
        using var table = JournalTable.Open(Connection);
        table.Append([new JournalRow("one", 1, "m", [1]), new JournalRow("one", 2, "m", [2]), new JournalRow("two", 1, "m", [3])]);
        Assert.Equal(1, table.Delete("one", 1));
        Assert.Equal((2, 1), (Assert.Single(table.Read("one", 1, 9, 9)).Number, table.Highest("two")));
    }

    [Fact]
    public void A_table_of_an_earlier_version_is_taken_over()
    {
        using (var before = new SqliteConnection(Connection))
        {
            before.Open();
            using var command = before.CreateCommand();
            command.CommandText = """
                CREATE TABLE journal (ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, deleted Bit NOT NULL,
                  persistence_id NVarChar(255) NOT NULL, sequence_number INTEGER NOT NULL, message VarBinary NOT NULL, manifest NVarChar(500) NULL,
                  identifier INTEGER NULL, writer_uuid NVarChar(128) NULL);
                CREATE UNIQUE INDEX journal_uq ON journal (persistence_id, sequence_number);
                INSERT INTO journal VALUES (1, 7, 0, 'one', 1, x'01', 'm', 71060, 'w'), (2, 7, 1, 'gone', 1, x'02', 'm', 71060, 'w');
                """;
            command.ExecuteNonQuery();
        }
        using var table = JournalTable.Open(Connection);
        table.Append([new JournalRow("one", 2, "m", [2])]);
        Assert.Equal([1L, 2L], table.Read("one", 1, 9, 9).Select(row => row.Number));
        Assert.Equal(0, table.Highest("gone"));
    }
}
