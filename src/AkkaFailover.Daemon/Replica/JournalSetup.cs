using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql;
using AkkaFailover.Core.Settings;
using LinqToDB;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The journal's database as the actor system needs it: one for all groups of the daemon.</summary>
public static class JournalSetup
{
    /// <summary>The journal plugin and the events' serializer; goes before everything else.</summary>
    public static Config Config(FailoverSettings settings) => Config(JournalDatabase.Of(settings));

    private static Config Config(JournalDatabase database) => ConfigurationFactory.ParseString($$"""
        akka.persistence.journal.plugin = "{{database.PluginId}}"
        # The journal is read whole; saying so spares a warning at each start.
        akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
        {{database.PluginId}} {
          # It waits for nothing; who does has threads of its own.
          plugin-dispatcher = "akka.actor.default-dispatcher"
          # Events have one writer, and the hash chain proves their order.
          replay-filter.mode = off
          # A disk that does not answer is a fault to act on, and one to recover from soon after it ends.
          circuit-breaker {
            max-failures = 3
            call-timeout = 5s
            reset-timeout = 1s
          }
          {{database.Plugin}}
        }
        akka.actor {
          serializers.replica-event = "{{typeof(ReplicaEventSerializer).AssemblyQualifiedName}}"
          serialization-bindings."{{typeof(Core.Replica.ReplicaEvent).AssemblyQualifiedName}}" = replica-event
        }
        """).WithFallback(SqlPersistence.DefaultConfiguration);

    /// <summary>The file of a SQLite journal, in the state directory.</summary>
    public static string FileOf(FailoverSettings settings) => Path.Combine(settings.StateDir, "journal", "journal.db");

    /// <summary>What the plugin needs besides.</summary>
    public static Setup Options(FailoverSettings settings) => JournalDatabase.Of(settings).Setup;

    /// <summary>How the database is opened.</summary>
    internal static DataOptions Database(FailoverSettings settings) => JournalDatabase.Of(settings).Options;
}
