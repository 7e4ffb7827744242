namespace AkkaFailover.Core.Ports;

/// <summary>The host's monotonic clock.</summary>
public interface IMonotonicClock
{
    /// <summary>Now; callable from any thread, without allocation.</summary>
    Moment Now { get; }
}

/// <summary>Takes lease renewals from the heartbeat thread.</summary>
public interface ILeaseSink
{
    /// <summary>An advert has left: the addresses may be held until then. Any thread, no allocation, never blocks.</summary>
    void Extend(Moment until);
}

/// <summary>Handles one received frame on the capture's own thread; must not block. The span is only valid during the call.</summary>
public delegate void FrameHandler(ReadOnlySpan<byte> frame, Moment at);

/// <summary>An open interface: whole Ethernet frames in and out.</summary>
public interface ILanPort : IDisposable
{
    /// <summary>The interface's own station address.</summary>
    MacAddress Mac { get; }

    /// <summary>Sends one frame.</summary>
    /// <returns>False where the frame did not leave (interface down or gone, no buffer); never throws. Any thread.</returns>
    bool TrySend(ReadOnlySpan<byte> frame);
}

/// <summary>
/// The guard process of one group, seen from the daemon: the only one that adds the group's addresses. It holds them while
/// the lease runs, and takes them off, ends the service and sends the armed release advert when the lease ends or the
/// daemon is gone. The methods never block; what happened comes back through <see cref="Reported"/>.
/// </summary>
public interface IAddressKeeper : ILeaseSink, IDisposable
{
    /// <summary>What the guard did; raised on a thread of its own.</summary>
    event Action<KeeperReport>? Reported;

    /// <summary>Process id of the guard; 0 while none runs.</summary>
    int GuardPid { get; }

    /// <summary>End of the lease as last extended; <see cref="Moment.Zero"/> before.</summary>
    Moment LeaseUntil { get; }

    /// <summary>The frame to send when the guard itself must release; signed for the present term.</summary>
    void ArmRelease(ReadOnlySpan<byte> frame);

    /// <summary>What to end when the guard itself must release.</summary>
    /// <param name="processGroup">A process group; 0 for none.</param>
    /// <param name="controlGroup">The control group that it lies in, as systemd names it; empty where there is none of its own.</param>
    void ArmService(int processGroup, string controlGroup = "");

    /// <summary>Adds the addresses and keeps them while the lease runs.</summary>
    void Hold(Term term);

    /// <summary>Takes the addresses off; the daemon itself says the release.</summary>
    void Release(string reason);

    /// <summary>Has the guard end the lease at once as if it had run out, with all that it does then: whoever says releases is gone.</summary>
    void EndLease();
}

/// <summary>What the guard did.</summary>
public abstract record KeeperReport;

/// <summary>The addresses are on.</summary>
public sealed record KeeperHolds(Term Term) : KeeperReport;

/// <summary>The addresses could not be added; none of them is on.</summary>
public sealed record KeeperRefused(Term Term, string Reason) : KeeperReport;

/// <summary>The addresses are off, as asked.</summary>
public sealed record KeeperReleased(string Reason) : KeeperReport;

/// <summary>The guard itself released: the lease ended, or somebody took an address away and it could not be put back.</summary>
public sealed record KeeperExpired(string Reason) : KeeperReport;

/// <summary>The guard process ended; a new one has been started, which holds nothing.</summary>
public sealed record KeeperLost(string Reason) : KeeperReport;

/// <summary>Something that the guard saw or did and that belongs in the log.</summary>
public sealed record KeeperNotice(string Text) : KeeperReport;

/// <summary>What a group remembers across restarts besides its journal.</summary>
/// <param name="Lived">The highest term under which this node was active or heard an active.</param>
/// <param name="Reserved">Reserved for the next claim.</param>
/// <param name="Active">It held the role.</param>
/// <param name="Paused">Roles were frozen.</param>
/// <param name="PauseEpoch">Epoch of that.</param>
public sealed record StoredFacts(Term Lived, Term Reserved, bool Active, bool Paused, ulong PauseEpoch)
{
    /// <summary>A node that has never run.</summary>
    public static readonly StoredFacts None = new(Term.None, Term.None, false, false, 0);
}

/// <summary>Stores a group's facts; blocks until they are on disk.</summary>
public interface IFactStore
{
    /// <summary>The stored facts, or <see cref="StoredFacts.None"/> where there are none.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file is not one of ours.</exception>
    StoredFacts Load();

    /// <summary>Replaces the stored facts (write, fsync, rename, fsync of the folder).</summary>
    /// <exception cref="IOException">They could not be stored; the old ones are still there.</exception>
    void Save(StoredFacts facts);
}
