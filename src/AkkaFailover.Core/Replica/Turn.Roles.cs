using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Replica;

/// <summary>The election's orders, and the journal's beginning and failure.</summary>
internal sealed partial class Turn
{
    private void OnRecovered(Recovered recovered)
    {
        var wasBroken = Replica.Mode == ReplicaMode.Broken;
        Replica = Replica with
        {
            State = recovered.State,
            Mode = ReplicaMode.Following,
            Term = recovered.State.Term > Replica.Term ? recovered.State.Term : Replica.Term,
            Incarnation = recovered.Incarnation,
            Writes = new WriteQueue(),
            Durable = recovered.State.Last,
            Writing = recovered.State.Last,
            SetPlace = 0,
            Snapshot = null,
            InstallNext = null,
            FollowedTo = 0,
            NextBeat = now,
            Fault = "",
        };
        Replica = Replica with { Led = State.Term > Replica.Led ? State.Term : Replica.Led };
        Replica = Replica with { NotAlone = Replica.NotAlone || Replica.LedElsewhere > Replica.Led };
        // The run before this one may have granted just before it ended.
        Peer = Peer.Restart(Stage.Unknown, 1) with
        {
            Gone = Peer.Gone || !rules.PeerIsOurs,
            GrantUntil = Moment.Max(Peer.GrantUntil, now + rules.Window),
            InSyncUntil = Moment.Zero,
        };
        if (Math.Max(Replica.KeptAtFailure ?? long.MaxValue, State.Committed) is var keep && keep < State.Last)
        {
            Emit(new Aborted(Replica.Term, wall, rules.Self.Value, keep, "refused when the journal could not be written"), forced: true);
            Forget(keep);
        }
        Replica = Replica with { KeptAtFailure = null };
        if (wasBroken)
            Put(new Alarmed(AlarmKind.Storage, null));
        if (Replica.ClaimOrdered is { } claimed)
            BeginReplay(claimed);
        else if (Replica.OpenOrdered is { } opened)
            Open(opened);
    }

    private void OnJournalFailed(string reason)
    {
        var (led, keep, durable) = (Replica.Leads, State.Committed, Replica.Durable);
        var fault = JournalFault(reason);
        if (Replica.Mode == ReplicaMode.Flushing)
            Put(new Inform(new ReplicaFlushed()));
        else if (Replica.Mode == ReplicaMode.Replaying)
            Put(new Inform(new ReplayFailed(Replica.Term, fault)));
        foreach (var answer in Replica.Writes.HeldAnswers)
            Put(answer);
        var exposed = led && keep < State.Last && Withdraw(keep);
        Replica = Replica with
        {
            Mode = ReplicaMode.Broken,
            Fault = reason,
            Writes = new WriteQueue(),
            // What this node has not confirmed, the active takes back when it hears that it cannot be written here.
            KeptAtFailure = led ? keep : NeverRead ? null : Math.Min(Replica.Durable, Replica.KeptAtFailure ?? long.MaxValue),
            ClaimOrdered = null,
            FlushUntil = Moment.Never,
            Snapshot = null,
            InstallNext = null,
        };
        RefuseSnapshots(fault);
        var withdrawn = new Withdrawal(Replica.Waiting, keep, durable, fault, now + ReplicaRules.PeerWait);
        Replica = Replica with { Waiting = [], WaitingCount = 0 };
        if (exposed && Peer.Link == LinkStatus.Connected)
            Await(withdrawn);
        else
            Answer(withdrawn, exposed ? long.MaxValue : durable);
        if (!led && Peer.Leading)
            TellCannotPersist(Replica.Term);
        Put(new Alarmed(AlarmKind.Storage, fault));
        Put(new Inform(new LocalFault(fault)));
    }

    /// <summary>What the journal holds is not known: all of it may have been acknowledged.</summary>
    private bool NeverRead => Replica.Mode == ReplicaMode.Recovering || (Replica.Mode == ReplicaMode.Broken && Replica.KeptAtFailure is null);

    private string JournalFault(string reason) => $"the journal cannot be {(NeverRead ? "read" : "written")}: {reason}";

    /// <summary>Until the peer has said what it has, or its time for that is over, the requests stay without an answer, whatever else the journal does meanwhile.</summary>
    private void Await(Withdrawal withdrawn)
    {
        if (Replica.Withdrawal is { } earlier)
            Refuse(earlier, long.MaxValue);
        Replica = Replica with { Withdrawal = withdrawn };
    }

    /// <summary>Nothing is waited for any more.</summary>
    private void Refuse(Withdrawal withdrawn, long onDisk)
    {
        Replica = Replica with { Withdrawal = null };
        Answer(withdrawn, onDisk);
    }

    /// <summary>Refuses the requests; those up to a version are on a disk that cannot be written now, and may come back from there.</summary>
    private void Answer(Withdrawal withdrawn, long onDisk)
    {
        foreach (var (request, key, version) in withdrawn.Requests)
            Put(new Answer(request, key, new Refused(withdrawn.Reason, Uncertain: version <= onDisk)));
    }

    private void SettleWithdrawal()
    {
        if (Replica.Withdrawal is { } withdrawn && now >= withdrawn.Until)
            Refuse(withdrawn, long.MaxValue);
    }

    private void OnRole(Election.ReplicaEffect order)
    {
        switch (order)
        {
            case BeginReplay begin: BeginReplay(begin.Term); break;
            case OpenReplica open: Open(open.Term); break;
            case FlushReplica: Flush(); break;
            case FollowReplica: Follow(); break;
            case LedElsewhere led: Elsewhere(led.Term); break;
            default: throw new ArgumentOutOfRangeException(nameof(order), order, null);
        }
    }

    /// <summary>Before the journal is read its term is not known: <see cref="OnRecovered"/> compares then.</summary>
    private void Elsewhere(Term term) => Replica = Replica with
    {
        LedElsewhere = term > Replica.LedElsewhere ? term : Replica.LedElsewhere,
        NotAlone = Replica.NotAlone || (Replica.Mode != ReplicaMode.Recovering && term > Replica.Led),
    };

    /// <summary>
    /// What is acknowledged under another node's lead may be without this one: not even a restart may make it believe that it alone has everything, or that it has never had a peer.
    /// </summary>
    private void SettleAlone()
    {
        if (Replica is { Mode: ReplicaMode.Following, NotAlone: true } && !PeerIsMember)
            WriteMembers(0, rules.Self, rules.Peer);
    }

    private void BeginReplay(Term term)
    {
        Replica = Replica with { ClaimOrdered = null, OpenOrdered = null };
        if (Replica.Mode == ReplicaMode.Recovering)
            Replica = Replica with { ClaimOrdered = term };
        else if (Replica.Mode == ReplicaMode.Broken)
            Put(new Inform(new ReplayFailed(term, JournalFault(Replica.Fault))));
        else if (term < Replica.Term)
            Put(new Inform(new ReplayFailed(term, $"term {Replica.Term} was seen in the journal or from {rules.Peer}")));
        else
            Replay(term);
    }

    private void Replay(Term term)
    {
        var missing = Lacking;
        CommitPrepared(term);
        var end = Replica.MarkAt(State.Last);
        Defer(new Inform(new CaughtUp(term, end.Version, end.Digest.ToString(), missing)));
    }

    /// <summary>
    /// Commits whatever is prepared: the active that ordered it may have acknowledged it before it died. The chain was computed and compared
    /// as the changes came, and again when the journal was read; what is left is the last version heard of. What this node ordered itself, alone, the peer does not have:
    /// only what the peer led to is on both disks because it is here.
    /// </summary>
    private void CommitPrepared(Term term)
    {
        var isOnBoth = ReplicaMachine.IsComplete(Replica, now, rules) && Replica.FollowedTo == State.Last;
        Replica = Replica with { Mode = ReplicaMode.Replaying, Term = term, Stream = 0, InstallNext = null };
        if (State.Last > State.Committed)
            Emit(new Committed(term, wall, rules.Self.Value, State.Last, isOnBoth), forced: false);
    }

    /// <summary>There was nothing from a peer in this run or any before it, and nobody else has led: the first start of a node alone.</summary>
    private bool NeverPaired => !Replica.NotAlone && Peer.Heard is null && State.Last == 0 && !PeerIsMember;

    /// <summary>How many versions, at least, a claim would find that may not be here.</summary>
    public long Lacking => Math.Max(Missing(), ReplicaMachine.IsComplete(Replica, now, rules) || NeverPaired ? 0 : 1);

    /// <summary>How many versions are known of and not here.</summary>
    private long Missing() => Peer.Heard switch
    {
        null => 0,
        { } heard when heard.Version > State.Last => heard.Version - State.Last,
        { } heard when heard.Digest != Digest.None && heard.Version >= State.Start.Version && !State.Contains(heard.Version, heard.Digest) => 1,
        _ => 0,
    };

    /// <summary>
    /// Leads under this term: after the claim's replay, again where the journal or this replica's actor was lost meanwhile, and under a
    /// higher term where the election raised it without moving.
    /// </summary>
    private void Open(Term term)
    {
        if (term < Replica.Term)
            return;
        Replica = Replica with { OpenOrdered = term };
        if (Replica.Mode == ReplicaMode.Following)
            CommitPrepared(term);
        if (Replica.Mode == ReplicaMode.Replaying && term == Replica.Term)
            Lead();
        else if (Replica.Mode == ReplicaMode.Leading && term > Replica.Term)
            Raise(term);
    }

    private void Lead()
    {
        Replica = Replica with { Mode = ReplicaMode.Leading, Led = Replica.Term, FollowedTo = 0, NextBeat = now, NotAlone = false };
        Peer = Peer.Restart(Stage.Unknown, 1) with { Leading = false, Match = 0, CommitTold = 0, Offered = 0 };
    }

    /// <summary>What the follower confirmed under the old term does not count under the new one; what it was sent may still be in its log.</summary>
    private void Raise(Term term)
    {
        Replica = Replica with { Term = term, Led = term, NextBeat = now, NotAlone = false };
        Peer = Peer.Restart(Stage.Unknown, 1) with { Match = 0, CommitTold = 0, Refusal = null };
    }

    private void Flush()
    {
        Replica = Replica with { OpenOrdered = null };
        if (Replica.Mode == ReplicaMode.Leading)
            Replica = Replica with { Mode = ReplicaMode.Flushing, FlushUntil = now + ReplicaRules.PeerWait };
        else
            Put(new Inform(new ReplicaFlushed()));
    }

    private void SettleFlush()
    {
        if (Replica.Mode != ReplicaMode.Flushing || Replica.FlushUntil == Moment.Never)
            return;
        var reachable = Peer.Link == LinkStatus.Connected && !Peer.Gone && Peer.Stage == Stage.Streaming;
        var done = State.Committed == State.Last && (!reachable || Peer.Match == State.Last);
        if (!done && now < Replica.FlushUntil)
            return;
        Replica = Replica with { FlushUntil = Moment.Never };
        Put(new Inform(new ReplicaFlushed()));
    }

    private void Follow()
    {
        foreach (var (request, key, _) in Replica.Waiting)
            Put(new Answer(request, key, new Refused("this node gave the role up before both nodes had the change", Uncertain: true)));
        Replica = Replica with
        {
            Mode = Replica.Mode is ReplicaMode.Recovering or ReplicaMode.Broken ? Replica.Mode : ReplicaMode.Following,
            Waiting = [],
            WaitingCount = 0,
            ClaimOrdered = null,
            OpenOrdered = null,
            FlushUntil = Moment.Never,
        };
        Peer = Peer with { Stage = Stage.Unknown };
    }
}
