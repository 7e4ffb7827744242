using System.Runtime.CompilerServices;
using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Blobs;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Paths;
using LinqToDB;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// One group's replica: translates messages to inputs, steps the machine, runs the outputs in their order. The journal is a child of its
/// own, so that a failed write stops the journal and not the one who must answer for it.
/// </summary>
public sealed partial class ConfigReplicaActor : UntypedActor, IWithTimers
{
    /// <summary>Bytes of entries and log above which reading leaves so much behind that it is worth a collection.</summary>
    private const long LargeJournal = 16 << 20;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly GroupName _group;
    private readonly DataOptions _database;
    private readonly ReplicaRules _rules;
    private readonly IMonotonicClock _clock;
    private readonly IActorRef _election;
    private readonly IActorRef _link;
    private readonly IActorRef? _validator;
    private readonly OpenChanges _changes = new();
    private readonly EntryPages _pages = new();
    private readonly StrongBox<bool> _wasRead;
    private ReplicaNode _replica = new();
    private readonly Dictionary<long, IActorRef> _compacting = [];
    private IActorRef _journal = ActorRefs.Nobody;
    private TimeSpan _pause = TimeSpan.FromSeconds(1);
    private readonly WakeThread _waker;
    private Moment _wake = Moment.Never;
    private long _journals;
    private long _compactions;
    private ulong _comparisons;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public ConfigReplicaActor(FailoverSettings settings, GroupSettings group, IMonotonicClock clock, IActorRef election, IActorRef link, IBlobStore blobs, Props? validator, Props? paths,
        StrongBox<bool> wasRead)
    {
        _wasRead = wasRead;
        _validator = validator is null ? null : Context.ActorOf(validator, "validator");
        _paths = paths is null ? null : Context.ActorOf(paths, "paths");
        (_group, _rules, _database) = (group.Name, ReplicaRules.For(settings, group), JournalSetup.Database(settings));
        (_clock, _election, _link, _pathsTimeout) = (clock, election, link, group.Config.PathsTimeout);
        var self = Self;
        _waker = new WakeThread(clock, () => self.Tell(WakeUp.Instance), $"replica-{group.Name}");
        _gate = new ContentGate(blobs.Has);
        _blobs = Context.ActorOf(Akka.Actor.Props.Create(() => new BlobsActor(group.Name, blobs, clock, link)), "blobs");
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The replica of one group; the system needs <see cref="JournalSetup"/>.</summary>
    /// <param name="election">Gets the inputs that say what the replica did, its reports and its alarms.</param>
    /// <param name="link">Takes <see cref="SendToPeer"/>.</param>
    /// <param name="blobs">Large contents.</param>
    /// <param name="validator">Judges changes before they are ordered (<see cref="ValidationActor.For"/>); null for nobody.</param>
    /// <param name="paths">Keeps files and entries the same (<see cref="PathsActor.For"/>); null for no files.</param>
    public static Props Props(
        FailoverSettings settings, GroupSettings group, IMonotonicClock clock, IActorRef election, IActorRef link, IBlobStore blobs, Props? validator = null,
        Props? paths = null)
    {
        // Of the actors of this group in this run of the daemon, one after the other.
        var wasRead = new StrongBox<bool>();
        return Akka.Actor.Props.Create(() => new ConfigReplicaActor(settings, group, clock, election, link, blobs, validator, paths, wasRead));
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.ActorOf(JournalWarmUpActor.Props(_group, DateTimeOffset.UtcNow), "warm-up");
        OpenJournal();
    }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        _election.Tell(new ReplicaChanged(ReplicaPosition.Unread));
        _election.Tell(new LocalFault($"the replica failed and was started again: {reason.Message}"));
        _election.Tell(new GetElection());
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _waker.Dispose();
        _link.Tell(new SendToPeer(_group, new ReplicaSays(new Goodbye())));
        _changes.Abandon();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (TakeContent(message))
            return;
        switch (message)
        {
            case ChangeRequest change when MustBeJudged(change): _validator.Forward(change); break;
            case ChangeRequest change: Change(change, Sender); break;
            case Propose propose: Aside(replica => Propose(propose.Request, replica)); break;
            case Judged judged: Change(judged.Request, judged.Asker); break;
            case FilesWritten written: OnFilesWritten(written.Caught); break;
            case LastTaken when Timers.IsTimerActive(nameof(LastTaken)): Flush(); break;
            case LastTaken: break;
            case ShowReplica: _shown = null; ShowPaths(); break;
            case GetPaths when _paths is not null: _paths.Forward(message); break;
            case CompactJournal: Compact(); break;
            case FromPeer { Payload: EntriesAsked asked }: Tell(_pages.Answer(asked, _replica)); break;
            case FromPeer { Payload: EntriesTold told }: Context.Child(ComparisonOf(told.Request)).Forward(told); break;
            case ComparePeer: Compare(); break;
            case Core.Election.ReplicaEffect order: Order(order); break;
            case ElectionReport report: Resume(report); break;
            case JournalRead read: OnRead(read); break;
            case JournalWritten: Step(new Persisted()); break;
            case JournalBroken broken: OnBroken(broken); break;
            case OpenJournalAgain: OpenJournal(); break;
            case WakeUp: OnWake(); break;
            case VerifyJournal: Task.Run(() => StoredJournal.Verify(_database, _group)).PipeTo(Sender, failure: NotReadable); break;
            default:
                if (ReplicaAnswers.Short(message, _replica, _clock.Now, DateTimeOffset.UtcNow, _rules) is { } answer)
                    Sender.Tell(answer);
                else if (ReplicaAnswers.Long(message) is { } read)
                    Aside(read);
                else
                    Unhandled(message);
                break;
        }
    }

    private void Change(ChangeRequest request, IActorRef asker)
    {
        if (_changes.Take(request, asker, _replica.State) is { } input)
            Step(input);
    }

    /// <summary>Not a watched file: it is in its place already.</summary>
    private bool MustBeJudged(ChangeRequest request) =>
        _validator is not null && request is not (FoundChanges or PlanRequest { DryRun: true }) && (request is not ChangeEntry entry || !ChangePlan.IsReserved(entry.Key));

    private Proposal Propose(ChangeRequest request, ReplicaNode replica) =>
        ReplicaMachine.WhyNoChange(replica, _clock.Now, DateTimeOffset.UtcNow, _rules) is null ? OpenChanges.Propose(request, replica.State) : Proposal.Nothing;

    /// <summary>Reads what the replica is now on a thread of the pool: what goes through all entries must not keep the link waiting.</summary>
    private void Aside(Func<ReplicaNode, object> read)
    {
        var replica = _replica;
        Task.Run(() => read(replica)).PipeTo(Sender);
    }

    private void Compare()
    {
        if (!Context.Child(ComparisonOf(_comparisons)).IsNobody())
        {
            Sender.Tell(new PeerSilent("a comparison runs already: wait for it"));
            return;
        }
        var request = ++_comparisons;
        Context.ActorOf(PeerComparisonActor.Props(_group, _rules.Peer, request, _link, Sender), ComparisonOf(request));
    }

    private static string ComparisonOf(ulong request) => $"comparison-{request}";

    private void Tell(ReplicaPayload? payload)
    {
        if (payload is not null)
            _link.Tell(new SendToPeer(_group, payload));
    }

    private void Compact()
    {
        _compacting[++_compactions] = Sender;
        Step(new CompactRequested(_compactions));
    }

    /// <summary>The orders that the actor before this one took with it.</summary>
    private void Resume(ElectionReport report)
    {
        Order(new LedElsewhere(report.LedElsewhere));
        if (report.Role == Role.Replaying)
            Order(new BeginReplay(report.Term));
        else if (report.Role == Role.Active)
            Order(new OpenReplica(report.Term));
    }

    private void OnRead(JournalRead read)
    {
        _pause = TimeSpan.FromSeconds(1);
        // With the last of the pauses that reading costs, and once only: this group has not had a role yet, and after a failure it may have one.
        if (!_wasRead.Value && read.State.Entries.Weight + read.State.Log.Weight > LargeJournal)
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _wasRead.Value = true;
        Step(new Recovered(read.State, (ulong)Random.Shared.NextInt64()));
    }

    private void OnBroken(JournalBroken broken)
    {
        Step(new JournalFailed(broken.Reason));
        if (broken.Damaged && !_wasRead.Value)
        {
            Context.System.EventStream.Publish(new JournalDamaged(_group, broken.Reason));
            return;
        }
        Timers.StartSingleTimer(OpenJournalAgain.Instance, OpenJournalAgain.Instance, _pause);
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }

    private void OnWake()
    {
        _wake = Moment.Never;
        Step(new Wake());
    }

    private void OpenJournal() => _journal = Context.ActorOf(JournalActor.Props(_group).WithDispatcher(Context.Props.Dispatcher), $"journal-{++_journals}");

    private void Step(ReplicaInput input)
    {
        (_replica, var outputs) = ReplicaMachine.Step(_replica, input, _clock.Now, DateTimeOffset.UtcNow, _rules);
        foreach (var output in outputs)
            Run(output);
        ShowPaths();
        ShowBlobs();
        var next = ReplicaMachine.NextWake(_replica, _rules);
        if (next >= _wake)
            return;
        // A wake that has become unnecessary comes all the same: cheaper than moving the timer with every change.
        _wake = next;
        // Whatever a step left that was due already, the next one is not to come at once, and again.
        _waker.At(Moment.Max(next, _clock.Now + ShortestWait));
    }

    private void Run(ReplicaOutput output)
    {
        switch (output)
        {
            case Persist persist: _journal.Tell(new WriteJournal(persist.Events)); break;
            case Send send: _link.Tell(new SendToPeer(_group, new ReplicaSays(send.Message))); break;
            case Answer answer: _changes.Answer(answer); break;
            case Compacted compacted when _compacting.Remove(compacted.Request, out var asker):
                asker.Tell(new JournalCompacted(compacted.Version, compacted.Refusal));
                break;
            case Inform { Input: CaughtUp caught }: OnCaughtUp(caught); break;
            case Inform inform: _election.Tell(inform.Input); break;
            case Alarmed { Text: { } text } alarm: _election.Tell(new RaiseAlarm(alarm.Kind, text)); break;
            case Alarmed alarm: _election.Tell(new ClearAlarm(alarm.Kind)); break;
            case Say say: _election.Tell(new Report(say.Kind, say.Text)); break;
            default: throw new ArgumentOutOfRangeException(nameof(output), output, null);
        }
    }

    private JournalVerdict NotReadable(Exception reason) => new(false, 0, 0, "", $"the journal of group {_group} cannot be read: {reason.GetBaseException().Message}");

    private sealed class WakeUp
    {
        public static readonly WakeUp Instance = new();
    }

    private sealed class OpenJournalAgain
    {
        public static readonly OpenJournalAgain Instance = new();
    }
}
