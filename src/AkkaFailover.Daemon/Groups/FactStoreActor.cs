using Akka.Actor;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Groups;

/// <summary>
/// Puts terms and facts on disk, off the election's loop: it may block on the disk, nobody waits for it but the next term.
/// The sender of an effect gets <see cref="TermReserved"/>, alarms and faults.
/// </summary>
public sealed class FactStoreActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly IFactStore _store;
    private StoredFacts _facts;
    private IActorRef _election = ActorRefs.Nobody;
    private bool _termOwed;
    private bool _failing;

    /// <summary>Creates the actor.</summary>
    /// <param name="store">The disk.</param>
    public FactStoreActor(IFactStore store)
    {
        // Read here, not by the creator: after a restart of this actor the disk knows more than the start did.
        (_store, _facts) = (store, store.Load());
        Receive<ReserveTerm>(reserve =>
        {
            (_election, _termOwed) = (Sender, true);
            Save(_facts with { Lived = reserve.Lived, Reserved = reserve.Next });
        });
        Receive<StoreFacts>(facts =>
        {
            _election = Sender;
            Save(_facts with { Active = facts.Active, Paused = facts.Paused, PauseEpoch = facts.PauseEpoch });
        });
        Receive<Retry>(_ => Save(_facts));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private void Save(StoredFacts facts)
    {
        _facts = facts;
        try
        {
            _store.Save(facts);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!_failing) _election.Tell(new RaiseAlarm(AlarmKind.Storage, $"the state directory cannot be written: {error.Message}. Free space or mend the file system."));
            _failing = true;
            _election.Tell(new LocalFault($"the state directory cannot be written: {error.Message}"));
            Timers.StartSingleTimer(Retry.Key, new Retry(), RetryAfter);
            return;
        }
        if (_failing) _election.Tell(new ClearAlarm(AlarmKind.Storage));
        _failing = false;
        if (_termOwed) _election.Tell(new TermReserved(facts.Reserved));
        _termOwed = false;
    }

    private sealed record Retry
    {
        public const string Key = "retry";
    }
}
