using Akka.Actor;
using Akka.Persistence;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// Writes one event under a name of its own, deletes it and stops: the first write of a process takes some 50 ms (code is compiled,
/// connections are opened), and it should not be the first change or the first claim that pays for it.
/// </summary>
internal sealed class JournalWarmUpActor : ReceivePersistentActor
{
    public JournalWarmUpActor(GroupName group, DateTimeOffset at)
    {
        PersistenceId = $"warm-up-{group}";
        RecoverAny(_ => { });
        Command<DeleteMessagesSuccess>(_ => Context.Stop(Self));
        Command<DeleteMessagesFailure>(_ => Context.Stop(Self));
        Command<WriteJournal>(write => PersistAll(write.Events, _ => DeleteMessages(LastSequenceNr)));
        Self.Tell(new WriteJournal([new Committed(Term.None, at, PersistenceId, 0, Replicated: false)]));
    }

    public override string PersistenceId { get; }

    public static Props Props(GroupName group, DateTimeOffset at) => Akka.Actor.Props.Create(() => new JournalWarmUpActor(group, at));
}
