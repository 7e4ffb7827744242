using Akka.Actor;
using Akka.Event;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Service;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Service;

/// <summary>
/// Runs the notify command for each <see cref="RoleChange"/> it is told, one after the other, and nobody waits for it. When
/// changes come faster than the command ends, the oldest of those that wait are dropped: the newest facts win.
/// </summary>
public sealed class NotifyHook : ReceiveActor, IWithTimers
{
    /// <summary>Changes that may wait.</summary>
    public const int MaxWaiting = 4;

    /// <summary>How long the command may take.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private readonly NodeName _node;
    private readonly GroupSettings _group;
    private readonly IReadOnlyList<string> _command;
    private readonly IProcessLauncher _launcher;
    private readonly IMonotonicClock _clock;
    private readonly TimeSpan _timeout;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<RoleChange> _waiting = new();
    private IChildProcess? _running;

    /// <summary>See <see cref="Props"/>.</summary>
    public NotifyHook(
        NodeName node, GroupSettings group, IReadOnlyList<string> command, IProcessLauncher launcher, IMonotonicClock clock, TimeSpan timeout)
    {
        (_node, _group, _command, _launcher, _clock, _timeout) = (node, group, command, launcher, clock, timeout);
        Receive<RoleChange>(Take);
        Receive<Ended>(Finish);
        Receive<TimedOut>(_ => _running?.Kill());
    }

    /// <summary>The hook of one group.</summary>
    /// <param name="node">This node.</param>
    /// <param name="group">The group.</param>
    /// <param name="command">Program and arguments; empty for none.</param>
    /// <param name="launcher">Starts it.</param>
    /// <param name="clock">Time.</param>
    /// <param name="timeout">How long it may take; null for <see cref="DefaultTimeout"/>.</param>
    public static Props Props(
        NodeName node, GroupSettings group, IReadOnlyList<string> command, IProcessLauncher launcher, IMonotonicClock clock, TimeSpan? timeout = null) =>
        Akka.Actor.Props.Create(() => new NotifyHook(node, group, command, launcher, clock, timeout ?? DefaultTimeout));

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private void Take(RoleChange change)
    {
        if (_command.Count == 0) return;
        _waiting.Enqueue(change);
        if (_waiting.Count > MaxWaiting)
            _log.Warning("the notify command is slow: the change to {0} is not notified", _waiting.Dequeue().To.Word());
        if (_running is null) RunNext();
    }

    private void RunNext()
    {
        _running = null;
        if (!_waiting.TryDequeue(out var change)) return;
        var (self, output) = (Self, new OutputLog($"{_group.Name} notify", _log, _clock));
        _running = _launcher.Start(
            _command, CommandEnvironment.ForNotify(_node, _group, change), output.Take, exitCode => self.Tell(new Ended(change, exitCode)));
        Timers.StartSingleTimer(TimedOut.Instance, TimedOut.Instance, _timeout);
    }

    private void Finish(Ended ended)
    {
        Timers.Cancel(TimedOut.Instance);
        if (ended.ExitCode != 0)
            _log.Warning("the notify command {0} for the change to {1} ended with {2}", _command[0], ended.Change.To.Word(), ended.ExitCode);
        RunNext();
    }

    private sealed record Ended(RoleChange Change, int ExitCode);

    private sealed record TimedOut
    {
        public static readonly TimedOut Instance = new();
    }
}
