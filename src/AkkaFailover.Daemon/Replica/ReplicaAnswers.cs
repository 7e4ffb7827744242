using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>What commands ask of a replica, read from its state.</summary>
internal static class ReplicaAnswers
{
    /// <summary>Most lines of one answer to <see cref="GetChangeLog"/>.</summary>
    private const int MaxRows = 10_000;

    /// <summary>The answer to a query; null for anything else.</summary>
    public static object? To(object query, ReplicaNode replica, Moment now, DateTimeOffset wall, ReplicaRules rules) => query switch
    {
        GetReplica => ReportOf(replica, now, wall, rules),
        GetEntry get => replica.State.Entries.TryGetValue(get.Key, out var entry)
            ? new EntryFound(get.Key, entry.Value, entry.Version)
            : new EntryMissing(get.Key),
        ListEntries => (IReadOnlyList<EntryRow>)[.. replica.State.Entries.Select(RowOf)],
        GetChangeLog log => (IReadOnlyList<ChangeRow>)LogOf(replica.State, log.Count),
        _ => null,
    };

    private static ReplicaReport ReportOf(ReplicaNode replica, Moment now, DateTimeOffset wall, ReplicaRules rules)
    {
        var both = Math.Max(replica.State.Replicated, replica.Leads ? Math.Min(replica.Peer.Match, replica.State.Committed) : 0);
        var alone = replica.State.Committed - both;
        var since = alone > 0 ? (wall - replica.State.Log[(int)both].Chained.Change.At).TotalSeconds : 0;
        var peer = replica.Peer.Heard is { } heard
            ? new ReplicaPosition(heard.Version, heard.Digest.ToString(), replica.State.InSync.Contains(rules.Peer), replica.Peer.Healthy)
            : null;
        return new ReplicaReport(ReplicaMachine.Position(replica, now, rules), alone, Math.Max(0, since), peer, replica.State.Entries.Count);
    }

    private static EntryRow RowOf(KeyValuePair<string, Entry> pair) =>
        new(pair.Key, pair.Value.Version, pair.Value.Value.Length, pair.Value.Content.Fingerprint);

    private static List<ChangeRow> LogOf(ReplicaState state, int count)
    {
        var rows = new List<ChangeRow>();
        var first = Math.Max(0, state.Committed - Math.Clamp(count, 0, MaxRows));
        for (var index = (int)first; index < state.Committed; index++)
        {
            var (change, replicated) = (state.Log[index].Chained.Change, state.Log[index].Replicated || index < state.Replicated);
            rows.Add(new ChangeRow(change.Version, change.At, change.By, change.Value is null ? "remove" : "set", change.Key,
                change.Value?.LongLength ?? 0, change.Value is null ? "" : change.Content.Fingerprint, change.Term.Value, replicated));
        }
        return rows;
    }
}
