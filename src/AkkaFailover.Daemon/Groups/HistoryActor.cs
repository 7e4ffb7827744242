using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using Microsoft.Extensions.Logging;

namespace AkkaFailover.Daemon.Groups;

/// <summary>
/// What a group did and why: keeps it, writes it to a file that survives restarts, logs it as one line each, tells
/// watchers, and starts the notify hook. Nothing waits for this actor.
/// </summary>
public sealed class HistoryActor : ReceiveActor
{
    private const int Kept = 1_000;
    private readonly ILogger _log;
    private readonly HistoryFile _file;
    private readonly Queue<GroupEvent> _events;
    private readonly HashSet<IActorRef> _watchers = [];

    /// <summary>Creates the actor.</summary>
    /// <param name="group">For the log.</param>
    /// <param name="file">Where the history is kept.</param>
    /// <param name="log">Where people read it.</param>
    /// <param name="notify">Starts the hook; never waits for it.</param>
    public HistoryActor(GroupName group, HistoryFile file, ILogger log, Action<RoleChange> notify)
    {
        (_log, _file) = (log, file);
        _events = new Queue<GroupEvent>(file.ReadLast(Kept));
        Receive<GroupEvent>(happened =>
        {
            Log(group, happened);
            Keep(happened);
            foreach (var watcher in _watchers) watcher.Tell(happened);
            if (happened.Change is { } change) notify(change);
        });
        Receive<GetHistory>(_ => Sender.Tell((IReadOnlyList<GroupEvent>)[.. _events]));
        Receive<WatchGroup>(watch =>
        {
            if (_watchers.Add(watch.Subscriber)) Context.Watch(watch.Subscriber);
        });
        Receive<UnwatchGroup>(unwatch => Forget(unwatch.Subscriber));
        Receive<Terminated>(ended => Forget(ended.ActorRef));
    }

    private void Forget(IActorRef watcher)
    {
        if (_watchers.Remove(watcher)) Context.Unwatch(watcher);
    }

    private void Keep(GroupEvent happened)
    {
        _events.Enqueue(happened);
        if (_events.Count > Kept) _events.Dequeue();
        try
        {
            _file.Append(happened);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _log.LogWarning("The history file {File} cannot be written: {Error}", _file.Path, error.Message);
        }
    }

    private void Log(GroupName group, GroupEvent happened)
    {
        if (happened.Change is { } change)
        {
            _log.LogInformation("{Group}: {From} -> {To}{Term}: {Cause} [{Evidence}]", group, change.From.Word(), change.To.Word(),
                change.Term == Term.None ? "" : $" (term {change.Term})", change.Cause, change.Evidence);
        }
        else if (happened.Kind == "alarm")
        {
            _log.LogWarning("{Group}: ALARM {Text}", group, happened.Text);
        }
        else
        {
            _log.LogInformation("{Group}: {Kind}: {Text}", group, happened.Kind, happened.Text);
        }
    }
}
