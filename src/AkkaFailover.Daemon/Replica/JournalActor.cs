using Akka.Actor;
using Akka.Persistence;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// The journal of one group: reads it once, tells its parent what it says, then writes batch after batch. It stops at the first failure,
/// as persistent actors do; its parent lives on, answers for what was being written, and starts another one.
/// </summary>
internal sealed class JournalActor : ReceivePersistentActor
{
    private ReplicaState _state = ReplicaState.Empty;
    private int _unconfirmed;

    public JournalActor(GroupName group)
    {
        PersistenceId = IdOf(group);
        Recover<ReplicaEvent>(Read);
        Recover<RecoveryCompleted>(_ => Conclude());
        Command<WriteJournal>(Write);
    }

    public override string PersistenceId { get; }

    public static string IdOf(GroupName group) => $"replica-{group}";

    public static Props Props(GroupName group) => Akka.Actor.Props.Create(() => new JournalActor(group));

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        Context.Parent.Tell(new JournalBroken($"reading event {LastSequenceNr}: {reason.GetBaseException().Message}"));

    protected override void OnPersistFailure(Exception cause, object happened, long sequenceNr) =>
        Context.Parent.Tell(new JournalBroken(cause.GetBaseException().Message));

    protected override void OnPersistRejected(Exception cause, object happened, long sequenceNr)
    {
        Context.Parent.Tell(new JournalBroken(cause.GetBaseException().Message));
        Context.Stop(Self);
    }

    private void Read(ReplicaEvent happened)
    {
        if (_state.Check(happened) is { } fault)
            throw new InvalidDataException(fault);
        _state = _state.Apply(happened);
    }

    private void Conclude()
    {
        Context.Parent.Tell(new JournalRead(_state));
        _state = ReplicaState.Empty;
    }

    private void Write(WriteJournal write)
    {
        _unconfirmed = write.Events.Length;
        PersistAll(write.Events, _ =>
        {
            if (--_unconfirmed == 0)
                Context.Parent.Tell(new JournalWritten());
        });
    }
}
