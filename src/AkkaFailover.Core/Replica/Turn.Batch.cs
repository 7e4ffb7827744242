using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>Several changes as one.</summary>
internal sealed partial class Turn
{
    private void OnBatch(BatchRequested batch)
    {
        if ((WhyNoChange() ?? BatchRules.Refuse(batch.Changes, batch.By)) is { } refusal)
        {
            Put(new Answer(batch.Request, batch.Changes[0].Key, new Refused(refusal, Uncertain: false)));
            return;
        }
        var at = NextTime();
        var (version, digest) = (State.Last, State.DigestAt(State.Last));
        var chained = ImmutableArray.CreateBuilder<ChainedChange>(batch.Changes.Length);
        foreach (var (key, value) in batch.Changes)
        {
            var change = new Change(++version, Replica.Term, at, batch.By, key, value);
            digest = change.Chain(digest);
            chained.Add(new ChainedChange(change, digest));
        }
        Emit(new Prepared(Replica.Term, wall, rules.Self.Value, chained.MoveToImmutable()), forced: true);
        Replica = Replica with
        {
            Waiting = Replica.Waiting.Enqueue(new Waiting(batch.Request, batch.Changes[0].Key, version)),
            WaitingCount = Replica.WaitingCount + 1,
            LastOrdered = at,
        };
    }

    /// <summary>
    /// As Nagle's rule has it (RFC 896): while changes are on their way to both disks, the next ones wait for their confirmation, or until there
    /// are enough of them. A write and a message cost the same for one change as for many. A handover does not wait so.
    /// </summary>
    private bool Gathers => Replica.Mode == ReplicaMode.Leading && NeedsPeer && Peer.Match < Replica.Writing && Replica.Writes.MayGather;

    /// <summary>
    /// What the next message holds: as many changes as its bounds allow, ending where a batch ends. A batch that is larger than the
    /// bounds is a message of its own.
    /// </summary>
    private ImmutableArray<Change> NextMessage()
    {
        var changes = ImmutableArray.CreateBuilder<Change>();
        var (whole, bytes) = (0, 0);
        foreach (var (change, _) in State.After(Peer.Next - 1).TakeWhile(next => next.Version <= Sendable))
        {
            if (changes.Count > 0 && changes[^1].At != change.At)
                whole = changes.Count;
            bytes += change.Weight;
            if (whole > 0 && (changes.Count >= ReplicaRules.MaxBatch || bytes > ReplicaRules.MaxBatchBytes))
            {
                changes.Count = whole;
                break;
            }
            changes.Add(change);
        }
        return changes.DrainToImmutable();
    }
}
