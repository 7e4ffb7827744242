using AkkaFailover.Core.Election;

namespace AkkaFailover.Core.Replica;

/// <summary>One step: notes what the input says, then settles what follows from all that is known.</summary>
internal sealed partial class Turn(ReplicaNode replica, Moment now, DateTimeOffset wall, ReplicaRules rules)
{
    private readonly List<ReplicaOutput> _outputs = [];

    public ReplicaNode Replica { get; private set; } = replica;

    public IReadOnlyList<ReplicaOutput> Outputs => _outputs;

    private ReplicaState State => Replica.State;

    private PeerView Peer
    {
        get => Replica.Peer;
        set => Replica = Replica with { Peer = value };
    }

    public void Take(ReplicaInput input)
    {
        NoticeStandstill();
        switch (input)
        {
            case Recovered recovered: OnRecovered(recovered); break;
            case JournalFailed failed: OnJournalFailed(failed.Reason); break;
            case Persisted: OnPersisted(); break;
            case ChangeRequested change: OnChange(change); break;
            case BatchRequested batch: OnBatch(batch); break;
            case CompactRequested compact: OnCompact(compact.Request); break;
            case PeerSaid said: OnMessage(said.Message); break;
            case PeerLink link: OnLink(link.Status); break;
            case RoleOrdered role: OnRole(role.Order); break;
            case Wake: break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input, null);
        }
        Settle();
    }

    public static Moment NextWake(ReplicaNode replica, ReplicaRules rules)
    {
        if (replica.Mode == ReplicaMode.Recovering)
            return Moment.Never;
        var next = replica.Mode == ReplicaMode.Flushing ? Moment.Min(replica.NextBeat, replica.FlushUntil) : replica.NextBeat;
        if (replica.Withdrawal is { } withdrawal)
            next = Moment.Min(next, withdrawal.Until);
        if (!replica.Leads && replica.Told.InSync && rules.PeerIsOurs && (replica.NotAlone || !ReplicaMachine.IsAlone(replica.State, rules)))
            next = Moment.Min(next, replica.Peer.InSyncUntil);
        if (replica.Leads && replica.State.InSync.Length != 1 && AloneFrom(replica) is var alone && replica.LastStep < alone)
            next = Moment.Min(next, Looks(replica, rules) ? Moment.Min(alone, replica.LastStep + ReplicaRules.Look) : alone);
        if (replica.OwesCommit)
            next = Moment.Min(next, replica.CommitToldAt + ReplicaRules.Coalesce);
        return replica.Position.Version != replica.Told.Version ? Moment.Min(next, replica.ToldAt + ReplicaRules.Coalesce) : next;
    }

    /// <summary>Everything that follows from what is known now; without effect where it was done already.</summary>
    private void Settle()
    {
        if (Replica.Mode == ReplicaMode.Recovering)
            return;
        if (Replica.Leads)
        {
            SettleMembership();
            SettleCommit();
            SettleOrphans();
        }
        SettleAlone();
        SettleSnapshot();
        StartWrite();
        if (Replica.Leads)
            Pump();
        SettleFlush();
        SettleWithdrawal();
        SettleBeat();
        TellPosition();
    }

    private void Put(ReplicaOutput output) => _outputs.Add(output);

    private void Tell(ReplicaMessage message)
    {
        if (Peer.Link == LinkStatus.Connected)
            Put(new Send(message));
    }

    private void Emit(ReplicaEvent happened, bool forced) => Replica = Replica with
    {
        State = State.Apply(happened),
        Writes = Replica.Writes.Add(happened, forced),
    };

    /// <summary>Puts an output as soon as everything emitted so far that counts is on disk.</summary>
    private void Defer(ReplicaOutput output)
    {
        Replica = Replica with { Writes = Replica.Writes.Defer(output) };
        Release(Replica.Writes.Release());
    }

    private void Release((WriteQueue Next, IReadOnlyList<ReplicaOutput> Ready) released)
    {
        Replica = Replica with { Writes = released.Next };
        foreach (var output in released.Ready)
            Put(output);
    }

    private void StartWrite()
    {
        var everything = now >= Replica.NextBeat;
        if (Replica.Mode == ReplicaMode.Broken || !Replica.Writes.Wants(everything) || (Gathers && !everything))
            return;
        var (next, batch) = Replica.Writes.Take();
        var end = batch.Aggregate(Replica.Durable, (version, happened) => happened switch
        {
            Prepared prepared => prepared.Changes[^1].Version,
            Aborted aborted => aborted.Version,
            Truncated truncated => truncated.Version,
            SnapshotDone { Installs: true } installed => installed.Version,
            _ => version,
        });
        Replica = Replica with { Writes = next, Writing = Math.Min(end, next.Keeps) };
        Put(new Persist(batch));
    }

    private void OnPersisted()
    {
        Replica = Replica with { Durable = Replica.Writing };
        Release(Replica.Writes.Written());
    }

    /// <summary>Takes back what is above a version: a number that is used again is not on disk yet.</summary>
    private void Forget(long keep) => Replica = Replica with
    {
        Durable = Math.Min(Replica.Durable, keep),
        Writing = Math.Min(Replica.Writing, keep),
    };

    private void SettleBeat()
    {
        if (now < Replica.NextBeat)
            return;
        Replica = Replica with { NextBeat = now + ReplicaRules.BeatInterval };
        Tell(new ReplicaBeat(Replica.Incarnation, now.Nanoseconds, rules.Window, Replica.Leads, Replica.Term, Replica.Position,
            Replica.Fault.Length == 0));
        TellOrphans();
    }

    private void TellPosition()
    {
        var urgent = ReplicaMachine.IsComplete(Replica, now, rules) != Replica.Told.InSync || ReplicaMachine.JournalOf(Replica) != Replica.Told.Journal;
        if (!urgent && now - Replica.ToldAt < ReplicaRules.Coalesce)
            return;
        var position = ReplicaMachine.Position(Replica, now, rules);
        if (position == Replica.Told)
            return;
        Replica = Replica with { Told = position, ToldAt = now };
        Put(new Inform(new ReplicaChanged(position)));
    }
}
