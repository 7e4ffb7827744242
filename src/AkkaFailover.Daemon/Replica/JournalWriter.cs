using System.Data;
using System.Data.Common;
using Akka.Dispatch;
using Akka.Persistence.Sql.Journal.Types;
using AkkaFailover.Daemon.Cluster;
using LinqToDB;
using LinqToDB.Data;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// One thread and one connection that write the journal. A write blocks its thread until it is on disk, so that thread is nobody else's, and what
/// follows from it begins on that thread.
/// </summary>
internal sealed class JournalWriter(DataOptions database)
{
    private static readonly (string Name, DbType Type, Func<JournalRow, object?> Value)[] s_columns =
    [
        ("created", DbType.Int64, row => row.Timestamp),
        ("deleted", DbType.Boolean, row => row.Deleted),
        ("persistence_id", DbType.String, row => row.PersistenceId),
        ("sequence_number", DbType.Int64, row => row.SequenceNumber),
        ("message", DbType.Binary, row => row.Message),
        ("manifest", DbType.String, row => row.Manifest),
        ("identifier", DbType.Int32, row => row.Identifier),
        ("writer_uuid", DbType.String, row => row.WriterUuid),
    ];

    private static readonly string s_sql =
        $"INSERT INTO journal ({string.Join(", ", s_columns.Select(column => column.Name))}) VALUES ({string.Join(", ", s_columns.Select(column => $"@{column.Name}"))})";

    /// <summary>The last row of an id stays, marked: its number must not be used again.</summary>
    private const string ForgetSql = """
        UPDATE journal SET deleted = @deleted WHERE persistence_id = @id AND sequence_number <= @to
          AND sequence_number = (SELECT max(sequence_number) FROM journal WHERE persistence_id = @id);
        DELETE FROM journal WHERE persistence_id = @id AND sequence_number <= @to
          AND sequence_number < (SELECT max(sequence_number) FROM journal WHERE persistence_id = @id);
        """;

    /// <summary>The plugin makes these at each start, for queries by time and across ids, which nobody makes here: two pages more of each commit.</summary>
    private const string UnusedIndexes = "DROP INDEX IF EXISTS journal_created_idx; DROP INDEX IF EXISTS journal_sequence_number_idx;";

    private readonly DedicatedThreads _thread = new("journal", 1);
    private DataConnection? _connection;
    private DbCommand? _insert;

    /// <summary>Does something on the thread, after whatever was ordered before it; the failure is the task's.</summary>
    public Task Run(Action work)
    {
        var done = new TaskCompletionSource();
        _thread.Execute(new ActionRunnable(() =>
        {
            try
            {
                work();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
                return;
            }
            done.SetResult();
        }));
        return done.Task;
    }

    /// <summary>Writes some rows, all or none; they are on disk when it returns. To be called on the thread.</summary>
    public void Insert(IReadOnlyList<JournalRow> rows) => Commit(insert =>
    {
        foreach (var row in rows)
        {
            for (var column = 0; column < s_columns.Length; column++)
                insert.Parameters[column].Value = s_columns[column].Value(row) ?? DBNull.Value;
            insert.ExecuteNonQuery();
        }
    });

    /// <summary>Removes the rows of an id up to a number. To be called on the thread.</summary>
    public void Forget(string persistenceId, long to) => Commit(insert =>
    {
        using var forget = insert.Connection!.CreateCommand();
        (forget.CommandText, forget.Transaction) = (ForgetSql, insert.Transaction);
        Add(forget, "id", DbType.String).Value = persistenceId;
        Add(forget, "to", DbType.Int64).Value = to;
        Add(forget, "deleted", DbType.Boolean).Value = true;
        forget.ExecuteNonQuery();
    });

    /// <summary>Ends the thread when all that was ordered is done.</summary>
    public void End()
    {
        _thread.Execute(new ActionRunnable(Close));
        _thread.Shutdown();
    }

    private void Commit(Action<DbCommand> write)
    {
        // A server that was restarted has ended the connection; before the commit was asked for, nothing of it can count.
        for (var again = _insert is not null; ; again = false)
        {
            var committing = false;
            try
            {
                var insert = _insert ??= Prepare();
                using var transaction = insert.Connection!.BeginTransaction();
                insert.Transaction = transaction;
                write(insert);
                committing = true;
                transaction.Commit();
                return;
            }
            catch
            {
                // What a connection is worth after a failure nobody knows: the next write gets a new one.
                Close();
                if (!again || committing) throw;
            }
        }
    }

    private DbCommand Prepare()
    {
        _connection = new DataConnection(database);
        var insert = _connection.OpenDbConnection().CreateCommand();
        DropUnusedIndexes(insert);
        insert.CommandText = s_sql;
        foreach (var (name, type, _) in s_columns)
            Add(insert, name, type);
        insert.Prepare();
        return insert;
    }

    /// <summary>Whoever reads the table at this moment, a backup for instance, may hold it: then they stay until the next connection.</summary>
    private static void DropUnusedIndexes(DbCommand command)
    {
        try
        {
            command.CommandText = UnusedIndexes;
            command.ExecuteNonQuery();
        }
        catch (DbException)
        {
            // They cost time and nothing else.
        }
    }

    private static DbParameter Add(DbCommand command, string name, DbType type)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.DbType) = (name, type);
        command.Parameters.Add(parameter);
        return parameter;
    }

    private void Close()
    {
        var (insert, connection) = (_insert, _connection);
        (_insert, _connection) = (null, null);
        insert?.Dispose();
        connection?.Dispose();
    }
}
