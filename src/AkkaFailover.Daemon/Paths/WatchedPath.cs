using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Blobs;

namespace AkkaFailover.Daemon.Paths;

/// <summary>What <see cref="PathsActor"/> knows of one watched path.</summary>
internal sealed class WatchedPath(PathWorker worker, IActorRef largeFiles)
{
    public PathWorker Worker { get; } = worker;

    public IActorRef LargeFiles { get; } = largeFiles;

    public LargeShown Large { get; set; } = new(worker.Name, [], []);

    public PathReport Report { get; set; } = worker.Unknown;

    public Queue<System.Collections.Immutable.ImmutableArray<KeyChange>> Batches { get; } = new();

    public CaughtUp? Agreed { get; set; }

    public Moment? StirredAt { get; set; }

    public long Stirs { get; set; }

    /// <summary>Until the next look, where the last one left something.</summary>
    public TimeSpan Pause { get; set; }

    public bool IsBusy { get; set; }

    public bool IsDue { get; set; }

    public bool IsLast { get; set; }

    public bool TookLast { get; set; }

    public bool Owes { get; set; } = true;

    /// <summary>The last pass's report, with the large files that are on their way, or cannot be brought to the other node or to this one.</summary>
    public PathReport Shown(IReadOnlyList<Transfer> transfers)
    {
        var incoming = transfers.Select(transfer => (Relative: PathKeys.RelativeOf(Worker.Name, transfer.Key), Transfer: transfer)).Where(one => one.Relative is not null).ToList();
        return Report with
        {
            Refused = [.. Report.Refused, .. Large.Refused, .. incoming.Where(one => one.Transfer.Problem is not null).Select(one => new PathRefusal(one.Relative!, one.Transfer.Problem!))],
            Transfers = [.. Large.Waiting, .. incoming.Where(one => one.Transfer.Problem is null).Select(one => new PathTransfer(one.Relative!, one.Transfer.Done, one.Transfer.Size))],
        };
    }
}
