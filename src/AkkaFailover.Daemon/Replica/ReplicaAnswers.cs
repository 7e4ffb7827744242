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
        GetHeld => new HeldEntries(replica.MarkAt(replica.State.Last), replica.State.Held()),
        GetChangeLog log => (IReadOnlyList<ChangeRow>)LogOf(replica.State, log),
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

    private static List<ChangeRow> LogOf(ReplicaState state, GetChangeLog wanted)
    {
        var rows = new List<ChangeRow>();
        var (first, count) = (state.FirstKnown(), Math.Clamp(wanted.Count, 0, MaxRows));
        for (var version = state.Committed; version > first && rows.Count < count; version--)
        {
            var (chained, both, _) = state.Log[(int)(version - first - 1)];
            if (wanted.Key is null || wanted.Key == chained.Change.Key)
                rows.Add(RowOf(chained.Change, both || version <= state.Replicated));
        }
        rows.Reverse();
        return rows;
    }

    private static ChangeRow RowOf(Change change, bool replicated) => new(
        change.Version, change.At, change.By, change.Value is null ? "remove" : "set", change.Key,
        change.Value?.LongLength ?? 0, change.Value is null ? "" : change.Content.Fingerprint, change.Term.Value, replicated);
}
