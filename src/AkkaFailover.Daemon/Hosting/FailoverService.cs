using System.Collections.Concurrent;
using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Configuration;
using AkkaFailover.Daemon.Control;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Health;
using AkkaFailover.Daemon.OpenVpn;
using AkkaFailover.Daemon.Paths;
using AkkaFailover.Daemon.Rehearsal;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Service;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>Makes the link and the groups, opens the control socket, and ends them in the right order.</summary>
public sealed class FailoverService(
    LoadedConfiguration loaded,
    FailoverSettings settings,
    IDaemonPlatform platform,
    ActorSystem system,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers) : IHostedService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly ILogger _log = loggers.CreateLogger("failover");
    private readonly ConcurrentDictionary<GroupName, TaskCompletionSource> _stopped = new();
    private readonly List<IAddressKeeper> _keepers = [];
    private volatile IReadOnlyList<GroupHandle> _groups = [];
    private IActorRef _link = ActorRefs.Nobody;
    private ControlServer? _control;

    /// <summary>The daemon's exit code once it has stopped.</summary>
    public int Outcome { get; private set; } = ExitCode.Done;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _log.LogInformation("akka-failover {Version}: node {Node}, peer {Peer}, groups {Groups}", DaemonVersion.Text, settings.Node,
            settings.Cluster.Peers.First().Key, string.Join(", ", settings.Groups.Select(group => group.Name)));
        _control = new ControlServer(settings.ControlSocket, Context, loggers.CreateLogger<ControlServer>());
        _control.Listen();
        try
        {
            await StartGroupsAsync(cancellationToken);
        }
        catch
        {
            await _control.StopAsync(CancellationToken.None);
            throw;
        }
        // Last: whoever asks is shown every group.
        await _control.StartAsync(cancellationToken);
    }

    private async Task StartGroupsAsync(CancellationToken cancellationToken)
    {
        var ending = system.ActorOf(Props.Create(() => new EndingActor(Restart, Refuse)));
        system.EventStream.Subscribe(ending, typeof(LinkBroken));
        system.EventStream.Subscribe(ending, typeof(JournalDamaged));
        _link = system.ActorOf(PeerLinkActor.Props(settings, DaemonVersion.Text, platform.Clock, PayloadCodecs.All), ClusterSetup.LinkName);
        // The first claim of this process must not wait for the compiler.
        ReplicaMachine.Prepare();
        // What the start needed once goes back to the host before anything depends on this node's pace.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        platform.ReturnMemory();
        // What one group lacks is found before any of them runs.
        foreach (var parts in settings.Groups.Select(Parts).ToList())
        {
            _stopped[parts.Settings.Name] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var supervisor = system.ActorOf(Props.Create(() => new GroupSupervisor(parts)), $"group-{parts.Settings.Name}");
            _groups = [.. _groups, await supervisor.Ask<GroupHandle>(new GetGroup(), Patience, cancellationToken)];
        }
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // The host stops when the ActorSystem has ended, whatever ended it. Nobody is left to stop in good order, and stop-timeout would be waited for.
        if (system.WhenTerminated.IsCompleted) End(new InvalidOperationException("the ActorSystem has ended"));
        foreach (var group in _groups) group.Election.Tell(new StopRequested("the daemon stops (SIGTERM)"));
        try
        {
            await Task.WhenAll(_groups.Select(group => _stopped[group.Name].Task)).WaitAsync(settings.StopTimeout + Patience, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            _log.LogWarning("Not every group has released in time; the guards do it now");
        }
        if (_control is not null) await _control.StopAsync(cancellationToken);
        foreach (var keeper in _keepers) keeper.Dispose();
    }

    /// <summary>Whether every election answers, and is woken as its deadlines need it.</summary>
    public async Task<bool> AnswersAsync()
    {
        foreach (var group in _groups)
        {
            if (!(await group.Election.Ask<Pulse>(new GetPulse(), Patience)).IsWoken) return false;
        }
        return true;
    }

    private GroupParts Parts(GroupSettings group)
    {
        var host = platform.Open(settings, group, _link);
        _keepers.Add(host.Keeper);
        var blobs = OpenBlobs(group);
        return new GroupParts
        {
            Settings = group,
            Election = ElectionSettings.For(settings, group),
            Clock = platform.Clock,
            Link = _link,
            FactStore = host.FactStore,
            Facts = host.FactStore.Load(),
            Carrier = host.Carrier,
            History = new HistoryFile(Path.Combine(settings.StateDir, $"{group.Name}.history")),
            Log = _log,
            LeaseUntil = () => host.Keeper.LeaseUntil,
            Vip = host.Vip,
            Heartbeat = host.Heartbeat,
            Replica = election => ConfigReplicaActor.Props(
                settings, group, platform.Clock, election, _link, blobs, ValidationActor.For(settings, group, platform.Launcher, platform.Clock),
                PathsActor.For(settings, group, platform.Clock, election, platform.WatchedTrees, platform.WatchedDatabases, blobs)),
            Service = (election, vip, replica) =>
                new ServiceContext(settings.Node, group, settings.StateDir, platform.Launcher, platform.Clock, () => new HealthProbe(platform.Launcher), election, vip)
                {
                    Vpn = OpenVpnContext.For(group, platform.Clock, election, replica, platform.Launcher, new ResetPorts(platform.DatagramSenders, platform.UnreachableFilters)),
                }.Props(),
            Rehearsal = (election, replica) => RehearsalActor.Props(Rehearsals(group, blobs), election, replica),
            NotifyHook = () => NotifyHook.Props(settings.Node, group, settings.Notify, platform.Launcher, platform.Clock),
            Stopped = name => _stopped[name].TrySetResult(),
            Fatal = End,
        };
    }

    private RehearsalContext Rehearsals(GroupSettings group, IBlobStore blobs) => new(
        settings, group, loaded.File, RehearsalPlan.FingerprintOf(loaded.Effective), platform.Rehearsals, platform.Launcher, platform.Clock,
        new ScratchFolder(Path.Combine(settings.StateDir, $"{group.Name}.rehearsal"), group, blobs, platform.WatchedTrees, platform.WatchedDatabases, platform.Rehearsals.FreeBytes));

    private IBlobStore OpenBlobs(GroupSettings group)
    {
        try
        {
            return platform.BlobStores(Path.Combine(settings.StateDir, "blobs", group.Name.Value));
        }
        catch (IOException e)
        {
            throw new DaemonStartException($"group {group.Name}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Nobody understands the state any more: the process ends at once. Its guards take the addresses off, end the services and send
    /// the release advert, faster than this process could: as after any other death of it.
    /// </summary>
    private void End(Exception failure)
    {
        _log.LogCritical(failure, "What decides has failed: the daemon ends, and its guard releases the addresses");
        Serilog.Log.CloseAndFlush();
        Environment.FailFast(null);
    }

    /// <summary>Stops in good order, with an exit code that makes the service manager start the daemon again.</summary>
    private void Restart(LinkBroken broken)
    {
        _log.LogWarning("The cluster link cannot come back in this run: {Reason}. The daemon ends with exit code {Code}, to be started again", broken.Reason, ExitCode.Failed);
        Stop(ExitCode.Failed);
    }

    /// <summary>Stops as after any other fault of the start that an administrator has to mend.</summary>
    private void Refuse(JournalDamaged journal)
    {
        _log.LogCritical("{Problem}", JournalDatabase.Of(settings).Damaged($"group {journal.Group}: {journal.What}"));
        Stop(ExitCode.Configuration);
    }

    private void Stop(int outcome)
    {
        if (Outcome == ExitCode.Done) Outcome = outcome;
        // The host takes a stop amid its start for a failure of the program.
        lifetime.ApplicationStarted.Register(lifetime.StopApplication);
    }

    private ControlContext Context() => new(settings, _groups, _link, system, Effective, LoggingSetup.Level);

    private IReadOnlyList<ConfigurationRow> Effective() =>
        [.. loaded.Effective.Select(key => new ConfigurationRow(key.Path, key.Value, key.Origin.ToString().ToLowerInvariant()))];
}
