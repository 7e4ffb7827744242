using AkkaFailover.Core;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Paths;

namespace AkkaFailover.Daemon.Replica;

/// <summary>What commands ask of a replica, read from its state.</summary>
internal static class ReplicaAnswers
{
    /// <summary>Most lines of one answer to <see cref="GetChangeLog"/>.</summary>
    private const int MaxRows = 10_000;

    /// <summary>The answer to a query that takes no time; null for anything else.</summary>
    public static object? Short(object query, ReplicaNode replica, Moment now, DateTimeOffset wall, ReplicaRules rules) => query switch
    {
        GetReplica => ReportOf(replica, now, wall, rules),
        GetEntry get => replica.State.Entries.TryGetValue(get.Key, out var entry)
            ? new EntryFound(get.Key, entry.Value, entry.Version)
            : new EntryMissing(get.Key),
        GetPaths => (IReadOnlyList<PathReport>)[],
        _ => null,
    };

    /// <summary>How a query is answered that goes through all entries or much of the log; null for anything else.</summary>
    public static Func<ReplicaNode, object>? Long(object query) => query switch
    {
        ListEntries => replica => (IReadOnlyList<EntryRow>)[.. replica.State.Entries.Where(entry => !Conflict.IsKey(entry.Key)).Select(RowOf)],
        ListConflicts => replica => (IReadOnlyList<ConflictRow>)[.. ConflictsOf(replica.State)],
        GetHeld => replica => new HeldEntries(replica.MarkAt(replica.State.Last), replica.State.Held()),
        GetChangeLog log => replica => (IReadOnlyList<ChangeRow>)LogOf(replica.State, log),
        _ => null,
    };

    private static ReplicaReport ReportOf(ReplicaNode replica, Moment now, DateTimeOffset wall, ReplicaRules rules)
    {
        var alone = replica.State.Committed - replica.Replicated;
        var since = alone > 0 ? (wall - FirstAlone(replica.State, replica.Replicated)).TotalSeconds : 0;
        var peer = replica.Peer.Heard is { } heard
            ? new ReplicaPosition(heard.Version, heard.Digest.ToString(), replica.State.InSync.Contains(rules.Peer), replica.Peer.Healthy ? JournalState.Usable : JournalState.Broken)
            : null;
        return new ReplicaReport(ReplicaMachine.Position(replica, now, rules), alone, Math.Max(0, since), peer, replica.State.Entries.Count);
    }

    /// <summary>When the first change after a version was ordered; of one that is not in the log any more, when the log's last forgotten one was.</summary>
    private static DateTimeOffset FirstAlone(ReplicaState state, long version) =>
        version >= state.Start.Version ? state[version + 1].Chained.Change.At : state.Start.At;

    private static EntryRow RowOf(KeyValuePair<string, Entry> pair) =>
        new(pair.Key, pair.Value.Version, NamedBlobs.SizeOf(pair.Key, pair.Value.Value), pair.Value.Content.Fingerprint);

    private static IEnumerable<ConflictRow> ConflictsOf(ReplicaState state) =>
        from entry in state.Entries.Under(Conflict.Prefix)
        let conflict = Conflict.Decode(entry.Entry.Value)
        where conflict is not null
        select new ConflictRow(conflict.Id, conflict, state.Entries.GetValueOrDefault(conflict.Change.Key));

    private static List<ChangeRow> LogOf(ReplicaState state, GetChangeLog wanted)
    {
        var rows = new List<ChangeRow>();
        var count = Math.Clamp(wanted.Count, 0, MaxRows);
        for (var version = state.Committed; version > state.Start.Version && rows.Count < count; version--)
        {
            var (chained, both, _) = state[version];
            if (wanted.Key is null || wanted.Key == chained.Change.Key)
                rows.Add(RowOf(chained.Change, both || version <= state.Replicated));
        }
        rows.Reverse();
        return rows;
    }

    private static ChangeRow RowOf(Change change, bool replicated) => new(
        change.Version, change.At, change.By, change.Value is null ? "remove" : "set", change.Key,
        NamedBlobs.SizeOf(change.Key, change.Value), change.Value is null ? "" : change.Content.Fingerprint, change.Term.Value, replicated);
}
