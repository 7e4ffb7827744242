using System.Data.Common;
using AkkaFailover.Core.Settings;
using LinqToDB;
using LinqToDB.Interceptors;
using Microsoft.Data.Sqlite;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The journal in a SQLite file of the state directory: one for all groups of the daemon.</summary>
internal sealed class SqliteJournal(FailoverSettings settings) : JournalDatabase
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>WAL with synchronous FULL: an acknowledged commit has been fsynced, and costs one fsync instead of four.</summary>
    private const string DurableSql = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

    private readonly string _file = JournalSetup.FileOf(settings);

    public override string Provider => "SQLite.MS";

    public override string Place => _file;

    /// <summary>There are no connection-string keys for either pragma.</summary>
    public override DataOptions Options => new DataOptions().UseConnectionString(Provider, ConnectionString).UseInterceptor(new DurableConnections());

    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = _file, DefaultTimeout = 5 }.ToString();

    public static new bool IsDamage(Exception failure) => failure is SqliteException { SqliteErrorCode: Corrupt or NotADatabase };

    public override string? Prepare()
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(_file)!, OwnerOnly);
        // It may have been copied from somewhere; it is this daemon's own, and it holds secrets.
        if (folder.UnixFileMode != OwnerOnly)
            folder.UnixFileMode = OwnerOnly;
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        if (Run(connection, "PRAGMA quick_check(1)") is var verdict && verdict != "ok")
            return Damaged(verdict);
        Run(connection, DurableSql);
        Run(connection, "BEGIN IMMEDIATE; PRAGMA user_version = 1; COMMIT;");
        return null;
    }

    public override bool Exists()
    {
        if (!File.Exists(_file))
            return false;
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        return Run(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'journal'") != "0";
    }

    public override string Damaged(string what) =>
        $"journal {_file}: the database is damaged ({what}): move {Path.GetDirectoryName(_file)} away and start again; "
        + $"this node then gets everything from {string.Join(", ", settings.Cluster.Peers.Keys)}. With no other node left, "
        + $"'sqlite3 {_file} .recover' saves what can be read";

    public override string Explain(Exception failure) => IsDamage(failure)
        ? Damaged(failure.Message)
        : $"journal {_file}: it cannot be opened and written ({failure.Message}): make room on its file system and see that this user may write there";

    private static string Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString() ?? "";
    }

    private sealed class DurableConnections : ConnectionInterceptor
    {
        public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection)
        {
            using var command = connection.CreateCommand();
            command.CommandText = DurableSql;
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken)
        {
            ConnectionOpened(eventData, connection);
            return Task.CompletedTask;
        }
    }
}
