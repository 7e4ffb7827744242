using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Service;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Has the guard hold and release the group's addresses as the election says, and announces them while they are held.</summary>
public sealed class VipOwnerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ConflictOverAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GuardLossOverAfter = TimeSpan.FromMinutes(1);

    private readonly VipContext _context;
    private readonly IActorRef _election;
    private readonly Announcer _announcer;
    private readonly Action<KeeperReport> _reported;
    private readonly Action<AddressHeardElsewhere> _heard;
    private Term _term = Term.None;
    private bool _holds;
    private bool _conflict;

    /// <summary>Creates the actor.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="election">Gets what happened to the addresses.</param>
    public VipOwnerActor(VipContext context, IActorRef election)
    {
        _context = context;
        _election = election;
        _announcer = new Announcer(context.Addresses, context.OpenPort, () => IsLeased);
        var self = Self;
        _reported = report => self.Tell(report);
        _heard = claim => self.Tell(claim);

        Receive<ClaimAddresses>(claim =>
        {
            _term = claim.Term;
            _context.Keeper.Hold(_term);
        });
        Receive<ReleaseAddresses>(release =>
        {
            _context.Keeper.Release(release.Reason);
            LetGo();
        });
        Receive<AnnounceAddresses>(_ => Announce(_announcer.Again));
        Receive<AnnouncementDue>(_ => Announce(_announcer.Announce));
        Receive<AddressHeardElsewhere>(Contend);
        Receive<ConflictOver>(_ => EndConflict());
        Receive<ServiceGroupChanged>(service => _context.Keeper.ArmService(service.Process, service.ControlGroup));
        Receive<KeeperReport>(Take);
        Receive<ClearAlarm>(alarm => _election.Tell(alarm));
        Receive<GetVip>(_ => Sender.Tell(new VipReport(_holds, _term, _holds ? _context.Keeper.LeaseUntil : null, _context.Keeper.GuardPid, _announcer.Sent)));
        Receive<VerifyVip>(_ => Verify());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    // From the wish to hold until the release: a claim that is not answered yet counts.
    private bool Wanted => _term != Term.None;

    private bool IsLeased => _context.Clock.Now < _context.Keeper.LeaseUntil;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _context.Keeper.Reported += _reported;
        // The first opening of a process takes 10 ms more than any later one, and those of a claim are an outage.
        new NeighbourPorts(_context.Addresses, _context.OpenPort, _ => { }).Dispose();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _context.Keeper.Reported -= _reported;
        if (Wanted)
        {
            // Where the whole ActorSystem has ended nobody is left to say the release.
            _context.Keeper.EndLease();
            _election.Tell(new LeaseLost("the address owner stopped"));
        }
        _announcer.Dispose();
    }

    private void Take(KeeperReport report)
    {
        switch (report)
        {
            // A report of another term answers a wish that is over.
            case KeeperHolds holds when holds.Term == _term:
                Held();
                break;
            case KeeperRefused refused when refused.Term == _term && _holds:
                Lose(refused.Reason);
                break;
            case KeeperRefused refused when refused.Term == _term:
                LetGo();
                _election.Tell(new AddressesFailed(refused.Term, refused.Reason));
                break;
            case KeeperReleased released:
                _election.Tell(new AddressesReleased(released.Reason));
                break;
            case KeeperExpired expired:
                Lose(expired.Reason);
                break;
            case KeeperLost lost:
                GuardLost(lost.Reason);
                break;
            case KeeperNotice notice:
                _election.Tell(new Report("note", notice.Text));
                break;
        }
    }

    private void Held()
    {
        var (added, before) = (_context.Clock.Now, _holds);
        if (!before) Announce(Begin);
        if (!Wanted) return;
        _holds = true;
        _election.Tell(new AddressesHeld(_term) { Steps = before ? null : new AddressSteps(added, _context.Clock.Now, _announcer.Sent) });
    }

    private void GuardLost(string reason)
    {
        _election.Tell(new RaiseAlarm(AlarmKind.GuardLost, reason));
        Timers.StartSingleTimer(nameof(GuardLost), new ClearAlarm(AlarmKind.GuardLost), GuardLossOverAfter);
        if (!Wanted) return;
        if (_context.Keeper.GuardPid != 0) _context.Keeper.Hold(_term);
        else Lose(reason);
    }

    // The election answers with ReleaseAddresses, and is told then that they are off.
    private void Lose(string reason)
    {
        if (!Wanted) return;
        LetGo();
        _election.Tell(new LeaseLost(reason));
    }

    private void LetGo()
    {
        _term = Term.None;
        _holds = false;
        Timers.Cancel(nameof(AnnouncementDue));
        _announcer.Cancel();
        EndConflict();
    }

    private void Begin(Moment now)
    {
        if (_announcer.Begin(now, _heard) is { } failure)
            _election.Tell(new Report("note", $"the addresses cannot be announced everywhere: {failure}"));
    }

    private void Announce(Action<Moment> how)
    {
        var now = _context.Clock.Now;
        how(now);
        // After a standstill this may come before the guard's word that it has released. Nothing was said then: the announcer looks at the lease for each frame.
        if (!IsLeased)
        {
            Lose("the lease ended before an announcement");
            return;
        }
        if (_announcer.Next == Moment.Never) return;
        var wait = _announcer.Next - now;
        Timers.StartSingleTimer(nameof(AnnouncementDue), new AnnouncementDue(), wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private void Contend(AddressHeardElsewhere claim)
    {
        var contested = false;
        Announce(now => contested = _announcer.Heard(now, claim.ToAll));
        if (!contested || !Wanted) return;
        _conflict = true;
        _election.Tell(new RaiseAlarm(AlarmKind.AddressConflict,
            $"{claim.Station} answers for {claim.Address} too, although this node holds it: find that station, and take the address off it"));
        Timers.StartSingleTimer(nameof(ConflictOver), new ConflictOver(), ConflictOverAfter);
    }

    private void EndConflict()
    {
        Timers.Cancel(nameof(ConflictOver));
        _announcer.Settle();
        if (_conflict) _election.Tell(new ClearAlarm(AlarmKind.AddressConflict));
        _conflict = false;
    }

    private void Verify()
    {
        var (context, expected, asker) = (_context, _holds, Sender);
        Context.ActorOf(Props.Create(() => new VipVerifier(context, expected, asker)));
    }

    private sealed record AnnouncementDue;

    private sealed record ConflictOver;
}

/// <summary>What an address owner works with.</summary>
/// <param name="Addresses">The group's addresses.</param>
/// <param name="Clock">Time.</param>
/// <param name="Keeper">The guard; disposed of by whoever made it, after the actor has stopped.</param>
/// <param name="Kernel">The kernel's addresses.</param>
/// <param name="OpenPort">Opens an interface for announcements.</param>
public sealed record VipContext(
    IReadOnlyList<VirtualAddress> Addresses,
    IMonotonicClock Clock,
    IAddressKeeper Keeper,
    IAddressView Kernel,
    NeighbourPortOpener OpenPort);
