using Akka.Actor;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Hosting;
using AkkaFailover.Linux.Blobs;
using AkkaFailover.Linux.Files;
using AkkaFailover.Linux.Guard;
using AkkaFailover.Linux.Lan;
using AkkaFailover.Linux.Links;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Paths;
using AkkaFailover.Linux.Programs;
using AkkaFailover.Linux.Rehearsal;
using AkkaFailover.Linux.Time;

namespace AkkaFailover.Daemon;

/// <summary>The composition root's half that knows Linux: everything a daemon has to do with its host.</summary>
internal sealed class LinuxPlatform : IDaemonPlatform
{
    private FileStream? _lock;

    public IMonotonicClock Clock => BootClock.Instance;

    public IProcessLauncher Launcher { get; } = new ProcessLauncher();

    public WatchedTreeOpener WatchedTrees { get; } = FileTree.Open;

    public WatchedTreeOpener WatchedDatabases { get; } = FileTree.OpenDatabase;

    public BlobStoreOpener BlobStores { get; } = BlobStore.Open;

    public DatagramSenderOpener DatagramSenders { get; } = DatagramSender.Open;

    public UnreachableFilterOpener UnreachableFilters { get; } = UnreachableFilter.Open;

    public IRehearsalHost Rehearsals { get; } = new RehearsalHost();

    public void ReturnMemory() => Allocator.ReturnFree();

    public void Prepare(FailoverSettings settings)
    {
        _lock = Own(settings.StateDir);
        _ = HostPriority.TryRaise();
        try
        {
            foreach (var group in settings.Groups) CleanUp(settings, group);
        }
        catch (IOException e)
        {
            throw new DaemonStartException(e.Message, e);
        }
    }

    /// <summary>Only for a daemon that no longer runs: systemd calls it behind every stop, however that came about.</summary>
    public static int Release(FailoverSettings settings)
    {
        try
        {
            // Without the directory no daemon can run in it; addresses may be left all the same.
            using var owned = Directory.Exists(settings.StateDir) ? Own(settings.StateDir) : null;
            return ReleaseAll(settings);
        }
        catch (DaemonStartException e)
        {
            Console.Error.WriteLine($"nothing was released: {e.Message}");
            return ExitCode.Failed;
        }
    }

    public GroupPlatform Open(FailoverSettings settings, GroupSettings group, IActorRef link)
    {
        try
        {
            var keeper = GuardKeeper.Start(Guard(settings, group));
            var facts = new FactFile(Path.Combine(settings.StateDir, $"{group.Name}.term"));
            var vip = new VipContext(group.VirtualAddresses, Clock, keeper, new KernelAddressView(), NeighbourPort.Open);
            var heartbeat = new HeartbeatContext(group, settings.TermSeries, Clock, new LanHost(), keeper, link, Path.Combine(settings.StateDir, $"{group.Name}.peer"));
            heartbeat.Check();
            return new GroupPlatform(keeper, facts, LinkMonitor.Start(group.Interface), election => Props.Create(() => new VipOwnerActor(vip, election)),
                election => Props.Create(() => new HeartbeatActor(heartbeat, election)));
        }
        catch (Exception e) when (e is IOException or FormatException or LanUnavailableException)
        {
            throw new DaemonStartException($"group {group.Name}: {e.Message}", e);
        }
    }

    public void Dispose() => _lock?.Dispose();

    // FileShare.None is an flock: gone with the process, whatever ended it. Nothing is written: a disk that turned read-only
    // must not keep addresses on the host.
    private static FileStream Own(string stateDir)
    {
        try
        {
            return new FileStream(Path.Combine(stateDir, "lock"), FileMode.OpenOrCreate, FileAccess.Read, FileShare.None);
        }
        catch (IOException e)
        {
            throw new DaemonStartException($"failover.state-dir {stateDir}: another akka-failover uses it ({e.Message}); end that one, or name another directory", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DaemonStartException($"failover.state-dir {stateDir}: {e.Message}; run it as root", e);
        }
    }

    private static int ReleaseAll(FailoverSettings settings)
    {
        var code = ExitCode.Done;
        foreach (var group in settings.Groups)
        {
            try
            {
                foreach (var address in CleanUp(settings, group).RemovedAddresses)
                    Console.Error.WriteLine($"{group.Name}: removed {address} from {address.Interface}");
            }
            catch (IOException e)
            {
                Console.Error.WriteLine($"{group.Name}: {e.Message}");
                code = ExitCode.Failed;
            }
        }
        return code;
    }

    private static CleanupResult CleanUp(FailoverSettings settings, GroupSettings group) => GuardCleanup.Run(Guard(settings, group));

    private static GuardOptions Guard(FailoverSettings settings, GroupSettings group) =>
        GuardOptions.For(settings.StateDir, group.Name, group.Interface, group.VirtualAddresses);
}
