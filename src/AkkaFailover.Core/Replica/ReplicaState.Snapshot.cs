using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>Snapshots: the log before one is not needed any more.</summary>
public sealed partial record ReplicaState
{
    /// <summary>Changes of earlier terms that may count here and are not in a snapshot of the active: the last one of each key.</summary>
    /// <remarks>Of a key whose last change is before the log only value and version are known.</remarks>
    public ImmutableArray<Change> LostBy(SnapshotReading reading)
    {
        var lost = LastOfEach(Log.Where(item => !item.Replicated).Select(item => item.Chained.Change).Where(change => change.Term < reading.Begun.Term));
        var before = Start.Version > Replicated
            ? Entries.Where(own => own.Value.Version <= Start.Version && own.Value.Version > Replicated)
                .Select(own => new Change(own.Value.Version, Start.Term, Start.At, "", own.Key, own.Value.Value))
            : [];
        return [.. lost.Concat(before).Where(change => reading.Entries.GetValueOrDefault(change.Key)?.Content != (change.Value is null ? null : change.Content))];
    }

    /// <summary>
    /// Changes above a version that may count here: the last one of each key. One that is only prepared may have been acknowledged; one
    /// of the term that takes it back has been refused.
    /// </summary>
    public ImmutableArray<Change> LostAbove(long version, Term term) =>
        [.. LastOfEach(After(version).Select(chained => chained.Change).Where(change => change.Term < term))];

    private static IEnumerable<Change> LastOfEach(IEnumerable<Change> changes) =>
        changes.GroupBy(change => change.Key, StringComparer.Ordinal).Select(ofOneKey => ofOneKey.Last());

    private bool IsNew => Start.Version == 0 && Log.Count == 0 && Term == Term.None;

    private ReplicaState Begin(SnapshotBegun begun)
    {
        var restores = Reading is { Restores: true } || (IsNew && !begun.Installs);
        return this with { Reading = restores || begun.Installs ? new SnapshotReading(begun, restores) : null };
    }

    private ReplicaState Finish(SnapshotDone done)
    {
        if (Reading is null) return Forget(done.Version);
        if (Reading.Restores) return Restored(Reading, out var fault) ?? throw new InvalidDataException(fault);
        return Replaced(Reading) with { InSync = InSync, Orphans = Orphans, Term = Term };
    }

    /// <summary>The log up to a version is not needed any more.</summary>
    private ReplicaState Forget(long version) => this with { Start = StartAt(version), Log = Log.Forget((int)(version - Start.Version)) };

    /// <summary>The snapshot, with what was written between its parts behind it; null where that cannot follow it.</summary>
    private static ReplicaState? Restored(SnapshotReading reading, out string? fault)
    {
        var begun = reading.Begun;
        var state = Replaced(reading) with
        {
            Log = ChangeLog.Empty.Append(begun.Prepared),
            InSync = begun.InSync,
            Replicated = begun.Replicated,
            Term = begun.Term,
        };
        fault = null;
        foreach (var later in reading.Later)
        {
            state = state.Follow(later, out fault);
            if (fault is not null) return null;
        }
        return state;
    }

    private static ReplicaState Replaced(SnapshotReading reading) => Empty with
    {
        Entries = reading.Entries,
        Start = reading.Begun.Start,
        Committed = reading.Begun.Start.Version,
        Replicated = reading.Begun.Start.Version,
    };
}
