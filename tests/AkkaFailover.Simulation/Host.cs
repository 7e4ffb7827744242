using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Simulation;

/// <summary>A host: its daemon (the real election), its guard, its kernel and its disk.</summary>
public sealed class Host
{
    private readonly World _world;
    private readonly ElectionSettings _settings;
    private readonly Queue<ElectionInput> _waiting = new();
    private ElectionState _state;
    private StoredFacts _disk = StoredFacts.None;
    private Moment _diskFree;
    private Moment _wakeAt = Moment.Never;
    private Moment _lease = Moment.Zero;
    private Term _adverts = Term.None;
    private TimeSpan _leaseLength;
    private Term _armed = Term.None;
    private int _run;
    private bool _hung;
    private LinkStatus _linkShown = LinkStatus.Unknown;
    private bool _looksAtLink;
    private long _advertsSent;
    private long _advertsHeard;

    public Host(World world, NodeName name, NodeName peer, HeartbeatTiming timing)
    {
        _world = world;
        Name = name;
        _settings = new ElectionSettings(name, peer, TermSeries.For(name, [peer]), timing, PeerIsOurs: true, ProbeAddress: true,
            HasWitnesses: false, ClaimWhenStale: true, StartWait: TimeSpan.FromSeconds(20), StopTimeout: TimeSpan.FromSeconds(5));
        _state = ElectionState.Initial(world.Now);
    }

    public NodeName Name { get; }

    public bool HostAlive { get; private set; }

    public bool DaemonAlive { get; private set; }

    public bool GuardAlive { get; private set; }

    public bool Frozen { get; private set; }

    public bool Carrier { get; private set; } = true;

    public bool HasAddress { get; private set; }

    public Role Role => _state.Role;

    /// <summary>The managed service; null for none.</summary>
    public HostedService? Service { get; private set; }

    /// <summary>Its kernel answers for the address.</summary>
    public bool Answers => HasAddress && HostAlive && !Frozen;

    private Host Peer => _world.Other(this);

    public bool CanSend(Path path) => HostAlive && !Frozen && (Carrier || path != _world.Lan);

    public bool CanReceive(Path path) => CanSend(path);

    /// <summary>Gives the host a service, from its next boot on.</summary>
    public void Serve(ProcessService service) => Service = new HostedService(_world, service, Take);

    public void Boot()
    {
        if (DaemonAlive) return;
        HostAlive = DaemonAlive = GuardAlive = true;
        HasAddress = false; // addresses left behind are removed first
        _hung = false;
        _run++;
        _adverts = _armed = Term.None;
        _lease = Moment.Zero;
        _waiting.Clear();
        _linkShown = LinkStatus.Unknown;
        _looksAtLink = true;
        _wakeAt = Moment.Never;
        _state = ElectionState.Initial(_world.Now);
        _world.Quiet(this);
        _world.Tell($"{Name} boots (lived {_disk.Lived}, reserved {_disk.Reserved})");
        Later(_world.Between(5, 50), () => Take(new Started(_disk.Lived, _disk.Reserved, _disk.Active, _disk.Paused, _disk.PauseEpoch, Carrier)));
        Later(_world.Between(20, 1_500), () => Take(new ReplicaChanged(new ReplicaPosition(0, "", InSync: false, JournalState.Usable))));
        Later(_world.Between(100, 400), LookAtLink);
        _world.LinkMayDiffer();
    }

    /// <summary>SIGKILL of the daemon; of the guard as well where asked.</summary>
    public void Kill(bool guardToo)
    {
        if (!DaemonAlive) return;
        _world.Quiet(this);
        _world.Tell($"{Name} kill -9 daemon{(guardToo ? " and guard" : "")}");
        DaemonAlive = false;
        _run++;
        if (guardToo) KillGuard();
        else _world.After(_world.Between(0.2, 4), GuardReleases);
        _world.LinkMayDiffer();
    }

    private void KillGuard()
    {
        GuardAlive = false;
        // The last renewal was up to 400 ms ago; the kernel drops the address 1.0 to 1.36 s after it.
        if (HasAddress) _world.After(_world.Between(600, 1_360), () => HasAddress = GuardAlive && HasAddress);
    }

    /// <summary>The power fails: only the disk remains.</summary>
    public void Die()
    {
        if (!HostAlive) return;
        _world.Quiet(this);
        _world.Tell($"{Name} host dies");
        HostAlive = DaemonAlive = GuardAlive = HasAddress = Frozen = false;
        _run++;
        Service?.Die();
        _world.LinkMayDiffer();
    }

    /// <summary>SIGSTOP of the daemon alone: guard and kernel go on.</summary>
    public void Hang(TimeSpan duration)
    {
        if (!DaemonAlive || _hung) return;
        _world.Quiet(this);
        _world.Tell($"{Name} SIGSTOP for {duration.TotalSeconds:0.00} s");
        _hung = true;
        Later(duration, () =>
        {
            _world.Tell($"{Name} SIGCONT");
            _hung = false;
            Resume();
        });
    }

    /// <summary>The whole virtual machine stops; its clock shows it afterwards.</summary>
    public void Freeze(TimeSpan duration)
    {
        if (!HostAlive || Frozen) return;
        _world.Quiet(this);
        _world.Tell($"{Name} frozen for {duration.TotalSeconds:0.00} s");
        Frozen = true;
        _hung = true;
        _world.LinkMayDiffer();
        _world.After(duration, () =>
        {
            Frozen = false;
            _hung = false;
            _world.LinkMayDiffer();
            if (!HostAlive) return;
            _world.Tell($"{Name} thaws");
            GuardChecks();
            if (DaemonAlive) Resume();
        });
    }

    public void SetCarrier(bool up)
    {
        if (Carrier == up) return;
        Carrier = up;
        _world.Tell($"{Name} carrier {(up ? "back" : "lost")}");
        Later(_world.Between(4, 17), () => Take(new CarrierChanged(up, up ? "carrier back" : "carrier lost")));
    }

    public void Operator(ElectionInput input)
    {
        if (!DaemonAlive) return;
        _world.Tell($"{Name} operator: {input.GetType().Name}");
        Take(input);
    }

    private void Resume()
    {
        if (_adverts != Term.None && _world.Now > _lease) Take(new LeaseLost("woke too late"));
        while (_waiting.TryDequeue(out var input)) Take(input);
        LinkMayDiffer();
        if (_adverts != Term.None) SendAdvert(_adverts, _run);
        Take(new Tick());
    }

    /// <summary>Something for this run of the daemon; a later run never sees it.</summary>
    private void Later(TimeSpan delay, Action action)
    {
        var run = _run;
        _world.After(delay, () =>
        {
            if (run == _run) action();
        });
    }

    private void Take(ElectionInput input)
    {
        if (!DaemonAlive) return;
        if (_hung)
        {
            if (_waiting.Count < 500) _waiting.Enqueue(input);
            return;
        }
        var before = _state.Role;
        (_state, var effects) = ElectionMachine.Step(_state, input, _world.Now, _settings);
        foreach (var effect in effects) Run(effect, input, before);
        var wake = ElectionMachine.NextWake(_state, _world.Now, _settings);
        if (wake == _wakeAt || wake == Moment.Never) return;
        _wakeAt = wake;
        Later(wake - _world.Now + _world.Between(0, 1.5), () =>
        {
            if (_wakeAt != wake) return; // it wants to be woken at another moment by now
            _wakeAt = Moment.Never;
            Take(new Tick());
        });
    }

    private void Run(ElectionEffect effect, ElectionInput cause, Role before)
    {
        switch (effect)
        {
            case RoleChanged { Change: var change }:
                _world.Tell($"{Name} {change.From.Word()} -> {change.To.Word()} term {change.Term}: {change.Cause} [{change.Evidence}]");
                _world.Require(change.Cause.Length > 0, "a role change without a cause");
                break;
            case StartAdverts start:
                (_adverts, _armed, _leaseLength) = (start.Term, start.Term, start.Lease);
                SendAdvert(start.Term, _run);
                break;
            case StopAdverts: _adverts = Term.None; break;
            case SendRelease release: SendAdvert(release.Term, released: true); break;
            case ProbeAddress: Probe(); break;
            case ProbeNeighbours: Later(_world.Between(1, 300), ReportNeighbours); break;
            case BeginReplay replay: Later(_world.Between(0.1, 8), () => Take(new CaughtUp(replay.Term, 1, "", 0))); break;
            case ClaimAddresses claim:
                _world.Require(_state.Claim?.CaughtUp?.Term == claim.Term && before == Role.Replaying, "addresses claimed before the replay was complete");
                _world.Claimed(this, claim.Term);
                Later(_world.Between(0.1, 3), () => Hold(claim.Term));
                break;
            case ReleaseAddresses release:
                Later(_world.Between(0.05, 2), () =>
                {
                    HasAddress = false;
                    Later(_world.Between(0.05, 1), () => Take(new AddressesReleased(release.Reason)));
                });
                break;
            case FlushReplica: Later(_world.Between(0.1, 10), () => Take(new ReplicaFlushed())); break;
            case StartService start when Service is not null: Service.Take(new ServiceInput.Start(start.Term)); break;
            case StopService stop when Service is not null: Service.Take(new ServiceInput.Stop(stop.Graceful, stop.Reason)); break;
            case StopService: Later(_world.Between(0.1, 5), () => Take(new ServiceChanged(ServiceState.None, ""))); break;
            case ReserveTerm reserve:
                Write(() =>
                {
                    _disk = _disk with { Lived = reserve.Lived, Reserved = reserve.Next };
                    Take(new TermReserved(reserve.Next));
                });
                break;
            case StoreFacts facts: Write(() => _disk = _disk with { Active = facts.Active, Paused = facts.Paused, PauseEpoch = facts.PauseEpoch }); break;
            case BeatNow: SendBeat(); break;
            case TellReleased released: _world.Link.Send(this, false, () => Peer.Take(new PeerReleased(released.Term))); break;
            case Stopped:
                DaemonAlive = GuardAlive = false;
                _run++;
                _world.LinkMayDiffer();
                _world.Require(!HasAddress, "stopped with the address on");
                break;
        }
        _ = cause;
    }

    /// <summary>One write after the other.</summary>
    private void Write(Action written)
    {
        _diskFree = Moment.Max(_diskFree, _world.Now) + _world.Between(0.5, 25);
        Later(_diskFree - _world.Now, written);
    }

    private void Hold(Term term)
    {
        if (!GuardAlive || _world.Now >= _lease || _adverts != term)
        {
            Take(new AddressesFailed(term, "the lease is over"));
            return;
        }
        HasAddress = true;
        WatchLease();
        Take(new AddressesHeld(term));
    }

    private void SendAdvert(Term term, int run)
    {
        if (run != _run || _adverts != term || _hung || !DaemonAlive) return;
        var before = _world.Now;
        if (HasAddress && before > _lease)
        {
            Take(new LeaseLost("late advert"));
            return;
        }
        if (Carrier)
        {
            SendAdvert(term, released: false);
            _lease = before + _leaseLength;
        }
        _world.After(_settings.Timing.Interval + _world.Between(0, 1), () => SendAdvert(term, run));
    }

    /// <summary>The counter of adverts grows over restarts, and one that does not is refused: what came twice or late says nothing.</summary>
    private void SendAdvert(Term term, bool released)
    {
        var number = ++_advertsSent;
        _world.Lan.Send(this, true, () =>
        {
            if (number <= Peer._advertsHeard) return;
            Peer._advertsHeard = number;
            Peer.Take(new AdvertHeard(new AdvertSummary(term, released, false, Name.Value)));
        });
    }

    private void SendBeat()
    {
        var beat = ElectionMachine.BeatOf(_state, _world.Now, _settings);
        _world.Link.Send(this, false, () =>
        {
            if (Peer._linkShown == LinkStatus.Connected) Peer.Take(new BeatHeard(beat));
        });
    }

    private void WatchLease() => _world.After(_lease - _world.Now + TimeSpan.FromMilliseconds(0.2), () =>
    {
        if (!HasAddress || !GuardAlive || Frozen) return;
        if (_world.Now <= _lease) WatchLease();
        else GuardReleases();
    });

    private void GuardChecks()
    {
        if (HasAddress && GuardAlive && _world.Now > _lease) GuardReleases();
        else if (HasAddress && !GuardAlive) HasAddress = false;
        else if (HasAddress) WatchLease();
    }

    /// <summary>The lease ended or the daemon is gone: address off, then the release advert signed in advance.</summary>
    private void GuardReleases()
    {
        if (!GuardAlive || Frozen) return;
        var held = HasAddress;
        HasAddress = false;
        if (_armed != Term.None) SendAdvert(_armed, released: true);
        _armed = Term.None;
        if (!DaemonAlive) GuardAlive = false;
        else if (held) Take(new LeaseLost("the guard ended the lease"));
    }

    private void Probe()
    {
        if (!_world.Lan.Passes(this) || !Peer.Answers || !_world.Lan.Passes(Peer)) return;
        Later(_world.Between(0.1, 2), () => Take(new AddressAnswered()));
    }

    private void ReportNeighbours()
    {
        var peer = _world.Lan.Passes(this) && Peer.CanSend(_world.Lan) && _world.Lan.Passes(Peer);
        Take(new NeighboursReported(new LanReport(peer, Carrier ? 2 : 0, 0, 0)));
    }

    /// <summary>The transport notices a change within a tenth of a second.</summary>
    public void LinkMayDiffer()
    {
        if (!DaemonAlive || _hung || _looksAtLink) return;
        _looksAtLink = true;
        Later(_world.Between(20, 100), LookAtLink);
    }

    /// <summary>What the link's transport shows: connected, refused (host there, process gone) or lost.</summary>
    private void LookAtLink()
    {
        _looksAtLink = false;
        var host = _world.Link.Whole && Peer.HostAlive && !Peer.Frozen && HostAlive;
        var shown = !host ? LinkStatus.Lost : Peer.DaemonAlive ? LinkStatus.Connected : LinkStatus.Refused;
        if (shown != _linkShown && !_hung)
        {
            _linkShown = shown;
            if (shown == LinkStatus.Connected) Take(new PeerGreeted(new PeerGreeting(Peer._settings.Timing)));
            Take(new LinkChanged(shown, ""));
        }
    }
}
