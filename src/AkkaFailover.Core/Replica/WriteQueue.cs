using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>
/// What waits for the disk. One batch is written at a time, with one fsync; what is emitted meanwhile is the next batch. Outputs that
/// must not leave this node before an event is on disk wait behind it.
/// </summary>
public sealed record WriteQueue
{
    private ImmutableQueue<ReplicaEvent> Unwritten { get; init; } = [];

    private ImmutableQueue<(long After, ReplicaOutput Output)> Deferred { get; init; } = [];

    private long Emitted { get; init; }

    private long LastForced { get; init; }

    private long Writing { get; init; }

    private int Changes { get; init; }

    private int ChangeBytes { get; init; }

    /// <summary>How many events are on disk.</summary>
    public long Durable { get; private init; }

    /// <summary>The place in the journal of the last event that must be on disk before anything that follows from it may be said.</summary>
    public long Needed => LastForced;

    /// <summary>A batch is on its way to the disk.</summary>
    public bool Busy => Writing > Durable;

    /// <summary>What waits takes versions back, or puts others in their place: only up to this one the log is what is being written.</summary>
    public long Keeps => Unwritten.Aggregate(long.MaxValue, (keeps, happened) => happened switch
    {
        Aborted aborted => Math.Min(keeps, aborted.Version),
        Truncated truncated => Math.Min(keeps, truncated.Version),
        SnapshotDone { Installs: true } => 0,
        _ => keeps,
    });

    /// <summary>Something must be written, or waits long enough.</summary>
    public bool Wants(bool everything) => !Busy && (LastForced > Durable || (everything && Emitted > Durable));

    /// <summary>What waits are changes, fewer than are worth a write and a message of their own while others are on their way.</summary>
    public bool MayGather => Changes < ReplicaRules.WorthBatch && ChangeBytes < ReplicaRules.WorthBatchBytes;

    /// <summary>Adds an event. One that is not forced waits for the next that is.</summary>
    public WriteQueue Add(ReplicaEvent happened, bool forced)
    {
        var (changes, bytes) = happened is Prepared prepared ? Measure(prepared)
            // Everything else that must be on disk decides what counts: nothing is gained by waiting.
            : (forced ? ReplicaRules.WorthBatch : 0, 0);
        return this with
        {
            Unwritten = Unwritten.Enqueue(happened),
            Emitted = Emitted + 1,
            LastForced = forced ? Emitted + 1 : LastForced,
            Changes = Changes + changes,
            ChangeBytes = ChangeBytes + bytes,
        };
    }

    /// <summary>Holds an output back until everything that is needed so far is on disk.</summary>
    public WriteQueue Defer(ReplicaOutput output) => this with { Deferred = Deferred.Enqueue((LastForced, output)) };

    /// <summary>Takes the next batch, bounded, with neighbouring changes in one event.</summary>
    public (WriteQueue Next, ImmutableArray<ReplicaEvent> Batch) Take()
    {
        var (rest, taken, changes, bytes) = (Unwritten, new List<ReplicaEvent>(), 0, 0);
        for (; !rest.IsEmpty; rest = rest.Dequeue())
        {
            var happened = rest.Peek();
            if (happened is Prepared prepared)
            {
                var (more, weight) = Measure(prepared);
                (changes, bytes) = (changes + more, bytes + weight);
            }
            if (taken.Count > 0 && (changes > ReplicaRules.MaxBatch || bytes > ReplicaRules.MaxBatchBytes))
                break;
            taken.Add(happened);
        }
        return (this with
        {
            Unwritten = rest,
            Writing = Durable + taken.Count,
            // What did not fit waits long enough.
            Changes = rest.IsEmpty ? 0 : ReplicaRules.WorthBatch,
            ChangeBytes = 0,
        }, Merge(taken));
    }

    /// <summary>The batch is on disk: the outputs that it held back, in their order.</summary>
    public (WriteQueue Next, IReadOnlyList<ReplicaOutput> Ready) Written() => (this with { Durable = Writing }).Release();

    /// <summary>The outputs that nothing holds back any more.</summary>
    public (WriteQueue Next, IReadOnlyList<ReplicaOutput> Ready) Release()
    {
        var (rest, ready) = (Deferred, new List<ReplicaOutput>());
        while (!rest.IsEmpty && rest.Peek().After <= Durable)
        {
            rest = rest.Dequeue(out var first);
            ready.Add(first.Output);
        }
        return (this with { Deferred = rest }, ready);
    }

    /// <summary>Answers that are held back.</summary>
    public IEnumerable<Answer> HeldAnswers => Deferred.Select(d => d.Output).OfType<Answer>();

    private static (int Changes, int Bytes) Measure(Prepared prepared) => (prepared.Changes.Length, prepared.Changes.Sum(c => c.Change.Weight));

    private static ImmutableArray<ReplicaEvent> Merge(List<ReplicaEvent> events)
    {
        var merged = new List<ReplicaEvent>();
        var changes = ImmutableArray.CreateBuilder<ChainedChange>();
        Prepared? head = null;
        foreach (var happened in events)
        {
            if (happened is Prepared prepared)
            {
                head ??= prepared;
                changes.AddRange(prepared.Changes);
                continue;
            }
            Close();
            if (happened is Committed && merged is [.., Committed last] && last.Replicated == ((Committed)happened).Replicated)
                merged[^1] = happened;
            else
                merged.Add(happened);
        }
        Close();
        return [.. merged];

        void Close()
        {
            if (head is not null)
                merged.Add(head with { Changes = changes.DrainToImmutable() });
            head = null;
        }
    }
}
