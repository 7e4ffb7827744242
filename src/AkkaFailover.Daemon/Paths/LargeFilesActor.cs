using System.Collections.Immutable;
using Akka.Actor;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Blobs;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Paths;

/// <summary>
/// Brings the large files of one watched path into the replica, one after the other: each is read into the blob store, and ordered once the other
/// node has its content. That may take minutes, for which nothing else of the path waits.
/// </summary>
internal sealed class LargeFilesActor : ReceiveActor, IWithTimers
{
    /// <summary>Longer than a content is offered to the other node: who offers it answers first.</summary>
    private static readonly TimeSpan LongestTransfer = BlobsActor.LongestOffer * 1.1;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly PathWorker _worker;
    private readonly IActorRef _replica;
    private readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal);
    private ImmutableArray<LargeFile> _due = [];
    private LargeFile? _current;
    private bool _rests;
    private bool _showed;

    /// <param name="worker">The path's.</param>
    /// <param name="replica">Takes <see cref="FoundChanges"/>.</param>
    public LargeFilesActor(PathWorker worker, IActorRef replica)
    {
        (_worker, _replica) = (worker, replica);
        Receive<TakeLarge>(take =>
        {
            _due = [.. take.Files.Where(file => file.Relative != _current?.Relative)];
            foreach (var gone in _refused.Keys.Where(path => path != _current?.Relative && _due.All(file => file.Relative != path)).ToList()) _refused.Remove(gone);
            Next();
            Show();
        });
        Receive<Taken>(OnTaken);
        Receive<Answered>(answered => OnAnswered(answered.Answer));
        Receive<RestOver>(_ =>
        {
            _rests = false;
            Context.Parent.Tell(new LargeDone(_worker.Name));
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private void Next()
    {
        if (_rests || _current is not null || _due.IsEmpty) return;
        // One that was refused a moment ago keeps no other from its turn.
        var first = _due.FirstOrDefault(file => !_refused.ContainsKey(file.Relative)) ?? _due[0];
        (_current, _due) = (first, _due.Remove(first));
        Task.Run(() => _worker.TakeLarge(first.Relative)).PipeTo(Self, success: change => new Taken(change, null), failure: e => new Taken(null, e.GetBaseException().Message));
    }

    private void OnTaken(Taken taken)
    {
        if (taken.Change is { } change)
            _replica.Ask<object>(new FoundChanges([change], PathWorker.By), LongestTransfer)
                .PipeTo(Self, success: answer => new Answered(answer), failure: _ => new Answered(new ChangeRefused(change.Key, "the other node did not get its content in time")));
        else
            Finish(taken.Problem);
        Show();
    }

    private void OnAnswered(object answer)
    {
        var accepted = answer as ChangeAcknowledged;
        _worker.LargeAnswered(_current!.Relative, accepted?.Version);
        Finish(accepted is not null ? null : answer is ChangeRefused refused ? refused.Words : "the replica did not take it");
    }

    /// <summary>Whatever became of it, the path is looked at again: the file may have changed meanwhile.</summary>
    private void Finish(string? problem)
    {
        if (problem is null) _refused.Remove(_current!.Relative);
        else _refused[_current!.Relative] = problem;
        _current = null;
        _rests = problem is not null;
        if (_rests) Timers.StartSingleTimer(nameof(RestOver), new RestOver(), Pause);
        else Context.Parent.Tell(new LargeDone(_worker.Name));
        Next();
        Show();
    }

    private void Show()
    {
        var files = _current is null ? _due : _due.Add(_current);
        var shown = new LargeShown(
            _worker.Name,
            [.. files.Where(file => !_refused.ContainsKey(file.Relative)).Select(file => new PathTransfer(file.Relative, null, file.Size))],
            [.. _refused.Select(refused => new PathRefusal(refused.Key, refused.Value))]);
        if (!_showed && shown is { Waiting.Count: 0, Refused.Count: 0 }) return;
        _showed = shown is not { Waiting.Count: 0, Refused.Count: 0 };
        Context.Parent.Tell(shown);
    }

    private sealed record Taken(KeyChange? Change, string? Problem);

    private sealed record Answered(object Answer);

    private sealed record RestOver;
}
