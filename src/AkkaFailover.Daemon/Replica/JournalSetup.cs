using Akka.Actor;
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
    private const string Plugin = "akka.persistence.journal.sql";

    /// <summary>The journal plugin and the events' serializer; goes before everything else.</summary>
    public static Config Config(FailoverSettings settings) => ConfigurationFactory.ParseString($$"""
        akka.persistence.journal.plugin = "{{Plugin}}"
        # The journal is read whole; saying so spares a warning at each start.
        akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
        {{Plugin}} {
          class = "{{typeof(DirectWriteJournal).AssemblyQualifiedName}}"
          provider-name = "{{JournalDatabase.Of(settings).Provider}}"
          auto-initialize = true
          use-clone-connection = false
          # Rows read at a time, unpacked whole before the first is looked at: with a thousand of them, of up to a megabyte each, most of a start went to the collector.
          replay-batch-size = 16
          # It holds back a hundred rows to look for a second writer, which the database refuses: a row's number is taken once.
          replay-filter.mode = off
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
    public static Setup Options(FailoverSettings settings)
    {
        var options = new MultiDataOptionsSetup();
        options.AddDataOptions(Plugin, Database(settings));
        return options;
    }

    /// <summary>How the plugin's database is opened, as <see cref="Options"/> says.</summary>
    internal static DataOptions DatabaseOf(ActorSystem system) =>
        system.Settings.Setup.Get<MultiDataOptionsSetup>().Value.TryGetDataOptionsFor(Plugin, out var database) && database is not null ? database
            : throw new InvalidOperationException($"the actor system was made without {nameof(JournalSetup)}.{nameof(Options)}");

    /// <summary>How the database is opened.</summary>
    internal static DataOptions Database(FailoverSettings settings) => JournalDatabase.Of(settings).Options;
}
