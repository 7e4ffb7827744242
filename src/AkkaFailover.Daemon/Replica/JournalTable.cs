using Microsoft.Data.Sqlite;

namespace AkkaFailover.Daemon.Replica;

/// <summary>One stored event.</summary>
internal sealed record JournalRow(string PersistenceId, long Number, string Manifest, byte[] Message);

/// <summary>A connection to the journal's only table, with its statements prepared; for one thread at a time.</summary>
internal sealed class JournalTable : IDisposable
{
    // One tree and no index beside it: an event that is added touches one page, and those that its bytes need.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS journal (
          persistence_id TEXT NOT NULL, sequence_number INTEGER NOT NULL, manifest TEXT NOT NULL, message BLOB NOT NULL,
          PRIMARY KEY (persistence_id, sequence_number)) WITHOUT ROWID;
        """;

    // What Akka.Persistence.Sql made before: the same events under more columns.
    private const string Adopt = $"""
        BEGIN IMMEDIATE;
        ALTER TABLE journal RENAME TO journal_before;
        {Schema}
        INSERT INTO journal SELECT persistence_id, sequence_number, manifest, message FROM journal_before WHERE deleted = 0;
        DROP TABLE journal_before;
        DROP TABLE IF EXISTS tags;
        COMMIT;
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;
    private readonly SqliteParameter _id, _number, _manifest, _message;

    private JournalTable(SqliteConnection connection)
    {
        _connection = connection;
        _insert = connection.CreateCommand();
        _insert.CommandText = "INSERT INTO journal (persistence_id, sequence_number, manifest, message) VALUES ($id, $number, $manifest, $message)";
        _id = _insert.Parameters.Add("$id", SqliteType.Text);
        _number = _insert.Parameters.Add("$number", SqliteType.Integer);
        _manifest = _insert.Parameters.Add("$manifest", SqliteType.Text);
        _message = _insert.Parameters.Add("$message", SqliteType.Blob);
        _insert.Prepare();
    }

    /// <summary>Opens the file, which is made where it is missing, as <see cref="SqliteJournal.DurableSql"/> says.</summary>
    /// <exception cref="SqliteException">It cannot be opened or written.</exception>
    public static JournalTable Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            Run(connection, SqliteJournal.DurableSql);
            Run(connection, IsFromBefore(connection) ? Adopt : Schema);
            return new JournalTable(connection);
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Adds events; all of them are on disk when it returns, or none.</summary>
    /// <exception cref="SqliteException">They could not be written.</exception>
    public void Append(IReadOnlyList<JournalRow> rows)
    {
        // A single statement is a transaction of its own.
        using var transaction = rows.Count > 1 ? _connection.BeginTransaction() : null;
        _insert.Transaction = transaction;
        foreach (var row in rows)
        {
            (_id.Value, _number.Value, _manifest.Value, _message.Value) = (row.PersistenceId, row.Number, row.Manifest, row.Message);
            _insert.ExecuteNonQuery();
        }
        transaction?.Commit();
    }

    /// <summary>The number of the last event; 0 where there is none.</summary>
    public long Highest(string persistenceId)
    {
        using var command = Command("SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = $id", ("$id", persistenceId));
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Some events in their order.</summary>
    public IEnumerable<(long Number, string Manifest, byte[] Message)> Read(string persistenceId, long from, long to, long most)
    {
        using var command = Command(
            "SELECT sequence_number, manifest, message FROM journal WHERE persistence_id = $id AND sequence_number BETWEEN $from AND $to ORDER BY sequence_number LIMIT $most",
            ("$id", persistenceId), ("$from", from), ("$to", to), ("$most", most));
        using var rows = command.ExecuteReader();
        while (rows.Read()) yield return (rows.GetInt64(0), rows.GetString(1), (byte[])rows.GetValue(2));
    }

    /// <summary>Removes events.</summary>
    /// <param name="to">The last one that goes.</param>
    /// <returns>How many there were.</returns>
    public int Delete(string persistenceId, long to)
    {
        using var command = Command("DELETE FROM journal WHERE persistence_id = $id AND sequence_number <= $to", ("$id", persistenceId), ("$to", to));
        return command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }

    private static bool IsFromBefore(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM pragma_table_info('journal') WHERE name = 'ordering'";
        return (long)command.ExecuteScalar()! > 0;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
