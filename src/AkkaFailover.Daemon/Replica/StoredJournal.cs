using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
using Google.Protobuf;
using LinqToDB;
using LinqToDB.Data;

namespace AkkaFailover.Daemon.Replica;

/// <summary>Reads a group's whole journal from its database, apart from the actors, and computes the hash chain again; writes nothing.</summary>
internal static class StoredJournal
{
    private const string Sql = "SELECT sequence_number, manifest, message FROM journal WHERE persistence_id = @id ORDER BY sequence_number";

    /// <summary>Walks the chain to its end, or to the first event that does not fit.</summary>
    public static JournalVerdict Verify(DataOptions database, GroupName group)
    {
        var (state, events, last) = (ReplicaState.Empty, 0L, 0L);
        using var connection = new DataConnection(database);
        var rows = connection.Query(
            row => (Number: row.GetInt64(0), Manifest: row.GetString(1), Message: (byte[])row.GetValue(2)),
            Sql,
            new DataParameter("id", JournalActor.IdOf(group)));
        foreach (var row in rows)
        {
            // What is left of the rows before a snapshot, which are forgotten in slices.
            if (events == 0 && row.Number > 1 && row.Manifest != ReplicaEventSerializer.SnapshotManifest)
                continue;
            var fault = events > 0 && row.Number != last + 1 ? "the event before it is missing" : Follow(ref state, row.Manifest, row.Message);
            if (fault is not null)
                return Verdict(state, events, $"event {row.Number} of group {group}: {fault}", ok: false);
            (events, last) = (events + 1, row.Number);
        }
        if (state.Reading is { Restores: true })
            return Verdict(state, events, $"the journal of group {group} has no beginning: the snapshot at its start has no end", ok: false);
        return Verdict(state, events, $"{events} events, {state.Last} versions, the hash chain is unbroken", ok: true);
    }

    private static string? Follow(ref ReplicaState state, string manifest, byte[] message)
    {
        try
        {
            state = state.Follow(ReplicaEventSerializer.Read(message, manifest), out var fault);
            return fault;
        }
        catch (Exception e) when (e is InvalidDataException or InvalidProtocolBufferException or FormatException)
        {
            return e.Message;
        }
    }

    private static JournalVerdict Verdict(ReplicaState state, long events, string text, bool ok) =>
        new(ok, events, state.Last, state.DigestAt(state.Last).ToString(), text);
}
