using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Dispatch;
using Akka.Persistence;
using Akka.Persistence.Journal;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;
using Microsoft.Data.Sqlite;

namespace AkkaFailover.Daemon.Replica;


/// <summary>Hands an actor system its journal's file.</summary>
/// <param name="connectionString">How it is opened, without a pool.</param>
internal sealed class SqliteFileSetup(string connectionString) : Setup
{
    /// <summary>How it is opened.</summary>
    public string ConnectionString => connectionString;
}

/// <summary>
/// Akka.Persistence's journal in one SQLite file: one connection, and one thread that uses it, so that nothing else waits for the disk
/// and what is read is read after what was written (docs/decisions/064).
/// </summary>
public sealed class SqliteWriteJournal : AsyncWriteJournal
{
    private readonly DedicatedThreads _disk = new("journal", threads: 1);
    private readonly ReplicaEventSerializer _serializer = new((ExtendedActorSystem)Context.System);
    private readonly string _connectionString = Context.System.Settings.Setup.Get<SqliteFileSetup>().Value.ConnectionString;

    // Used on the disk's thread alone.
    private JournalTable? _table;

    /// <inheritdoc/>
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback) =>
        Task.Run(() =>
        {
            // A connection of its own: a long history must not hold up what other groups write.
            using var table = JournalTable.Open(_connectionString);
            foreach (var (number, manifest, message) in table.Read(persistenceId, fromSequenceNr, toSequenceNr, max))
                recoveryCallback(new Persistent(ReplicaEventSerializer.Read(message, manifest), number, persistenceId, manifest));
        });

    /// <inheritdoc/>
    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        OnDisk(table => table.Highest(persistenceId));

    /// <inheritdoc/>
    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var rows = messages.SelectMany(write => (IImmutableList<IPersistentRepresentation>)write.Payload).Select(Row).ToList();
        return OnDisk<IImmutableList<Exception>>(table =>
        {
            table.Append(rows);
            return null!;
        });
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        OnDisk(table => table.Delete(persistenceId, toSequenceNr));

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _disk.Execute(new ActionRunnable(() => _table?.Dispose()));
        _disk.Shutdown();
        base.PostStop();
    }

    private JournalRow Row(IPersistentRepresentation item) =>
        new(item.PersistenceId, item.SequenceNr, _serializer.Manifest(item.Payload), _serializer.ToBinary((ReplicaEvent)item.Payload));

    private Task<T> OnDisk<T>(Func<JournalTable, T> work)
    {
        // What follows runs on the disk's thread too: it only tells actors.
        var done = new TaskCompletionSource<T>();
        _disk.Execute(new ActionRunnable(() =>
        {
            try
            {
                done.SetResult(work(_table ??= JournalTable.Open(_connectionString)));
            }
            catch (Exception failed) when (failed is SqliteException or IOException or InvalidOperationException)
            {
                _table?.Dispose();
                _table = null;
                done.SetException(failed);
            }
        }));
        return done.Task;
    }
}
