using AkkaFailover.Core;
using AkkaFailover.Core.Election;

namespace AkkaFailover.Simulation;

/// <summary>The guard and the kernel: who has the address, and how it goes.</summary>
public sealed partial class Host
{
    private Moment _lease = Moment.Zero;
    private TimeSpan _leaseLength;
    private Term _armed = Term.None;

    public bool GuardAlive { get; private set; }

    public bool HasAddress { get; private set; }

    /// <summary>Since when it has it, or had it last.</summary>
    public Moment HoldsSince { get; private set; }

    /// <summary>Its kernel answers for the address.</summary>
    public bool Answers => HasAddress && HostAlive && !Frozen;

    /// <summary>Daemon and guard are dead: what address is still there its kernel alone keeps.</summary>
    public bool IsDead => !DaemonAlive && !GuardAlive;

    /// <summary>Its kernel answers for an address that no process holds any more.</summary>
    public bool KernelAnswers => IsDead && Answers;

    /// <summary>It has the address, or its daemon claims it.</summary>
    public bool HoldsOrClaims => HasAddress || (DaemonAlive && _state.HoldsOrClaims);

    private void KillGuard()
    {
        GuardAlive = false;
        // The last renewal was up to 400 ms ago; the kernel drops the address 1.0 to 1.36 s after it.
        if (HasAddress) _world.After(_world.Between(600, 1_360), () => HasAddress = GuardAlive && HasAddress);
    }

    private void Hold(Term term)
    {
        if (!GuardAlive || _world.Now >= _lease || _adverts != term)
        {
            Take(new AddressesFailed(term, "the lease is over"));
            return;
        }
        (HasAddress, HoldsSince) = (true, _world.Now);
        WatchLease();
        Take(new AddressesHeld(term));
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
}
