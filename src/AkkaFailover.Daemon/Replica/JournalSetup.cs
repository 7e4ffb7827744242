using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using AkkaFailover.Core.Settings;
using LinqToDB;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The journal's database as the actor system needs it: one for all groups of the daemon.</summary>
public static class JournalSetup
{
    /// <summary>The journal plugin and the events' serializer; goes before everything else.</summary>
    public static Config Config(FailoverSettings settings) => ConfigurationFactory.ParseString($$"""
        akka.persistence.journal.plugin = "akka.persistence.journal.sql"
        # The journal is read whole; saying so spares a warning at each start.
        akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
        akka.persistence.journal.sql {
          provider-name = "{{JournalDatabase.Of(settings).Provider}}"
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

    /// <summary>The file of a SQLite journal, in the state directory.</summary>
    public static string FileOf(FailoverSettings settings) => Path.Combine(settings.StateDir, "journal", "journal.db");

    /// <summary>The plugin's database; its connection string is in no configuration that could be shown.</summary>
    public static Setup Options(FailoverSettings settings) => new DataOptionsSetup(Database(settings));

    /// <summary>How the database is opened.</summary>
    internal static DataOptions Database(FailoverSettings settings) => JournalDatabase.Of(settings).Options;
}
