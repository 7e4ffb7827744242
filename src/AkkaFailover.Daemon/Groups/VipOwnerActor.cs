using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Announcements;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Service;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Has the guard hold and release the group's addresses as the election says, and announces them while they are held.</summary>
public sealed class VipOwnerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AnnounceAgainAfter = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ConflictOverAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GuardLossOverAfter = TimeSpan.FromMinutes(1);

    private readonly VipContext _context;
    private readonly IActorRef _election;
    private Term _term = Term.None;
    private bool _holds;
    private NeighbourPorts? _ports;
    private AnnouncementSchedule _schedule = AnnouncementSchedule.None;
    private long _announcements;
    private bool _conflict;
    private Action<KeeperReport>? _reported;

    /// <summary>Creates the actor.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="election">Gets what happened to the addresses.</param>
    public VipOwnerActor(VipContext context, IActorRef election)
    {
        _context = context;
        _election = election;
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
        Receive<AnnounceAddresses>(_ => AnnounceAgain());
        Receive<ServiceGroupChanged>(service => _context.Keeper.ArmService(service.ProcessGroup));
        Receive<KeeperHolds>(Held, report => report.Term == _term);
        Receive<KeeperRefused>(Refused, report => report.Term == _term);
        Receive<KeeperReleased>(report => _election.Tell(new AddressesReleased(report.Reason)));
        Receive<KeeperExpired>(report => Lose(report.Reason));
        Receive<KeeperLost>(GuardLost);
        Receive<KeeperNotice>(report => _election.Tell(new Report("note", report.Text)));
        Receive<KeeperReport>(_ => { });
        Receive<AddressHeardElsewhere>(Heard, _ => _ports is not null);
        Receive<AnnouncementDue>(_ => Announce());
        Receive<ConflictOver>(_ => EndConflict());
        Receive<ClearAlarm>(alarm => _election.Tell(alarm));
        Receive<GetVip>(_ => Sender.Tell(new VipReport(_holds, _term, _holds ? _context.Keeper.LeaseUntil : null, _context.Keeper.GuardPid, _announcements)));
        Receive<VerifyVip>(_ => Verify());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    // The term is set from the wish to hold until the release: a claim that is not answered yet counts.
    private bool Wanted => _term != Term.None;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var self = Self;
        _reported = report => self.Tell(report);
        _context.Keeper.Reported += _reported;
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _context.Keeper.Reported -= _reported;
        _ports?.Dispose();
        if (!Wanted) return;
        _context.Keeper.Release("the address owner stopped");
        _election.Tell(new LeaseLost("the address owner stopped"));
    }

    private void Held(KeeperHolds report)
    {
        if (!_holds) BeginAnnouncements();
        _holds = true;
        _election.Tell(new AddressesHeld(report.Term));
    }

    private void Refused(KeeperRefused report)
    {
        // Refused again after it was held: a new guard could not take over from a lost one.
        if (_holds) Lose(report.Reason);
        else _election.Tell(new AddressesFailed(report.Term, report.Reason));
        LetGo();
    }

    private void GuardLost(KeeperLost report)
    {
        _election.Tell(new RaiseAlarm(AlarmKind.GuardLost, report.Reason));
        Timers.StartSingleTimer(nameof(GuardLost), new ClearAlarm(AlarmKind.GuardLost), GuardLossOverAfter);
        if (!Wanted) return;
        if (_context.Keeper.GuardPid != 0) _context.Keeper.Hold(_term);
        else Lose(report.Reason);
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
        _schedule = AnnouncementSchedule.None;
        Timers.Cancel(nameof(AnnouncementDue));
        _ports?.Dispose();
        _ports = null;
        EndConflict();
    }

    private void BeginAnnouncements()
    {
        var self = Self;
        _announcements = 0;
        _ports = new NeighbourPorts(_context.Addresses, _context.OpenPort, heard => self.Tell(heard));
        if (_ports.Failure is { } failure) _election.Tell(new Report("note", $"the addresses cannot be announced everywhere: {failure}"));
        _schedule = AnnouncementSchedule.Begin(_context.Clock.Now);
        Announce();
    }

    private void AnnounceAgain()
    {
        var now = _context.Clock.Now;
        if (!_holds || now - _schedule.Start < AnnounceAgainAfter) return;
        _schedule = AnnouncementSchedule.Begin(now);
        Announce();
    }

    // Asks each time who else answers: the announcements go on while somebody does.
    private void Announce()
    {
        if (_ports is null) return;
        _announcements += _ports.Announce();
        _ports.Probe();
        _schedule = _schedule.Announced(_context.Clock.Now);
        ScheduleNext();
    }

    private void Heard(AddressHeardElsewhere heard)
    {
        _schedule = _schedule.Answered(_context.Clock.Now);
        ScheduleNext();
        if (!_schedule.IsContested) return;
        _conflict = true;
        _election.Tell(new RaiseAlarm(AlarmKind.AddressConflict,
            $"{heard.Station} answers for {heard.Address} too, although this node holds it: find that station, and take the address off it"));
        Timers.StartSingleTimer(nameof(ConflictOver), new ConflictOver(), ConflictOverAfter);
    }

    private void ScheduleNext()
    {
        if (_schedule.Next == Moment.Never) return;
        var wait = _schedule.Next - _context.Clock.Now;
        Timers.StartSingleTimer(nameof(AnnouncementDue), new AnnouncementDue(), wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private void EndConflict()
    {
        Timers.Cancel(nameof(ConflictOver));
        _schedule = _schedule.Settled();
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
