using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Blobs;

/// <summary>Fetches the blobs that this node needs, one after the other; what cannot be had now is tried again.</summary>
internal sealed class BlobFetchActor : ReceiveActor, IWithTimers
{
    /// <summary>Blobs that wait; what is named beyond them is named again.</summary>
    private const int MaxWaiting = 4_096;

    /// <summary>Tries until an entry is taken without its content: nothing else of the configuration may wait for one file for ever.</summary>
    private const int TriesBeforeExcused = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShowInterval = TimeSpan.FromSeconds(1);

    private readonly GroupName _group;
    private readonly IBlobStore _store;
    private readonly IMonotonicClock _clock;
    private readonly IActorRef _link;
    private readonly IActorRef _replica;
    private readonly CancellationTokenSource _stop = new();
    private readonly LinkedList<WantBlob> _waiting = [];
    private readonly Dictionary<BlobRef, (WantBlob Want, string Problem)> _failed = [];
    private readonly Dictionary<BlobRef, int> _tried = [];
    private WantBlob? _current;
    private BlobTransfer? _transfer;

    public BlobFetchActor(GroupName group, IBlobStore store, IMonotonicClock clock, IActorRef link, IActorRef replica)
    {
        (_group, _store, _clock, _link, _replica) = (group, store, clock, link, replica);
        Receive<WantBlob>(Want);
        Receive<BlobAnswer>(answer =>
        {
            if (answer.Blob == _current?.Blob) _transfer?.Take(answer);
        });
        Receive<LinkChanged>(link =>
        {
            if (link.Status == LinkStatus.Connected) _transfer?.AskAgain();
        });
        Receive<Ended>(ended => OnEnded(ended.End));
        Receive<TryAgain>(_ => Retry());
        Receive<ShowNow>(_ => Show());
        Receive<SweepBlobs>(sweep => Sweep(sweep.Keep));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PostStop()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private void Want(WantBlob want)
    {
        if (_store.Has(want.Blob))
        {
            Settle(want, here: true);
            return;
        }
        if (_current?.Blob == want.Blob)
            _current = _current with { Offered = _current.Offered || want.Offered };
        else if (_waiting.FirstOrDefault(other => other.Blob == want.Blob) is { } same)
            _waiting.Find(same)!.Value = same with { Offered = same.Offered || want.Offered };
        else if (_waiting.Count < MaxWaiting)
        {
            _waiting.AddLast(want);
            _failed.Remove(want.Blob);
        }
        Next();
    }

    private void Next()
    {
        if (_current is not null || _waiting.First is not { Value: var want }) return;
        _waiting.RemoveFirst();
        var link = _link;
        var group = _group;
        var transfer = new BlobTransfer(_store, _clock, want, ask => link.Tell(new SendToPeer(group, ask), ActorRefs.NoSender));
        (_current, _transfer) = (want, transfer);
        var stop = _stop.Token;
        Task.Run(() => transfer.RunAsync(stop), stop).PipeTo(Self, success: end => new Ended(end), failure: e => new Ended(new TransferEnd.Failed(e.GetBaseException().Message)));
        if (!Timers.IsTimerActive(nameof(ShowNow))) Timers.StartPeriodicTimer(nameof(ShowNow), new ShowNow(), ShowInterval, ShowInterval);
    }

    private void OnEnded(TransferEnd end)
    {
        var want = _current!;
        (_current, _transfer) = (null, null);
        switch (end)
        {
            case TransferEnd.Failed { Reason: var reason }:
                _failed[want.Blob] = (want with { Offered = false }, reason);
                _tried[want.Blob] = _tried.GetValueOrDefault(want.Blob) + 1;
                if (_tried[want.Blob] >= TriesBeforeExcused) _replica.Tell(new BlobSettled(want.Blob, Here: false));
                if (want.Offered) Tell(new BlobRefused(want.Blob, Plain(reason)));
                Timers.StartSingleTimer(nameof(TryAgain), new TryAgain(), Pause);
                break;
            default:
                if (want.Offered && end is TransferEnd.NotThere) Tell(new BlobRefused(want.Blob, "it was not there any more when it was asked for"));
                Settle(want, here: end is TransferEnd.Fetched);
                break;
        }
        Next();
        Show();
    }

    private void Settle(WantBlob want, bool here)
    {
        _failed.Remove(want.Blob);
        _tried.Remove(want.Blob);
        if (here && want.Offered) Tell(new BlobHave(want.Blob));
        _replica.Tell(new BlobSettled(want.Blob, here));
    }

    private void Retry()
    {
        foreach (var (want, _) in _failed.Values.ToList()) Want(want);
    }

    private void Sweep(IReadOnlySet<BlobRef> keep)
    {
        // What nobody names any more is not tried again; each try would keep it on the other node's disk.
        foreach (var blob in _failed.Keys.Where(blob => !keep.Contains(blob)).ToList()) _failed.Remove(blob);
        foreach (var blob in _tried.Keys.Where(blob => !keep.Contains(blob)).ToList()) _tried.Remove(blob);
        var named = keep.Concat(_waiting.Select(want => want.Blob)).ToHashSet();
        if (_current is not null) named.Add(_current.Blob);
        // What an operator has changed by hand in the folder is found the next time.
        Task.Run(() => _store.Sweep(named)).ContinueWith(swept => swept.Exception, TaskScheduler.Default);
    }

    private void Show()
    {
        List<Transfer> transfers =
        [
            .. _current is { } current ? [new Transfer(current.Key, _transfer!.Done, current.Blob.Size, null)] : Array.Empty<Transfer>(),
            .. _waiting.Select(want => new Transfer(want.Key, 0, want.Blob.Size, null)),
            .. _failed.Values.Select(failed => new Transfer(failed.Want.Key, 0, failed.Want.Blob.Size, failed.Problem)),
        ];
        _replica.Tell(new TransfersShown(transfers));
        if (transfers.Count == 0) Timers.Cancel(nameof(ShowNow));
    }

    private static string Plain(string reason) =>
        new([.. reason.Take(BlobRules.MaxReason).Select(c => char.IsControl(c) ? ' ' : c)]);

    private void Tell(BlobPayload payload) => _link.Tell(new SendToPeer(_group, payload));

    private sealed record Ended(TransferEnd End);

    private sealed record TryAgain;

    private sealed record ShowNow;
}
