using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Simulation;

/// <summary>A host, its disk, and what happens to it. Its daemon is in <c>Host.Daemon.cs</c> and <c>Host.Link.cs</c>, its guard and kernel in <c>Host.Guard.cs</c>.</summary>
public sealed partial class Host : IRuns
{
    private const int MostWaiting = 10_000;
    private readonly World _world;
    private readonly ElectionSettings _settings;
    private readonly Queue<Action> _waiting = new();
    private StoredFacts _disk = StoredFacts.None;
    private int _run;
    private bool _hung;
    private bool _bootsAtThaw;
    private bool _wasTold;

    public Host(World world, int index, NodeName name, NodeName peer, HeartbeatTiming timing)
    {
        _world = world;
        (Name, Index) = (name, index);
        _settings = new ElectionSettings(name, peer, TermSeries.For(name, [peer]), timing, PeerIsOurs: true, world.Traits.ProbeAddress,
            world.Traits.Witness, world.Traits.ClaimWhenStale, StartWait: TimeSpan.FromSeconds(20), StopTimeout: TimeSpan.FromSeconds(5));
        _state = ElectionState.Initial(world.Now);
    }

    public NodeName Name { get; }

    /// <summary>Its place in the world's list.</summary>
    public int Index { get; }

    int IRuns.Run => _run;

    public bool HostAlive { get; private set; }

    public bool DaemonAlive { get; private set; }

    public bool Frozen { get; private set; }

    public bool Carrier { get; private set; } = true;

    /// <summary>How wrong its wall clock is.</summary>
    public TimeSpan ClockError { get; set; }

    /// <summary>The managed service; null for none.</summary>
    public HostedService? Service { get; private set; }

    /// <summary>The replica; null where the story has none.</summary>
    public HostedReplica? Replica { get; private set; }

    private Host Peer => _world.Other(this);

    /// <summary>Its kernel runs.</summary>
    public bool IsThere => HostAlive && !Frozen;

    public bool CanSend(Path path) => IsThere && (Carrier || path != _world.Lan);

    /// <summary>Gives the host a service, from its next boot on.</summary>
    public void Serve(ProcessService service) => Service = new HostedService(_world, this, service);

    /// <summary>Gives the host a replica, from its next boot on.</summary>
    public void Replicate(Acknowledgements acknowledged) => Replica = new HostedReplica(_world, this, Peer.Name, _settings.Timing.Deadline, acknowledged);

    public void Boot()
    {
        _bootsAtThaw = Frozen;
        if (DaemonAlive || Frozen) return;
        HostAlive = DaemonAlive = GuardAlive = true;
        HasAddress = false; // addresses left behind are removed first
        _hung = false;
        _run++;
        _wasTold = false;
        _waiting.Clear();
        _world.Quiet();
        _world.Happens($"{Name} boots (lived {_disk.Lived}, reserved {_disk.Reserved})");
        StartDaemon();
        _world.LinkMayDiffer();
    }

    /// <summary>SIGKILL of the daemon; of the guard as well where asked.</summary>
    public void Kill(bool guardToo)
    {
        // In a machine that stands still nobody can be killed, nor his kernel say so.
        if (!DaemonAlive || Frozen) return;
        _world.Quiet();
        _world.Happens($"{Name} kill -9 daemon{(guardToo ? " and guard" : "")}");
        EndDaemon();
        if (guardToo) KillGuard();
        else _world.After(_world.Between(0.2, 4), GuardReleases);
    }

    /// <summary>The power fails: only the disk remains.</summary>
    public void Die()
    {
        if (!HostAlive) return;
        _world.Quiet();
        _world.Happens($"{Name} host dies");
        HostAlive = GuardAlive = HasAddress = Frozen = false;
        EndDaemon();
    }

    /// <summary>SIGSTOP of the daemon alone: guard and kernel go on.</summary>
    public void Hang(TimeSpan duration)
    {
        if (!DaemonAlive || _hung) return;
        _world.Quiet();
        _world.Happens($"{Name} SIGSTOP for {duration.TotalSeconds:0.00} s");
        _hung = true;
        FitSince = null;
        Later(duration, () =>
        {
            _world.Happens($"{Name} SIGCONT");
            if (Frozen) return; // it goes on when its machine does
            _hung = false;
            Resume();
        });
    }

    /// <summary>The whole virtual machine stops; its clock shows it afterwards.</summary>
    public void Freeze(TimeSpan duration)
    {
        if (!HostAlive || Frozen) return;
        _world.Quiet();
        _world.Happens($"{Name} frozen for {duration.TotalSeconds:0.00} s");
        Frozen = true;
        _hung = true;
        FitSince = null;
        _world.LinkMayDiffer();
        _world.After(duration, () =>
        {
            Frozen = false;
            _hung = false;
            _world.LinkMayDiffer();
            if (!HostAlive) return;
            _world.Happens($"{Name} thaws");
            GuardChecks();
            if (DaemonAlive) Resume();
            else if (_bootsAtThaw) Boot();
        });
    }

    public void SetCarrier(bool up)
    {
        if (Carrier == up) return;
        Carrier = up;
        _world.Happens($"{Name} carrier {(up ? "back" : "lost")}");
        Later(_world.Between(4, 17), () => Take(new CarrierChanged(up, up ? "carrier back" : "carrier lost")));
    }

    public void Operator(ElectionInput input)
    {
        if (!DaemonAlive) return;
        _world.Happens($"{Name} operator: {input.GetType().Name}");
        _wasTold |= input is TakeoverForced;
        Take(input);
    }

    /// <summary>The daemon does not run; what comes meanwhile waits.</summary>
    public bool Hangs => _hung;

    /// <summary>When the daemon went on last.</summary>
    public Moment AwakeSince { get; private set; } = Moment.Zero;

    /// <summary>Something to be done when the daemon goes on.</summary>
    public void Defer(Action action)
    {
        if (_waiting.Count < MostWaiting) _waiting.Enqueue(action);
    }

    private void Resume()
    {
        AwakeSince = _world.Now;
        if (_adverts != Term.None && _world.Now > _lease) Take(new LeaseLost("woke too late"));
        // Its clock's thread and the one that reads the socket wake in any order.
        if (_world.Chance(0.3)) Take(new Tick());
        while (_waiting.TryDequeue(out var waiting)) waiting();
        LinkMayDiffer();
        if (_adverts != Term.None) SendRow(_adverts, ++_row);
        Take(new Tick());
    }

    /// <summary>Something for this run of the daemon; a later run never sees it.</summary>
    private void Later(TimeSpan delay, Action action) => _world.After(delay, this, action);
}
