using Akka.Actor;
using Akka.Event;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Rehearsal;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Service;

namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>
/// Rehearses a failover of one group on the standby: translates what happens to inputs, steps <see cref="RehearsalMachine"/>, runs its outputs. The
/// election tells it each change of role and waits for nothing: a claim ends a rehearsal.
/// </summary>
internal sealed class RehearsalActor : ReceiveActor, IWithTimers
{
    /// <summary>Set for the program in the namespaces alone, which takes it away from the service.</summary>
    public const string NoDiagnostics = "DOTNET_EnableDiagnostics";

    private static readonly TimeSpan ReplicaPatience = TimeSpan.FromSeconds(2);

    // The runtime's debugging socket would be made in the host's /tmp.
    private static readonly IReadOnlyDictionary<string, string> Surroundings = new Dictionary<string, string> { [NoDiagnostics] = "0" };

    private readonly RehearsalContext _context;
    private readonly IActorRef _election;
    private readonly IActorRef _replica;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<Asked> _asked = new();
    private RehearsalModel _model = RehearsalModel.Initial;
    private IActorRef _watcher = ActorRefs.Nobody;
    private IActorRef _asker = ActorRefs.Nobody;
    private CancellationTokenSource _stop = new();
    private IChildProcess? _program;

    /// <summary>See <see cref="Props"/>.</summary>
    public RehearsalActor(RehearsalContext context, IActorRef election, IActorRef replica)
    {
        (_context, _election, _replica) = (context, election, replica);
        Receive<Rehearse>(Ask);
        Receive<Asked>(asked =>
        {
            // Its answer comes behind the changes of role that were told before it.
            _asked.Enqueue(asked);
            _election.Tell(new GetElection());
        });
        Receive<ElectionReport>(Judge);
        Receive<RoleChange>(change => Step(new RehearsalInput.RoleIs(change.To)));
        Receive<RehearsalInput>(Step, _ => _model.Phase is not null);
        Receive<Wake>(_ => Step(new RehearsalInput.Tick()));
        Receive<LeftOver>(left => _log.Warning("{0}: what an earlier rehearsal left cannot be removed: {1}", _context.Group.Name, left.Problem));
        ReceiveAny(_ => { }); // of an incarnation of this actor that failed
    }

    /// <summary>The rehearsals of one group.</summary>
    /// <param name="election">Gets the result, and is asked whether this node would claim.</param>
    /// <param name="replica">Has the configuration.</param>
    public static Props Props(RehearsalContext context, IActorRef election, IActorRef replica) =>
        Akka.Actor.Props.Create(() => new RehearsalActor(context, election, replica));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _election.Tell(new GetElection());
        Task.Run(_context.Scratch.Remove).PipeTo(Self, success: () => new object(), failure: e => new LeftOver(e.GetBaseException().Message));
    }

    /// <inheritdoc/>
    protected override void PostStop() => End();

    private void Ask(Rehearse request)
    {
        var asker = Sender;
        _replica.Ask<ReplicaReport>(new GetReplica(), ReplicaPatience)
            .PipeTo(Self, success: report => new Asked(request, asker, report.Position.InSync), failure: _ => new Asked(request, asker, InSync: false));
    }

    private void Judge(ElectionReport report)
    {
        Step(new RehearsalInput.RoleIs(report.Role));
        if (!_asked.TryDequeue(out var asked)) return;
        if (_model.Phase is null) _watcher = asked.Request.Watcher;
        _asker = asked.Asker;
        Step(new RehearsalInput.Requested(asked.Request.By, report.Eligible, report.WhyNot, asked.InSync, _context.Host.Missing()));
    }

    private void Step(RehearsalInput input)
    {
        (_model, var outputs) = RehearsalMachine.Step(_model, input, _context.Clock.Now, _context.Group.Service);
        foreach (var output in outputs) Run(output);
        if (_model.Due == Moment.Never) Timers.Cancel(Wake.Instance);
        else Timers.StartSingleTimer(Wake.Instance, Wake.Instance, Longest(_model.Due - _context.Clock.Now, TimeSpan.Zero));
    }

    private void Run(RehearsalOutput output)
    {
        switch (output)
        {
            case RehearsalOutput.Answer answer: _asker.Tell(new OperatorAnswer(answer.Accepted, answer.Text)); break;
            case RehearsalOutput.Write: Write(); break;
            case RehearsalOutput.Launch: Launch(); break;
            case RehearsalOutput.Stop: End(); break;
            case RehearsalOutput.Remove: Remove(); break;
            case RehearsalOutput.Show show: _watcher.Tell(show.Result); break;
            case RehearsalOutput.Conclude conclude: Conclude(conclude.Report); break;
            case RehearsalOutput.Alarm { Text: { } text }: _election.Tell(new RaiseAlarm(AlarmKind.RehearsalFailed, text)); break;
            case RehearsalOutput.Alarm: _election.Tell(new ClearAlarm(AlarmKind.RehearsalFailed)); break;
            default: throw new ArgumentOutOfRangeException(nameof(output), output, null);
        }
    }

    private void Write()
    {
        _stop = new CancellationTokenSource();
        var (context, replica, stop) = (_context, _replica, _stop.Token);
        Task.Run(async () =>
            {
                var held = await replica.Ask<HeldEntries>(new GetHeld(), ReplicaPatience, stop);
                var (places, text) = context.Scratch.Write(held, stop);
                context.PlanOf(places).Write(context.Scratch.Path);
                return new RehearsalInput.Written(held.End.Version, text);
            }, CancellationToken.None)
            .PipeTo(Self, failure: e => new RehearsalInput.NotWritten(e.GetBaseException().Message));
    }

    private void Launch()
    {
        var (self, output) = (Self, new OutputLog($"{_context.Group.Name} rehearsal", _log, _context.Clock));
        _program = _context.Launcher.Start(_context.Command(), Surroundings, Take, exitCode => self.Tell(new RehearsalInput.ProgramEnded(exitCode, output.LastWords)));

        // Whatever a service writes never gets to the mailbox.
        void Take(string line)
        {
            var said = RehearsalLine.Read(line);
            if (RehearsalWords.PhaseOf(said?.Phase) is { } phase) self.Tell(new RehearsalInput.PhaseEnded(phase, said!.Ok, said.Text));
            else output.Take(said?.Text ?? line);
        }
    }

    private void End()
    {
        _stop.Cancel();
        _program?.Kill();
    }

    private void Remove()
    {
        _program = null;
        Task.Run(_context.Scratch.Remove).PipeTo(Self, success: () => new RehearsalInput.Removed(""), failure: e => new RehearsalInput.Removed(e.GetBaseException().Message));
    }

    private void Conclude(RehearsalReport report)
    {
        _watcher.Tell(report);
        _election.Tell(Report.Of(report.ByPhases));
    }

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private sealed record Asked(Rehearse Request, IActorRef Asker, bool InSync);

    private sealed record LeftOver(string Problem);

    private sealed record Wake
    {
        public static readonly Wake Instance = new();
    }
}
