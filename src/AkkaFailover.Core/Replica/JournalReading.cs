namespace AkkaFailover.Core.Replica;

/// <summary>A journal as far as it has been read, from its first event on.</summary>
public sealed record JournalReading
{
    /// <summary>Nothing has been read.</summary>
    public static readonly JournalReading Nothing = new();

    /// <summary>What the events lead to.</summary>
    public ReplicaState State { get; private init; } = ReplicaState.Empty;

    /// <summary>How many events that are.</summary>
    public long Events { get; private init; }

    /// <summary>The number of the first event that is there; 0 before it. Those before it were forgotten.</summary>
    public long First { get; private init; }

    private long Last { get; init; }

    /// <summary>The journal with one event more.</summary>
    /// <param name="number">Its number; the first ever written has 1.</param>
    /// <param name="fault">Why it cannot follow what was read before; null where it can.</param>
    public JournalReading Take(long number, ReplicaEvent happened, out string? fault)
    {
        fault = null;
        var next = this with { First = First == 0 ? number : First, Last = number };
        // Events before a snapshot are forgotten in slices, the oldest first: what is left of them has no beginning.
        if (Events == 0 && number > 1 && happened is not SnapshotBegun) return next;
        if (Events > 0 && number != Last + 1)
        {
            fault = "the event before it is missing";
            return this;
        }
        if (IsUnfinishedInstall && happened is SnapshotBegun) return (next with { State = ReplicaState.Empty, Events = 0 }).Follow(happened, out fault);
        var after = next.Follow(happened, out fault);
        if (fault is null || !IsUnfinishedInstall) return after;
        // It continues what was before the install, which came to nothing: the snapshot that made it forgotten is still to come.
        fault = null;
        return next with { State = ReplicaState.Empty, Events = 0 };
    }

    /// <summary>All that is there, after events that were forgotten, is the beginning of a snapshot from the active.</summary>
    private bool IsUnfinishedInstall => First > 1 && State is { Reading.Begun.Installs: true, Committed: 0, Last: 0 };

    private JournalReading Follow(ReplicaEvent happened, out string? fault) =>
        State.Follow(happened, out fault) is var state && fault is null ? this with { State = state, Events = Events + 1 } : this;

    /// <summary>Why a journal cannot end here; null where it can.</summary>
    public string? WhyNoEnd() =>
        Events == 0 && First > 0 ? $"it begins with event {First} and has no snapshot"
        : State.Reading is { Restores: true } ? "it has no beginning: the snapshot at its start has no end"
        : null;
}
