using System.Collections.Immutable;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Replica;

/// <summary>The standby's part: taking the active's changes to disk, and back where the active says so.</summary>
internal sealed partial class Turn
{
    /// <summary>Whether an order of a leader counts: not of an older term, not of an older stream, and this node can follow.</summary>
    private bool Follows(Term term, ulong stream)
    {
        if (term < Replica.Term || (term == Replica.Term && (Replica.Leads || stream < Replica.Stream)))
            return false;
        if (Replica.Mode == ReplicaMode.Broken)
        {
            Replica = Replica with { NotAlone = true, OpenOrdered = null };
            TellCannotPersist(term);
            return false;
        }
        if (term > Replica.Term)
            Depose(term);
        Replica = Replica with { Stream = stream, NotAlone = true };
        Peer = Peer with { Leading = true };
        if (Replica.Mode != ReplicaMode.Following)
            return false;
        SettleAlone(); // before what follows is confirmed
        return true;
    }

    private void TellCannotPersist(Term term) => Tell(new CannotPersist(term, Replica.Fault, Kept, Replica.Incarnation));

    /// <summary>What is still here when the journal can be written again; where it has never been read, anything may be.</summary>
    private long Kept => Math.Max(Replica.KeptAtFailure ?? long.MaxValue, State.Committed);

    private void OnAppend(Append append)
    {
        if (!Follows(append.Term, append.Stream))
            return;
        Replica = Replica with { InstallNext = null };
        Hear(new Mark(append.Committed, default), digestKnown: false);
        var fits = State.Contains(append.Previous.Version, append.Previous.Digest) && Extend(append);
        if (fits)
        {
            Replica = Replica with { FollowedTo = Math.Min(State.Last, Math.Max(Replica.FollowedTo, append.Previous.Version + append.Changes.Length)) };
            CommitAsTold(append.Committed);
        }
        Confirm(append.Term, append.Stream, gap: !fits);
    }

    /// <summary>Adds what is new of the changes.</summary>
    /// <returns>False where one of them is not the one that this log has at its version.</returns>
    private bool Extend(Append append)
    {
        var (version, digest) = append.Previous;
        var added = ImmutableArray.CreateBuilder<ChainedChange>();
        foreach (var change in append.Changes)
        {
            digest = change.Chain(digest);
            if (change.Version != ++version || version <= State.Start.Version)
                return false;
            if (version > State.Last)
                added.Add(new ChainedChange(change, digest));
            else if (State.DigestAt(version) != digest)
                return false;
        }
        if (added.Count > 0)
            Emit(new Prepared(append.Term, wall, rules.Self.Value, added.DrainToImmutable()), forced: true);
        return true;
    }

    private void CommitAsTold(long version)
    {
        version = Math.Min(version, State.Last);
        if (version > State.Committed)
            Emit(new Committed(Replica.Term, wall, rules.Self.Value, version, Replicated: true), forced: false);
    }

    private void OnCut(Cut cut)
    {
        if (!Follows(cut.Term, cut.Stream))
            return;
        var keep = cut.First.Version - 1;
        if (keep >= State.Start.Version && State.Contains(cut.First.Version, cut.First.Digest))
        {
            if (keep < State.Committed)
                Put(new Say("replay", $"versions {keep + 1} to {State.Last} are not in the history of {rules.Peer}, the active: taken back; failoverctl config conflicts lists what they changed"));
            var lost = State.LostAbove(keep, cut.Term);
            Emit(keep < State.Committed
                ? new Truncated(cut.Term, wall, rules.Self.Value, keep, State.Last)
                : new Aborted(cut.Term, wall, rules.Self.Value, keep, $"taken back by {rules.Peer}"), forced: true);
            Forget(keep);
            KeepOrphans(lost);
            Replica = Replica with { Snapshot = keep < Replica.Snapshot?.Start.Version ? null : Replica.Snapshot };
        }
        Confirm(cut.Term, cut.Stream, gap: false);
    }

    private void OnAskMarks(AskMarks ask)
    {
        if (!Follows(ask.Term, ask.Stream))
            return;
        var (from, to) = (Math.Clamp(ask.From, Math.Max(1, State.Start.Version), Math.Max(1, State.Last)), Math.Min(ask.To, State.Last));
        Tell(new Marks(ask.Term, ask.Stream, [.. ReplicaRules.Spread(from, to).Select(Replica.MarkAt)]));
    }

    private void Confirm(Term term, ulong stream, bool gap) =>
        Defer(new Send(new Appended(term, stream, Replica.MarkAt(State.Last), gap)));

    /// <summary>Another node leads with a higher term: whatever this one has begun is not its to finish.</summary>
    private void Depose(Term term)
    {
        if (Replica.Leads)
            Put(new Say("note", $"{rules.Peer} takes changes under term {term}, above our {Replica.Term}: no more changes are taken here"));
        if (Replica.Mode == ReplicaMode.Replaying)
            Put(new Inform(new ReplayFailed(Replica.Term, $"{rules.Peer} takes changes under term {term} already")));
        Replica = Replica with { Term = term, Stream = 0, NotAlone = true };
        Follow();
    }
}
