using Akka.Actor;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>The host's real parts; only the composition root knows them.</summary>
public interface IDaemonPlatform : IDisposable
{
    /// <summary>Time.</summary>
    IMonotonicClock Clock { get; }

    /// <summary>Starts programs.</summary>
    IProcessLauncher Launcher { get; }

    /// <summary>Opens watched paths.</summary>
    WatchedTreeOpener WatchedTrees { get; }

    /// <summary>Opens the files of watched databases.</summary>
    WatchedTreeOpener WatchedDatabases { get; }

    /// <summary>Opens the large contents of a group.</summary>
    BlobStoreOpener BlobStores { get; }

    /// <summary>Opens senders of datagrams in another program's name.</summary>
    DatagramSenderOpener DatagramSenders { get; }

    /// <summary>Opens filters that keep "unreachable" from a server.</summary>
    UnreachableFilterOpener UnreachableFilters { get; }

    /// <summary>What a rehearsal needs of the host.</summary>
    IRehearsalHost Rehearsals { get; }

    /// <summary>Gives free memory of the process back to the host.</summary>
    void ReturnMemory();

    /// <summary>Takes the state directory for this process and ends what an earlier run left behind.</summary>
    /// <exception cref="DaemonStartException">Another daemon has it, or the remains cannot be removed.</exception>
    void Prepare(FailoverSettings settings);

    /// <summary>Opens the parts of one group.</summary>
    /// <param name="settings">The daemon's settings.</param>
    /// <param name="group">The group's.</param>
    /// <param name="link">The cluster link.</param>
    /// <exception cref="DaemonStartException">A part cannot be opened.</exception>
    GroupPlatform Open(FailoverSettings settings, GroupSettings group, IActorRef link);
}

/// <summary>The parts of one group that depend on the host.</summary>
/// <param name="Keeper">Its guard.</param>
/// <param name="FactStore">Its terms on disk.</param>
/// <param name="Carrier">Its interface.</param>
/// <param name="Vip">Its address owner, given the election.</param>
/// <param name="Heartbeat">Its heartbeat, given the election.</param>
public sealed record GroupPlatform(IAddressKeeper Keeper, IFactStore FactStore, ILinkMonitor Carrier, Func<IActorRef, Props> Vip, Func<IActorRef, Props> Heartbeat);

/// <summary>The daemon cannot start; the message says what, where and what to do. Exit code 2.</summary>
public sealed class DaemonStartException(string message, Exception? cause = null) : Exception(message, cause);
