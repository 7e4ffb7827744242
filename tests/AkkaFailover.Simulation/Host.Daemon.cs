using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Service;

namespace AkkaFailover.Simulation;

/// <summary>The daemon: the real election, and its heartbeat. Its end of the cluster link is in <c>Host.Link.cs</c>.</summary>
public sealed partial class Host
{
    private ElectionState _state;
    private Moment _diskFree;
    private Moment _lastOrder;
    private long _row;
    private Moment _wakeAt = Moment.Never;
    private Term _adverts = Term.None;
    private Term _highestAdvertised = Term.None;
    private Term _caughtUp = Term.None;
    private Role _roleTold;
    private readonly List<(Moment At, Term Term)> _heardOf = [];
    private int _depth;
    private bool _journalRead;
    private bool _hasMet;
    private long _advertsSent;
    private long _advertsHeard;

    public Role Role => _state.Role;

    /// <summary>Between its adverts, and its beats.</summary>
    public TimeSpan Interval => _settings.Timing.Interval;

    /// <summary>The deadline that it reckons with: longer where it does not know the other one's timing yet.</summary>
    public TimeSpan Deadline => PeerEvidence.Deadline(_state, _settings);

    /// <summary>Since when nothing of its own has kept it from being active; null while something does.</summary>
    public Moment? FitSince { get; private set; }

    /// <summary>Why it is what it is, as <c>group explain</c> says.</summary>
    public string Why => string.Join(" ", ElectionExplanation.Explain(_state, _world.Now, _settings));

    private void StartDaemon()
    {
        (_adverts, _armed, _lease) = (Term.None, Term.None, Moment.Zero);
        _row++;
        (_linkShown, _looksAtLink, _absentSince, _wakeAt) = (LinkStatus.Unknown, true, null, Moment.Never);
        (_journalRead, _hasMet) = (false, false);
        (_state, FitSince, _caughtUp) = (ElectionState.Initial(_world.Now), null, Term.None);
        _roleTold = _state.Role;
        Later(_world.Between(5, 50), () => Take(new Started(_disk.Lived, _disk.Reserved, _disk.Active, _disk.Paused, _disk.PauseEpoch, Carrier)));
        if (Replica is not null) Replica.Start();
        else Later(_world.Between(20, 1_500), () =>
        {
            _journalRead = true;
            TellPosition();
        });
        Later(_world.Between(100, 400) + _world.Link.RoundTrip, LookAtLink);
        Later(_world.Between(500, 1_000), AskRegularly);
    }

    private void EndDaemon()
    {
        DaemonAlive = false;
        // What came just now was not on the disk yet.
        _heardOf.RemoveAll(heard => _world.Now - heard.At < TimeSpan.FromMilliseconds(100));
        FitSince = null;
        _run++;
        Service?.Die();
        Replica?.Lose();
        if (HostAlive && _world.Link.Whole) Peer.Later(_world.Link.Behind(this, _world.Between(0.2, 5)), Peer.EndOfConnection());
        _world.LinkMayDiffer();
    }

    /// <summary>Steps the election.</summary>
    public void Take(ElectionInput input)
    {
        if (DaemonAlive && input is BeatHeard or LanContact { Witness: false }) PeerReachedAt = _world.Now;
        Read(input);
    }

    private void Read(ElectionInput input)
    {
        if (!DaemonAlive) return;
        if (_hung) TakeLater(input);
        else Step(input);
    }

    /// <summary>When a beat or an answer of the other node came here last, read or not.</summary>
    public Moment PeerReachedAt { get; private set; }

    /// <summary>The highest term of the other node that has come here, in this run or before it.</summary>
    public Term HeardOf => _heardOf.Count == 0 ? Term.None : _heardOf[^1].Term;

    /// <summary>The same when its last claim began: what it may lack is reckoned then.</summary>
    public Term HeardOfAtClaim { get; private set; } = Term.None;

    private void Hears(Term term)
    {
        if (term > HeardOf) _heardOf.Add((_world.Now, term));
    }

    private void TakeLater(ElectionInput input) => Defer(() => Read(input));

    private void Step(ElectionInput input)
    {
        var before = _state.Role;
        (_state, var effects) = _world.Decisions.Election(_state, input, _world.Now, _settings);
        if (input is CaughtUp caught) _caughtUp = caught.Term;
        if (input is AdvertHeard { Advert.Term: var advertised }) Hears(advertised);
        if (input is BeatHeard { Beat: var beat } && PeerEvidence.Holds(beat)) Hears(beat.Term);
        _depth++;
        for (var i = 0; i < effects.Count; i++) Run(effects[i], before);
        // An effect may step it again, before the others have been run.
        if (--_depth == 0 && DaemonAlive) _world.Require(_roleTold == _state.Role, $"{Name} is {_state.Role}, and has told of {_roleTold}");
        FitSince = DaemonAlive && IsFit ? FitSince ?? _world.Now : null;
        var wake = ElectionMachine.NextWake(_state, _world.Now, _settings);
        if (wake != _wakeAt && wake != Moment.Never) WakeAt(wake);
    }

    private void WakeAt(Moment wake)
    {
        _wakeAt = wake;
        Later(wake - _world.Now + _world.Between(0, 1.5), () =>
        {
            if (_wakeAt != wake) return; // it wants to be woken at another moment by now
            _wakeAt = Moment.Never;
            Take(new Tick());
        });
    }

    /// <summary>It was told to take over, whatever forbids it, and has not released since.</summary>
    public bool IsForced => _wasTold && _state.Forced is not null;

    /// <summary>It is about to claim under that term.</summary>
    public bool Claims(Term term) => _state.Role == Role.Replaying && _state.Terms.Held == term;

    /// <summary>Its role is frozen.</summary>
    public bool IsPaused => _state.Paused;

    private bool IsFit => _state.FactsRead && _state.Role is not Role.Starting && Eligibility.Judge(_state, out _)
        && (!_state.MustMeetPeer || _state.Local.Replica.InSync) && (_world.Traits.ClaimWhenStale || !_state.Local.Replica.MayLack);

    private void Run(ElectionEffect effect, Role before)
    {
        switch (effect)
        {
            case RoleChanged { Change: var change }:
                _world.Tell($"{Name} {change.From.Word()} -> {change.To.Word()} term {change.Term}: {change.Cause} [{change.Evidence}]");
                _world.Require(change.Cause.Length > 0, "a role change without a cause");
                _world.Moves(this, change);
                _roleTold = change.To;
                break;
            case StartAdverts start:
                if (start.Term != _adverts) Advertises(start.Term);
                (_adverts, _armed, _leaseLength) = (start.Term, start.Term, start.Lease);
                SendRow(start.Term, ++_row);
                break;
            case StopAdverts: _adverts = Term.None; break;
            case SendRelease release: SendAdvert(release.Term, released: true); break;
            case ProbeAddress: Probe(); break;
            case ProbeNeighbours: AskNeighbours(thorough: true); break;
            case AskPeer: PeerContact(); break;
            case AskContacts:
                PeerContact();
                if (_settings.HasWitnesses && _world.Lan.WitnessAnswers(this)) Later(_world.Between(0.1, 2), () => Take(new LanContact(Witness: true)));
                break;
            case ClaimAddresses claim:
                _world.Require(_world.Traits.ClaimWhenStale || IsForced || _state.Claim?.CaughtUp?.MissingVersions == 0, "a stale claim, which is off");
                _world.Require(_caughtUp == claim.Term && before == Role.Replaying && claim.Term == _adverts, "addresses claimed before the replay was complete");
                Later(_world.Between(0.1, 3), () => Hold(claim.Term));
                break;
            case ReleaseAddresses release:
                Later(_world.Between(0.05, 2), () =>
                {
                    HasAddress = false;
                    Later(_world.Between(0.05, 1), () => Take(new AddressesReleased(release.Reason)));
                });
                break;
            case ReplicaEffect order: Order(order); break;
            case ServiceEffect order: Order(order); break;
            case ReserveTerm reserve:
                Store(() =>
                {
                    _disk = _disk with { Lived = reserve.Lived, Reserved = reserve.Next };
                    Take(new TermReserved(reserve.Next));
                });
                break;
            case StoreFacts facts: Store(() => _disk = _disk with { Active = facts.Active, Paused = facts.Paused, PauseEpoch = facts.PauseEpoch }); break;
            case BeatNow: SendBeat(); break;
            case TellReleased released: SendOverLink(new PeerReleased(released.Term, released.Echo)); break;
            case Stopped:
                GuardAlive = false;
                _world.Require(!HasAddress, "stopped with the address on");
                EndDaemon();
                break;
        }
    }

    /// <summary>Where the story has no replica: who has met the other one has everything.</summary>
    private void TellPosition()
    {
        if (_journalRead) Take(new ReplicaChanged(new ReplicaPosition(0, "", _hasMet, JournalState.Usable)));
    }

    /// <summary>Without a replica of its own a story has one that is always complete. Orders are messages from one actor to another: they come in their order.</summary>
    private void Order(ReplicaEffect order)
    {
        if (order is BeginReplay) HeardOfAtClaim = HeardOf;
        if (Replica is not null)
        {
            _lastOrder = Moment.Max(_lastOrder, _world.Now + _world.Between(0.05, 2));
            Later(_lastOrder - _world.Now, () => Replica.Step(new RoleOrdered(order)));
        }
        else if (order is BeginReplay replay) Later(_world.Between(0.1, 8), () => Take(new CaughtUp(replay.Term, 1, "", 0)));
        else if (order is FlushReplica) Later(_world.Between(0.1, 10), () => Take(new ReplicaFlushed()));
    }

    private void Order(ServiceEffect order)
    {
        switch (order)
        {
            case StartService start: Service?.Take(new ServiceInput.Start(start.Term)); break;
            case StopService stop when Service is not null: Service.Take(new ServiceInput.Stop(stop.Graceful, stop.Reason)); break;
            case StopService: Later(_world.Between(0.1, 5), () => Take(new ServiceChanged(ServiceState.None, ""))); break;
        }
    }

    private void Advertises(Term term)
    {
        _world.Require(term > HeardOf, $"{Name} advertises with term {term} although it has heard of {HeardOf}");
        _world.Require(term > _highestAdvertised, $"{Name} advertises with term {term} and has advertised with {_highestAdvertised}");
        _world.Require(term <= _disk.Reserved, $"{Name} advertises with term {term} and has {_disk.Reserved} on its disk");
        _world.Advertises(this, term);
        _highestAdvertised = term;
    }

    private void PeerContact() => Ask(() => Peer.CanSend(_world.Lan), new LanContact(Witness: false));

    /// <summary>One write after the other.</summary>
    private void Store(Action written)
    {
        _diskFree = Moment.Max(_diskFree, _world.Now) + _world.Between(0.5, 25);
        Later(_diskFree - _world.Now, written);
    }

    /// <summary>Adverts from now on, until another row begins or this one is stopped.</summary>
    private void SendRow(Term term, long row)
    {
        if (row != _row || _adverts != term || _hung || !DaemonAlive) return;
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
        _world.After(_settings.Timing.Interval + _world.Between(0, 1), () => SendRow(term, row));
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

    private void Probe() => Ask(() => Peer.Answers, new AddressAnswered());

    /// <summary>An answer is for the station: who was started again meanwhile takes it too.</summary>
    private void Ask(Func<bool> answers, ElectionInput answered) =>
        _world.Lan.Ask(this, answers, tells: answered is AddressAnswered, () => Later(_world.Between(0.1, 2), () => Take(answered)));

    private void AskRegularly()
    {
        AskNeighbours(thorough: false);
        Later(TimeSpan.FromSeconds(1), AskRegularly);
    }

    private void AskNeighbours(bool thorough)
    {
        var (report, after) = _world.Lan.Ask(this, thorough);
        Later(after, () => Take(new NeighboursReported(report)));
        if (!_settings.HasWitnesses) return;
        if (report.WitnessesAnswered > 0) Later(_world.Between(0.1, 2), () => Take(new LanContact(Witness: true)));
        if (report.PeerAnswered) Later(_world.Between(0.1, 2), () => Take(new LanContact(Witness: false)));
    }
}
