using Akka.Actor;
using Akka.Persistence;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>Reads a group's whole journal from its database, computes the hash chain again, answers with a <see cref="JournalVerdict"/> and stops; writes nothing.</summary>
internal sealed class JournalVerifier : ReceivePersistentActor
{
    private readonly IActorRef _asker;
    private ReplicaState _state = ReplicaState.Empty;

    public JournalVerifier(GroupName group, IActorRef asker)
    {
        _asker = asker;
        PersistenceId = JournalActor.IdOf(group);
        Recover<ReplicaEvent>(Read);
        Recover<RecoveryCompleted>(_ => Conclude(null));
    }

    public override string PersistenceId { get; }

    public static Props Props(GroupName group, IActorRef asker) => Akka.Actor.Props.Create(() => new JournalVerifier(group, asker));

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        Conclude($"event {LastSequenceNr}: {reason.GetBaseException().Message}");

    private void Read(ReplicaEvent happened)
    {
        if (_state.Check(happened) is { } fault)
            throw new InvalidDataException(fault);
        _state = _state.Apply(happened);
    }

    private void Conclude(string? fault)
    {
        var text = fault ?? $"{LastSequenceNr} events, {_state.Last} versions, the hash chain is unbroken";
        _asker.Tell(new JournalVerdict(fault is null, LastSequenceNr, _state.Last, _state.DigestAt(_state.Last).ToString(), text));
        Context.Stop(Self);
    }
}
