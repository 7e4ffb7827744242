using System.Collections.Immutable;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using Akka.Persistence.Sql.Journal;
using Akka.Persistence.Sql.Journal.Dao;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// The plugin of Akka.Persistence.Sql, but for the way of a batch to the disk: its rows go over one connection that stays open, with a
/// statement that stays prepared, on one thread (<see cref="JournalWriter"/>). Tables, the form of the rows and reading are the plugin's own.
/// </summary>
public sealed class DirectWriteJournal : SqlWriteJournal
{
    private readonly ByteArrayJournalSerializer _serializer;
    private readonly JournalWriter _writer;

    /// <summary>Made by Akka.Persistence.</summary>
    public DirectWriteJournal(Config config)
        : base(config)
    {
        var plugin = new JournalConfig(config.WithFallback(SqlPersistence.DefaultJournalConfiguration));
        _serializer = new ByteArrayJournalSerializer(plugin, Context.System.Serialization, plugin.PluginConfig.TagSeparator, Guid.NewGuid().ToString("N"));
        _writer = new JournalWriter(JournalSetup.DatabaseOf(Context.System));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _writer.End();
        base.PostStop();
    }

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var now = DateTime.UtcNow.Ticks;
        await _writer.Run(() => _writer.Insert([.. _serializer.Serialize(messages, now).SelectMany(write => write.Get())])).ConfigureAwait(false);
        // Nothing is rejected.
        return null!;
    }

    /// <inheritdoc/>
    /// <remarks>What is being written counts.</remarks>
    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        await _writer.Run(() => { }).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return await base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// In turn with the writes: on a connection of its own it would take SQLite's lock from them. The plugin marks each row first, which writes all of
    /// it again.
    /// </remarks>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        _writer.Run(() => _writer.Forget(persistenceId, toSequenceNr));
}
