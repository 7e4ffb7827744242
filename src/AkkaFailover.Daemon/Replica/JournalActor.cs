using Akka.Actor;
using Akka.Persistence;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// The journal of one group: reads it once, tells its parent what it says, then writes batch after batch. It stops at the first failure,
/// as persistent actors do; its parent lives on, answers for what was being written, and starts another one.
/// </summary>
internal sealed class JournalActor(GroupName group) : UntypedPersistentActor, IWithTimers
{
    /// <summary>Rows forgotten at a time: a write waits no longer than for these.</summary>
    private const long Slice = 500;

    private static readonly TimeSpan BetweenSlices = TimeSpan.FromMilliseconds(50);

    private JournalReading _reading = JournalReading.Nothing;
    private int _unconfirmed;
    private long _begun;
    private long _needed = 1;
    private long _forgotten;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public override string PersistenceId { get; } = IdOf(group);

    public static string IdOf(GroupName group) => $"replica-{group}";

    public static Props Props(GroupName group) => Akka.Actor.Props.Create(() => new JournalActor(group));

    protected override void OnRecover(object message)
    {
        if (message is ReplicaEvent happened)
            Read(happened);
        else if (message is RecoveryCompleted)
            Conclude();
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case WriteJournal write: Write(write); break;
            case ForgetSome: Forget(); break;
            case DeleteMessagesSuccess done: Forgotten(done.ToSequenceNr); break;
            // It is tried again with the next snapshot; nothing depends on it.
            case DeleteMessagesFailure: break;
            default: Unhandled(message); break;
        }
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        var cause = reason.GetBaseException();
        // Without an event it is one of those behind it that could not be read.
        var place = message is null ? $"after event {LastSequenceNr}" : $"event {LastSequenceNr}";
        Context.Parent.Tell(new JournalBroken($"reading {place}: {cause.Message}", JournalDatabase.IsDamage(cause)));
    }

    protected override void OnPersistFailure(Exception cause, object happened, long sequenceNr) =>
        Context.Parent.Tell(new JournalBroken(cause.GetBaseException().Message));

    protected override void OnPersistRejected(Exception cause, object happened, long sequenceNr)
    {
        Context.Parent.Tell(new JournalBroken(cause.GetBaseException().Message));
        Context.Stop(Self);
    }

    private void Read(ReplicaEvent happened)
    {
        _reading = _reading.Take(LastSequenceNr, happened, out var fault);
        if (fault is not null)
            throw new InvalidDataException(fault);
        if (_reading.Events > 0)
            Note(happened, LastSequenceNr);
    }

    private void Conclude()
    {
        if (_reading.WhyNoEnd() is { } fault)
        {
            // An exception here would have this actor started again, and the journal read again, for ever.
            Context.Parent.Tell(new JournalBroken(fault, Damaged: true));
            Context.Stop(Self);
            return;
        }
        _forgotten = Math.Max(_reading.First - 1, 0);
        Context.Parent.Tell(new JournalRead(_reading.State));
        _reading = JournalReading.Nothing;
    }

    private void Write(WriteJournal write)
    {
        _unconfirmed = write.Events.Length;
        PersistAll(write.Events, happened =>
        {
            Note(happened, LastSequenceNr);
            if (--_unconfirmed == 0)
                Context.Parent.Tell(new JournalWritten());
        });
    }

    /// <summary>With the end of a snapshot everything before its beginning can go.</summary>
    private void Note(ReplicaEvent happened, long place)
    {
        if (happened is SnapshotBegun)
            _begun = place;
        if (happened is not SnapshotDone)
            return;
        _needed = _begun;
        Self.Tell(ForgetSome.Instance);
    }

    private void Forget()
    {
        if (_forgotten < _needed - 1)
            DeleteMessages(Math.Min(_forgotten + Slice, _needed - 1));
    }

    private void Forgotten(long place)
    {
        _forgotten = place;
        Timers.StartSingleTimer(ForgetSome.Instance, ForgetSome.Instance, BetweenSlices);
    }

    private sealed class ForgetSome
    {
        public static readonly ForgetSome Instance = new();
    }
}
