using System.Collections.Immutable;

namespace AkkaFailover.Core.Replica;

/// <summary>Snapshots: to the journal, so that it need not be read from its beginning, and to a follower that the log does not reach.</summary>
internal sealed partial class Turn
{
    private void OnCompact(long request)
    {
        if (Replica.Mode == ReplicaMode.Broken)
            Put(new Compacted(request, State.Start.Version, JournalFault(Replica.Fault)));
        else if (State.Committed == State.Start.Version)
            Put(new Compacted(request, State.Start.Version, null));
        else
            Replica = Replica with { SnapshotRequests = Replica.SnapshotRequests.Enqueue(request) };
    }

    private void RefuseSnapshots(string reason)
    {
        foreach (var request in Replica.SnapshotRequests)
            Put(new Compacted(request, State.Start.Version, reason));
        Replica = Replica with { SnapshotRequests = [] };
    }

    /// <summary>One part with each batch, so that no change waits for more than that.</summary>
    private void SettleSnapshot()
    {
        if (Replica.Writes.Busy || Replica.Mode is not (ReplicaMode.Following or ReplicaMode.Leading))
            return;
        if (Replica.Snapshot is { } writing)
            WritePart(writing);
        else if (IsSnapshotDue)
            BeginSnapshot();
    }

    private bool IsSnapshotDue => State.Committed > State.Start.Version
        && Peer.Stage != Stage.Installing && Replica.InstallNext is null
        && (IsLong || !Replica.SnapshotRequests.IsEmpty)
        && (State.Committed == Replica.Replicated || !rules.PeerIsOurs || !Replica.SnapshotRequests.IsEmpty || State.Committed - State.Replicated > rules.MaxUnreplicated)
        && State.After(State.Committed).Sum(chained => (long)chained.Change.Weight) <= ReplicaRules.MaxPrepared;

    /// <summary>A snapshot is written when the log has become half as large as it: all of them together cost no more than twice the changes.</summary>
    private bool IsLong => State.Log.Count >= Math.Max(rules.SnapshotAfter, State.Entries.Count / 2)
        || State.Log.Weight >= Math.Max(rules.SnapshotAfterBytes, State.Entries.Weight / 2);

    private void BeginSnapshot()
    {
        var writing = SnapshotWriting.Of(State);
        Emit(new SnapshotBegun(Replica.Term, wall, rules.Self.Value, writing.Start, Replica.Replicated, State.InSync, [.. State.After(State.Committed)], Installs: false), forced: true);
        KeepOrphans([.. State.Orphans.Values]);
        Replica = Replica with { Snapshot = writing };
        WritePart(writing);
    }

    private void WritePart(SnapshotWriting writing)
    {
        var (rest, part) = writing.Take();
        if (!part.IsEmpty)
            Emit(new SnapshotPart(Replica.Term, wall, rules.Self.Value, part), forced: true);
        Replica = Replica with { Snapshot = rest };
        if (!rest.IsComplete)
            return;
        Replica = Replica with { Snapshot = null };
        Emit(new SnapshotDone(Replica.Term, wall, rules.Self.Value, rest.Start.Version, rest.Entries.Count, rest.Content, Installs: false), forced: true);
        foreach (var request in Replica.SnapshotRequests)
            Defer(new Compacted(request, rest.Start.Version, null));
        Replica = Replica with { SnapshotRequests = [] };
    }

    private void BeginInstall()
    {
        var install = SnapshotWriting.Of(State);
        Peer = Peer.Restart(Stage.Installing, install.Start.Version + 1) with { Install = install };
        Tell(new Install(Replica.Term, Peer.Stream, install.Start));
        Put(new Say("note", $"{rules.Peer} gets all {install.Entries.Count} entries of version {install.Start.Version}: the log does not go back to what it has"));
    }

    private void PumpParts()
    {
        while (Peer.Install is { } install && Peer.UnansweredCount < ReplicaRules.MaxPartsUnconfirmed)
        {
            var (rest, part) = install.Take();
            if (!part.IsEmpty)
            {
                Tell(new InstallPart(Replica.Term, Peer.Stream, Peer.PartsSent, part));
                Peer = Peer.Sent(Peer.PartsSent + 1, now) with { PartsSent = Peer.PartsSent + 1 };
            }
            Peer = Peer with { Install = rest.IsComplete ? null : rest };
            if (rest.IsComplete)
            {
                Tell(new InstallEnd(Replica.Term, Peer.Stream, rest.Entries.Count, rest.Content));
                Peer = Peer.Sent(Peer.PartsSent + 1, now);
            }
        }
    }

    private void OnInstalled(Installed answer)
    {
        if (Replica.Leads && answer.Term == Replica.Term && answer.Stream == Peer.Stream && Peer.Stage == Stage.Installing)
            Peer = Peer.Answered(answer.Parts);
    }

    private void OnInstall(Install install)
    {
        if (!Follows(install.Term, install.Stream))
            return;
        Emit(new SnapshotBegun(install.Term, wall, rules.Self.Value, install.Start, install.Start.Version, State.InSync, [], Installs: true), forced: true);
        Replica = Replica with { InstallNext = 0, Snapshot = null };
    }

    private void OnInstallPart(InstallPart part)
    {
        if (!Follows(part.Term, part.Stream) || Replica.InstallNext != part.Index)
            return;
        var happened = new SnapshotPart(part.Term, wall, rules.Self.Value, part.Entries);
        if (State.Check(happened) is { } fault)
        {
            RefuseInstall(fault);
            return;
        }
        Emit(happened, forced: true);
        Replica = Replica with { InstallNext = part.Index + 1 };
        Defer(new Send(new Installed(part.Term, part.Stream, part.Index + 1)));
    }

    private void OnInstallEnd(InstallEnd end)
    {
        if (!Follows(end.Term, end.Stream) || Replica.InstallNext is null || State.Reading is not { } reading)
            return;
        var done = new SnapshotDone(end.Term, wall, rules.Self.Value, reading.Begun.Start.Version, end.Count, end.Content, Installs: true);
        if (State.Check(done) is { } fault)
        {
            RefuseInstall(fault);
            return;
        }
        var lost = State.LostBy(reading);
        Emit(done, forced: true);
        Replica = Replica with { InstallNext = null };
        Forget(State.Last);
        // Those of before too: the journal forgets everything before a snapshot.
        KeepOrphans([.. State.Orphans.Values, .. lost]);
        Put(new Say("replay", $"all {end.Count} entries of version {done.Version} are here, as {rules.Peer} has them"));
        Confirm(end.Term, end.Stream, gap: false);
    }

    /// <summary>The active finds out by the answer that does not come, and begins anew.</summary>
    private void RefuseInstall(string fault)
    {
        Replica = Replica with { InstallNext = null };
        Put(new Say("note", $"refused from {rules.Peer}: {fault}"));
    }

    private void KeepOrphans(ImmutableArray<Change> lost)
    {
        foreach (var some in lost.Chunk(ReplicaRules.MaxOrphans))
            Emit(new OrphansKept(Replica.Term, wall, rules.Self.Value, [.. some]), forced: true);
    }

    /// <summary>Own orphans of a node that leads by now.</summary>
    private void SettleOrphans()
    {
        if (Replica.Mode == ReplicaMode.Leading && !State.Orphans.IsEmpty)
            OrderConflicts(State.Orphans.Values.Take(ReplicaRules.MaxOrphans), rules.Self.Value);
    }

    private void TellOrphans()
    {
        if (Replica.Leads || !Peer.Leading || State.Orphans.IsEmpty)
            return;
        var changes = ImmutableArray.CreateBuilder<Change>();
        var bytes = 0;
        foreach (var orphan in State.Orphans.Values.Take(ReplicaRules.MaxOrphans))
        {
            bytes += orphan.Weight;
            if (changes.Count > 0 && bytes > ReplicaRules.MaxBatchBytes)
                break;
            changes.Add(orphan);
        }
        Tell(new Orphaned(Replica.Term, changes.DrainToImmutable()));
    }

    private void OnOrphaned(Orphaned orphaned)
    {
        if (Replica.Mode == ReplicaMode.Leading && orphaned.Term == Replica.Term)
            OrderConflicts(orphaned.Changes, rules.Peer.Value);
    }

    private void OrderConflicts(IEnumerable<Change> orphans, string node)
    {
        if (WhyNoChange() is not null)
            return;
        foreach (var orphan in orphans)
        {
            var key = Conflict.KeyOf(orphan);
            if (!State.Entries.ContainsKey(key) && !State.After(State.Committed).Any(chained => chained.Change.Key == key))
                Order(key, Conflict.Encode(orphan, node), node);
        }
    }
}
