using Akka.Actor;
using Akka.Event;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// Lets <c>config.validate</c> judge changes, one after the other, before its parent, the replica, orders them. The replica goes on
/// meanwhile: only changes wait here. What the command says goes to who asked, and nowhere else: it may repeat a secret.
/// </summary>
internal sealed class ValidationActor : ReceiveActor, IWithTimers
{
    /// <summary>Requests that may wait; one more is refused.</summary>
    public const int MaxWaiting = 256;

    /// <summary>A request that waited longer is refused: who asked has given up soon after.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly GroupSettings _group;
    private readonly NodeName _node;
    private readonly ValidationSettings _settings;
    private readonly IProcessLauncher _launcher;
    private readonly IMonotonicClock _clock;
    private readonly string _folders;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<Waiting> _waiting = new();
    private Waiting? _judging;
    private ProposedFolder? _folder;
    private Task _writing = Task.CompletedTask;
    private IChildProcess? _command;
    private CommandWords _words = new();
    private CancellationTokenSource _late = new();
    private long _runs;

    public ValidationActor(FailoverSettings settings, GroupSettings group, ValidationSettings validation, IProcessLauncher launcher, IMonotonicClock clock)
    {
        (_group, _node, _settings, _launcher, _clock) = (group, settings.Node, validation, launcher, clock);
        _folders = Path.Combine(settings.StateDir, $"{group.Name}.proposed");
        Receive<ChangeRequest>(Take);
        Receive<Proposal>(Write);
        Receive<Written>(written => written.Run == _runs, Start);
        Receive<Ended>(ended => ended.Run == _runs, Finish);
        Receive<TimedOut>(_ => GiveUp());
        Receive<Left>(left => _log.Warning("{0}: config.validate: {1} could not be removed: {2}", _group.Name, _folders, left.Reason));
        ReceiveAny(late => _log.Debug("too late: {0}", late.GetType().Name));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The judge of a group; null where nothing is configured.</summary>
    public static Props? For(FailoverSettings settings, GroupSettings group, IProcessLauncher launcher, IMonotonicClock clock) =>
        group.Config.Validation is { } validation ? Props.Create(() => new ValidationActor(settings, group, validation, launcher, clock)) : null;

    /// <summary>What a run that was killed has left.</summary>
    protected override void PreStart() => Remove(new ProposedFolder(_folders));

    protected override void PostStop()
    {
        End();
        foreach (var request in _waiting.Concat(_judging is null ? [] : [_judging]))
            Refuse(request, "the daemon stops: nothing was changed");
    }

    private void Take(ChangeRequest request)
    {
        var taken = new Waiting(request, Sender, _clock.Now);
        if (_waiting.Count >= MaxWaiting)
        {
            Refuse(taken, $"{MaxWaiting} changes wait for config.validate already: try again");
            return;
        }
        _waiting.Enqueue(taken);
        if (_judging is null)
            Next();
    }

    private void Next()
    {
        _judging = null;
        while (_judging is null && _waiting.TryDequeue(out var next))
        {
            if (_clock.Now - next.Since > LongestWait)
                Refuse(next, $"it waited for {LongestWait.TotalSeconds:0} s while config.validate judged others: try again");
            else
                _judging = next;
        }
        if (_judging is not null)
            Context.Parent.Tell(new Propose(_judging.Request));
    }

    private void Write(Proposal proposal)
    {
        if (proposal.Keys.Count == 0)
        {
            Accept();
            return;
        }
        var (run, late) = (++_runs, _late = new CancellationTokenSource());
        Timers.StartSingleTimer(TimedOut.Instance, TimedOut.Instance, _settings.Timeout);
        var folder = _folder = new ProposedFolder(Path.Combine(_folders, $"{run}"));
        var removed = _writing;
        _writing = Task.Run(async () =>
        {
            await removed;
            folder.Write(proposal, late.Token);
        });
        _writing.PipeTo(Self, success: () => new Written(run, ""), failure: e => new Written(run, e.GetBaseException().Message));
    }

    private void Start(Written written)
    {
        if (written.Fault.Length > 0)
        {
            Conclude($"the proposed configuration could not be written for config.validate: {written.Fault}");
            return;
        }
        var (self, run, words) = (Self, _runs, new CommandWords());
        _words = words;
        _command = _launcher.Start(
            _settings.Command,
            CommandEnvironment.ForValidation(_node, _group, _folder!.Config, _folder.Changed, _judging!.Request.By),
            words.Take,
            exitCode => self.Tell(new Ended(run, exitCode)));
    }

    private void Finish(Ended ended)
    {
        _command?.Kill(); // what it may have left in the background
        if (ended.ExitCode == 0)
            Accept();
        else
            Conclude($"config.validate refuses it (exit code {ended.ExitCode}){_words}");
    }

    private void GiveUp() => Conclude($"config.validate did not end within {_settings.Timeout.TotalSeconds:0.###} s and was ended{_words}");

    private void Accept()
    {
        var accepted = _judging!;
        End();
        Context.Parent.Tell(new Judged(accepted.Request, accepted.Asker));
        Next();
    }

    private void Conclude(string refusal)
    {
        var refused = _judging!;
        End();
        _log.Info("{0}: config.validate: a change of {1} was refused", _group.Name, refused.Request.By);
        Refuse(refused, refusal);
        Next();
    }

    private void End()
    {
        _runs++;
        _late.Cancel();
        Timers.Cancel(TimedOut.Instance);
        _command?.Kill();
        _command = null;
        if (_folder is not null)
            Remove(_folder);
        _folder = null;
    }

    /// <summary>Takes a folder away when nobody writes it any more.</summary>
    private void Remove(ProposedFolder folder)
    {
        var written = _writing;
        _writing = Task.Run(async () =>
        {
            await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            folder.Remove();
        });
        _writing.PipeTo(Self, failure: e => new Left(e.GetBaseException().Message));
        _writing = _writing.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static void Refuse(Waiting request, string reason) => request.Asker.Tell(new ChangeRefused((request.Request as ChangeEntry)?.Key ?? "", reason));

    private sealed record Waiting(ChangeRequest Request, IActorRef Asker, Moment Since);

    private sealed record Left(string Reason);

    private sealed record Written(long Run, string Fault);

    private sealed record Ended(long Run, int ExitCode);

    private sealed class TimedOut
    {
        public static readonly TimedOut Instance = new();
    }
}
