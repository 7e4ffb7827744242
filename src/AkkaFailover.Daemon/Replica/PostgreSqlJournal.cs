using System.Text;
using AkkaFailover.Core.Settings;
using LinqToDB;
using Npgsql;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// The journal in a PostgreSQL database, in a schema of this node's own: two nodes that use one server never see each other's events.
/// </summary>
internal sealed class PostgreSqlJournal : JournalDatabase
{
    /// <summary>The longest name of a node whose schema PostgreSQL does not cut: it allows 63 bytes.</summary>
    public const int LongestNode = 63 - 9;

    /// <summary>A server that does not answer is a fault as soon as a disk that does not; the administrator's own values come later, and count.</summary>
    private const string Patience = "Timeout=5;Command Timeout=5;Application Name=akka-failover;";

    private readonly NpgsqlConnectionStringBuilder _connection;
    private readonly string _schema;
    private readonly string _peers;

    public PostgreSqlJournal(FailoverSettings settings)
    {
        _schema = $"failover_{settings.Node.Value.Replace('-', '_')}";
        _peers = string.Join(", ", settings.Cluster.Peers.Keys);
        _connection = new NpgsqlConnectionStringBuilder(Patience + Encoding.UTF8.GetString(settings.Journal.ConnectionString!.Bytes)) { SearchPath = _schema };
        // Whatever the server's default is: an acknowledged commit has been fsynced there.
        _connection.Options = $"{_connection.Options} -c synchronous_commit=on".TrimStart();
    }

    public override string Provider => ProviderName.PostgreSQL15;

    public override string Place => $"postgresql://{_connection.Host}:{_connection.Port}/{_connection.Database}, schema {_schema}";

    public override DataOptions Options => new DataOptions().UseConnectionString(Provider, _connection.ConnectionString);

    public override string? Prepare()
    {
        using var connection = Open();
        if (Ask(connection, "SHOW fsync") is not "on")
            return $"journal {Place}: the server has fsync = off, so that an acknowledged change could be lost: set fsync = on in its postgresql.conf";
        // Only where it is missing: making it needs a privilege that using it does not.
        if (Ask(connection, $"SELECT 1 FROM pg_namespace WHERE nspname = '{_schema}'") is null)
            Ask(connection, $"CREATE SCHEMA {_schema}");
        Ask(connection, "CREATE TABLE IF NOT EXISTS last_start (at timestamptz NOT NULL)");
        Ask(connection, "BEGIN; DELETE FROM last_start; INSERT INTO last_start VALUES (now()); COMMIT");
        return null;
    }

    public static new bool IsDamage(Exception failure) => failure is PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted };

    public override bool Exists()
    {
        using var connection = Open();
        return Ask(connection, "SELECT 1 WHERE to_regclass('journal') IS NOT NULL") is not null;
    }

    public override string Damaged(string what) =>
        $"journal {Place}: the journal is damaged ({what}): rename the schema (ALTER SCHEMA {_schema} RENAME TO {_schema}_old) and start again; "
        + $"this node then gets everything from {_peers}";

    public override string Explain(Exception failure) =>
        $"journal {Place}: it cannot be opened and written ({failure.GetBaseException().Message}): see that the server runs, that "
        + "failover.journal.connection-string names it, and that its user may create a schema in the database";

    private NpgsqlConnection Open()
    {
        var connection = new NpgsqlConnection(_connection.ConnectionString);
        connection.Open();
        return connection;
    }

    private static string? Ask(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar()?.ToString();
    }
}
