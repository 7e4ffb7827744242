using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Phases;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Translates messages to inputs, steps the <see cref="ElectionMachine"/> and runs its effects in order.</summary>
public sealed class ElectionActor : ReceiveActor, IWithUnboundedStash
{
    private readonly ElectionContext _context;
    private readonly AlarmBook _alarms = new();
    private readonly WakeThread _wake;
    private GroupHandle? _group;
    private ElectionState _state;
    private GroupTimeline _timeline = GroupTimeline.Empty;
    private Moment _woken;
    private bool _beatDue;

    /// <summary>Creates the actor; it waits for its <see cref="GroupHandle"/> and then for <see cref="Started"/>.</summary>
    public ElectionActor(ElectionContext context)
    {
        _context = context;
        _woken = context.Clock.Now;
        _state = ElectionState.Initial(_woken);
        var self = Self;
        _wake = new WakeThread(context.Clock, () => self.Tell(new Tick()), $"wake-{context.Group}");
        Receive<GroupHandle>(group =>
        {
            _group = group;
            Become(Ready);
            Stash.UnstashAll();
        });
        ReceiveAny(_ => Stash.Stash());
    }

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PostStop() => _wake.Dispose();

    private GroupHandle Group => _group!;

    private void Ready()
    {
        Receive<ElectionInput>(Step);
        Receive<RaiseAlarm>(alarm => Run(alarm, Sender.Path.Name));
        Receive<ClearAlarm>(alarm => Run(alarm, Sender.Path.Name));
        Receive<Report>(Tell);
        Receive<FailoverMark>(mark => Publish(_timeline.Mark(mark, _context.Clock.Now)));
        Receive<GetElection>(_ => Sender.Tell(Snapshot()));
        Receive<GetPulse>(_ => Sender.Tell(new Pulse(_context.Clock.Now - _woken, _context.Settings.Timing.Interval)));
        Receive<GetHistory>(message => _context.History.Forward(message));
        Receive<WatchGroup>(message => _context.History.Forward(message));
        Receive<UnwatchGroup>(message => _context.History.Forward(message));
    }

    private void Step(ElectionInput input)
    {
        var now = _context.Clock.Now;
        if (input is Tick) _woken = now;
        var before = _state;
        (_state, var effects) = ElectionMachine.Step(before, input, now, _context.Settings);
        foreach (var effect in effects) Run(effect, Self.Path.Name);
        Publish(_timeline.Follow(new ElectionStep(before, _state, input, effects, now)));
        if (_beatDue) SendBeat(now);
        _wake.At(ElectionMachine.NextWake(_state, now, _context.Settings));
    }

    private void Run(ElectionEffect effect, string by)
    {
        switch (effect)
        {
            case HeartbeatEffect: Group.Heartbeat.Tell(effect); break;
            case VipEffect: Group.Vip.Tell(effect); break;
            case ReplicaEffect: Group.Replica.Tell(effect); break;
            case ServiceEffect: Group.Service.Tell(effect); break;
            case ReserveTerm or StoreFacts: _context.Facts.Tell(effect); break;
            case TellReleased released: ToPeer(new Released(released.Term, released.Echo)); break;
            case BeatNow: _beatDue = true; break;
            case AnswerOperator answer: Sender.Tell(new OperatorAnswer(answer.Accepted, answer.Text)); break;
            case RoleChanged changed:
                Group.Rehearsal.Tell(changed.Change);
                Tell("role", Sentence(changed.Change), changed.Change);
                break;
            case RaiseAlarm alarm:
                if (_alarms.Raise(alarm, by, DateTimeOffset.Now)) Tell("alarm", $"{AlarmBook.Word(alarm.Kind)}: {alarm.Text}");
                break;
            case ClearAlarm alarm:
                if (_alarms.Clear(alarm.Kind, by)) Tell("clear", $"{AlarmBook.Word(alarm.Kind)} is over");
                break;
            case Note note: Tell("note", note.Text); break;
            case Stopped: Context.Parent.Tell(new GroupStopped(_context.Group)); break;
            default: throw new InvalidOperationException($"an effect that nobody runs: {effect}");
        }
    }

    private void SendBeat(Moment now)
    {
        _beatDue = false;
        if (_context.Settings.PeerIsOurs) ToPeer(new Beat(ElectionMachine.BeatOf(_state, now, _context.Settings)));
    }

    private void ToPeer(LinkPayload payload) => _context.Link.Tell(new SendToPeer(_context.Group, payload));

    private void Publish((GroupTimeline Timeline, IReadOnlyList<PhaseReport> Reports) followed)
    {
        _timeline = followed.Timeline;
        foreach (var report in followed.Reports) Tell(Report.Of(report));
    }

    private void Tell(Report report) => _context.History.Tell(new GroupEvent(DateTimeOffset.Now, report.Kind, report.Text, null, report.Phases));

    private void Tell(string kind, string text, RoleChange? change = null) =>
        _context.History.Tell(new GroupEvent(DateTimeOffset.Now, kind, text, change));

    private static string Sentence(RoleChange change)
    {
        var term = change.Term == Term.None ? "" : $" (term {change.Term})";
        return $"{change.From.Word()} -> {change.To.Word()}{term}: {change.Cause} [{change.Evidence}]";
    }

    private ElectionReport Snapshot()
    {
        var now = _context.Clock.Now;
        var settings = _context.Settings;
        var (eligible, whyNot) = (Eligibility.Judge(_state, out _), Eligibility.WhyNot(_state, now));
        double? lease = _state.Role is Role.Active or Role.Releasing ? (_context.LeaseUntil() - now).TotalSeconds : null;
        return new ElectionReport(_state.Role, (now - _state.Since).TotalSeconds, _state.Terms.Held, _state.Terms.HighestSeen, eligible, whyNot,
            _state.Paused, PeerEvidence.Summary(_state, now, settings), PeerEvidence.BeatsFresh(_state, now, settings) ? _state.Link.Beat : null,
            _state.Link.Status, lease, ElectionExplanation.Explain(_state, now, settings), _alarms.All)
        {
            LedElsewhere = _state.Terms.Foreign,
        };
    }
}

/// <summary>What an election works with.</summary>
/// <param name="Group">Its group.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Clock">Time.</param>
/// <param name="Link">The cluster link.</param>
/// <param name="Facts">Gets terms and facts to store.</param>
/// <param name="History">Gets what happened.</param>
/// <param name="LeaseUntil">End of the lease.</param>
public sealed record ElectionContext(
    GroupName Group,
    ElectionSettings Settings,
    IMonotonicClock Clock,
    IActorRef Link,
    IActorRef Facts,
    IActorRef History,
    Func<Moment> LeaseUntil);

/// <summary>The group's addresses are released and it may end.</summary>
public sealed record GroupStopped(GroupName Group);
