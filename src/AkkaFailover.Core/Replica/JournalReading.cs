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
        if (Events > 0 && number != Last + 1) fault = "the event before it is missing";
        return fault is null && State.Follow(happened, out fault) is var state && fault is null ? next with { State = state, Events = Events + 1 } : this;
    }

    /// <summary>Why a journal cannot end here; null where it can.</summary>
    public string? WhyNoEnd() =>
        Events == 0 && First > 0 ? $"it begins with event {First} and has no snapshot"
        : State.Reading is { Restores: true } ? "it has no beginning: the snapshot at its start has no end"
        : null;
}
