using System.Data.Common;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using AkkaFailover.Core.Settings;
using LinqToDB;
using LinqToDB.Interceptors;
using Microsoft.Data.Sqlite;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The journal's database as the actor system needs it: one SQLite file for all groups of the daemon.</summary>
public static class JournalSetup
{
    private const string Provider = "SQLite.MS";

    /// <summary>The journal plugin and the events' serializer; goes before everything else.</summary>
    public static Config Config { get; } = ConfigurationFactory.ParseString($$"""
        akka.persistence.journal.plugin = "akka.persistence.journal.sql"
        # The journal is read whole; saying so spares a warning at each start.
        akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
        akka.persistence.journal.sql {
          provider-name = "{{Provider}}"
          auto-initialize = true
          # One writer at a time is all that SQLite takes; more would wait for its lock.
          parallelism = 1
          use-clone-connection = false
          # A batch is one row of up to 256 KiB: a parameter, not half a megabyte of SQL text.
          prefer-parameters-on-multirow-insert = true
          # A disk that does not answer is a fault to act on, and one to recover from soon after it ends.
          circuit-breaker {
            max-failures = 3
            call-timeout = 5s
            reset-timeout = 1s
          }
        }
        akka.actor {
          serializers.replica-event = "{{typeof(ReplicaEventSerializer).AssemblyQualifiedName}}"
          serialization-bindings."{{typeof(Core.Replica.ReplicaEvent).AssemblyQualifiedName}}" = replica-event
        }
        """).WithFallback(SqlPersistence.DefaultConfiguration);

    /// <summary>The database file, in the state directory.</summary>
    public static string FileOf(FailoverSettings settings) => Path.Combine(settings.StateDir, "journal", "journal.db");

    /// <summary>The plugin's database.</summary>
    public static Setup Options(FailoverSettings settings) => new DataOptionsSetup(Database(settings));

    /// <summary>The file, opened with a write-ahead log and one fsync a commit; there are no connection-string keys for either.</summary>
    internal static DataOptions Database(FailoverSettings settings) =>
        new DataOptions().UseConnectionString(Provider, ConnectionString(FileOf(settings))).UseInterceptor(new DurableConnections());

    /// <summary>How the file is opened.</summary>
    internal static string ConnectionString(string file) => new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 5 }.ToString();

    /// <summary>WAL with synchronous FULL: an acknowledged commit has been fsynced, and costs one fsync instead of four.</summary>
    internal const string DurableSql = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

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
