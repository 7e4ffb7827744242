using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
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
        var reading = JournalReading.Nothing;
        using var connection = new DataConnection(database);
        var rows = connection.Query(
            row => (Number: row.GetInt64(0), Manifest: row.GetString(1), Message: (byte[])row.GetValue(2)),
            Sql,
            new DataParameter("id", JournalActor.IdOf(group)));
        foreach (var row in rows)
        {
            if (Take(ref reading, row.Number, row.Manifest, row.Message) is { } fault)
                return Verdict(reading, $"event {row.Number} of group {group}: {fault}", ok: false);
        }
        return reading.WhyNoEnd() is { } why
            ? Verdict(reading, $"the journal of group {group}: {why}", ok: false)
            : Verdict(reading, $"{reading.Events} events, {reading.State.Last} versions, the hash chain is unbroken", ok: true);
    }

    private static string? Take(ref JournalReading reading, long number, string manifest, byte[] message)
    {
        try
        {
            reading = reading.Take(number, ReplicaEventSerializer.Read(message, manifest), out var fault);
            return fault;
        }
        catch (Exception e) when (JournalDatabase.IsDamage(e))
        {
            return e.Message;
        }
    }

    private static JournalVerdict Verdict(JournalReading reading, string text, bool ok) =>
        new(ok, reading.Events, reading.State.Last, reading.State.DigestAt(reading.State.Last).ToString(), text);
}
