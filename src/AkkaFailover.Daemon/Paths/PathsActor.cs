using Akka.Actor;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Blobs;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Paths;

/// <summary>
/// The watched paths of one group, child of its replica: what is in the replica's entries gets into the files, and on the active what is in the files
/// gets into the entries. The work blocks and runs elsewhere; here is decided when.
/// </summary>
internal sealed class PathsActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestBurst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LongestProposal = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DriftShown = TimeSpan.FromMinutes(10);

    private readonly ReplicaSettings _settings;
    private readonly IMonotonicClock _clock;
    private readonly IActorRef _election;
    private readonly string _drift;
    private readonly Dictionary<string, WatchedPath> _paths = [];
    private IReadOnlyList<Transfer> _transfers = [];
    private ReplicaView? _view;
    private CaughtUp? _claim;
    private bool _last;

    public PathsActor(FailoverSettings settings, GroupSettings group, IMonotonicClock clock, IActorRef election, WatchedTreeOpener open, WatchedTreeOpener openDatabase, IBlobStore blobs)
    {
        (_settings, _clock, _election, _drift) = (group.Config, clock, election, Path.Combine(settings.StateDir, "drift", group.Name.Value));
        foreach (var (name, where) in _settings.Paths) Add(name, where, open(where, blobs));
        foreach (var (name, where) in _settings.Databases) Add(PathKeys.OfDatabase(name), where, new DatabaseTree(where, openDatabase(where, blobs), blobs));
        Receive<ReplicaView>(Look);
        Receive<WriteFiles>(Claim);
        Receive<Stirred>(stirred => Stir(_paths[stirred.Name]));
        Receive<Settled>(settled => settled.Stir == _paths[settled.Name].Stirs, settled => Due(_paths[settled.Name]));
        Receive<Settled>(_ => { });
        Receive<LookAgain>(look => Due(_paths[look.Name]));
        Receive<Done>(done => Finish(_paths[done.Name], done));
        Receive<LargeDone>(done => Due(_paths[done.Name]));
        Receive<LargeShown>(shown => Show(_paths[shown.Name], shown));
        Receive<TransfersShown>(shown =>
        {
            _transfers = shown.Transfers;
            TellRefused();
        });
        Receive<TakeLast>(_ => Last());
        Receive<Proposed>(proposed => Go(_paths[proposed.Name], proposed));
        Receive<ClaimLate>(_ => Answer(late: true));
        Receive<DriftOver>(_ => _election.Tell(new ClearAlarm(AlarmKind.PathDrift)));
        Receive<IntervalPassed>(_ => DueAll());
        Receive<GetPaths>(_ => Sender.Tell((IReadOnlyList<PathReport>)[.. _paths.Values.Select(path => path.Shown(_transfers))]));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The watched paths of a group; null where none are configured.</summary>
    public static Props? For(FailoverSettings settings, GroupSettings group, IMonotonicClock clock, IActorRef election, WatchedTreeOpener open, WatchedTreeOpener openDatabase,
        IBlobStore blobs) => group.Config.Paths.Count + group.Config.Databases.Count == 0 ? null
            : Props.Create(() => new PathsActor(settings, group, clock, election, open, openDatabase, blobs));

    protected override void PreStart()
    {
        Context.Parent.Tell(new ShowReplica());
        Timers.StartPeriodicTimer("interval", new IntervalPassed(), _settings.PathsInterval, _settings.PathsInterval);
    }

    protected override void PostStop()
    {
        if (_claim is not null) Context.Parent.Tell(new FilesWritten(_claim));
        foreach (var path in _paths.Values) path.Worker.Dispose();
    }

    private void Add(string name, string where, IWatchedTree tree)
    {
        var (self, replica) = (Self, Context.Parent);
        tree.Changed += () => self.Tell(new Stirred(name));
        var worker = new PathWorker(name, where, tree, new DriftFolder(Path.Combine(_drift, name)));
        _paths[name] = new WatchedPath(worker, Context.ActorOf(Props.Create(() => new LargeFilesActor(worker, replica)), $"large-{_paths.Count}"));
    }

    private bool Leads => _view?.Mode == ReplicaMode.Leading;

    private void Look(ReplicaView view)
    {
        var concerned = view.Concerns(_view);
        _view = view;
        // Whoever becomes active has the entries written out before what is on its disk counts.
        foreach (var path in _paths.Values) path.Owes |= view.Mode == ReplicaMode.Following;
        if (concerned) DueAll();
    }

    private void DueAll()
    {
        foreach (var path in _paths.Values) Due(path);
    }

    private void Claim(WriteFiles claim)
    {
        _claim = claim.Caught;
        Timers.StartSingleTimer(nameof(ClaimLate), new ClaimLate(), _settings.PathsTimeout);
        foreach (var path in _paths.Values)
        {
            path.Owes = true;
            Due(path);
        }
    }

    private void Stir(WatchedPath path)
    {
        var now = _clock.Now;
        path.StirredAt ??= now;
        var rest = path.StirredAt.Value + LongestBurst - now;
        var (name, stir) = (path.Worker.Name, ++path.Stirs);
        // The scheduler's timers come in steps of ten milliseconds, which is more than all the rest takes.
        Task.Delay(rest < Quiet ? rest < TimeSpan.Zero ? TimeSpan.Zero : rest : Quiet).PipeTo(Self, success: () => new Settled(name, stir));
    }

    /// <summary>Begins a pass, or has another one follow the one that runs.</summary>
    private void Due(WatchedPath path)
    {
        path.IsDue = true;
        if (path.IsBusy || _view is not { Mode: ReplicaMode.Following or ReplicaMode.Replaying or ReplicaMode.Leading } view) return;
        (path.IsDue, path.IsBusy, path.StirredAt) = (false, true, null);
        var (worker, diskWins, claim, last) = (path.Worker, Leads && !path.Owes, _claim, _last);
        Timers.Cancel(worker.Name);
        Task.Run(() => worker.Run(view, diskWins, DateTimeOffset.UtcNow))
            .PipeTo(Self,
                success: pass => new Done(worker.Name, pass, WroteOut: !diskWins && view.Mode != ReplicaMode.Following, claim, last),
                failure: e => new Done(worker.Name, worker.Broken(e.GetBaseException().Message), WroteOut: false, claim, last));
    }

    private void Finish(WatchedPath path, Done done)
    {
        path.Report = done.Pass.Report;
        // A pass that began before the claim may not have seen the last version.
        if (done.WroteOut && done.Claim == _claim && done.Pass.Compared)
        {
            path.IsDue |= path.Owes && Leads;
            path.Owes = false;
        }
        if (done.Pass.Drifted.Count > 0) Drifted(path, done.Pass.Drifted);
        TellRefused();
        if (_claim is not null && done.Claim == _claim && done.Pass.Agrees) path.Agreed = _claim;
        if (_claim is not null && _paths.Values.All(other => other.Agreed == _claim)) Answer(late: false);
        path.IsLast = done.Last;
        path.TookLast |= done.Last && done.Pass.Batches.Count == 0;
        foreach (var batch in Leads ? done.Pass.Batches : []) path.Batches.Enqueue(batch);
        if (Leads && !done.Pass.Large.IsEmpty) path.Large = path.Large with { Waiting = [.. done.Pass.Large.Select(file => new PathTransfer(file.Relative, null, file.Size))] };
        path.LargeFiles.Tell(new TakeLarge(Leads ? done.Pass.Large : []));
        path.Pause = done.Pass.Soon ? Rest : Pause;
        Next(path, done.Pass.Again);
    }

    private void Next(WatchedPath path, bool again)
    {
        if (path.Batches.TryDequeue(out var batch))
        {
            var name = path.Worker.Name;
            Context.Parent.Ask<object>(new FoundChanges(batch, PathWorker.By), LongestProposal)
                .PipeTo(Self, success: answer => new Proposed(name, answer is ChangeAcknowledged), failure: _ => new Proposed(name, false));
            return;
        }
        path.IsBusy = false;
        TellLast();
        if (path.IsDue) Due(path);
        else if (again) Timers.StartSingleTimer(path.Worker.Name, new LookAgain(path.Worker.Name), path.Pause);
    }

    /// <summary>The role is given up and the service stopped: what it has written last gets to the other node.</summary>
    private void Last()
    {
        _last = true;
        foreach (var path in _paths.Values)
        {
            path.TookLast = false;
            Due(path);
        }
    }

    /// <summary>What the service wrote last is ordered, large files too; the replica does not wait for them longer than it has time.</summary>
    private void TellLast()
    {
        if (!_last || !_paths.Values.All(path => path.TookLast && path.Large.Waiting.Count == 0)) return;
        _last = false;
        Context.Parent.Tell(new LastTaken());
    }

    /// <summary>What was refused is found again by the next look, with whatever has changed meanwhile.</summary>
    private void Go(WatchedPath path, Proposed proposed)
    {
        if (!proposed.Accepted)
        {
            path.Batches.Clear();
            path.IsDue = false;
        }
        path.TookLast |= path.IsLast && path.Batches.Count == 0;
        Next(path, again: true);
    }

    private void Answer(bool late)
    {
        if (_claim is not { } claim) return;
        (_claim, var open) = (null, _paths.Values.Where(path => path.Agreed != claim).Select(path => $"{path.Worker.Name}{Wording(path)}").ToList());
        Timers.Cancel(nameof(ClaimLate));
        if (late)
            _election.Tell(new RaiseAlarm(AlarmKind.PathRefused, $"the claim did not wait longer than {_settings.PathsTimeout.TotalSeconds:0.###} s for files that are not written: {string.Join("; ", open)}"));
        Context.Parent.Tell(new FilesWritten(claim));
    }

    private static string Wording(WatchedPath path) =>
        path.Report.Refused.Count == 0 ? "" : $" ({string.Join(", ", path.Report.Refused.Take(5).Select(refused => refused.Relative))})";

    private void Drifted(WatchedPath path, IReadOnlyList<string> drifted)
    {
        var more = drifted.Count > 5 ? $" and {drifted.Count - 5} more" : "";
        var where = path.Report.Where;
        var names = string.Join(", ", drifted.Take(5).Select(relative => relative.Length == 0 ? where : $"{where}/{relative}"));
        _election.Tell(new RaiseAlarm(AlarmKind.PathDrift, $"changed on this node, which is not active, and put back: {names}{more}; copies are kept in the state directory under drift"));
        Timers.StartSingleTimer(nameof(DriftOver), new DriftOver(), DriftShown);
    }

    private void Show(WatchedPath path, LargeShown shown)
    {
        path.Large = shown;
        TellLast();
        TellRefused();
    }

    private void TellRefused()
    {
        var refused = _paths.Values.SelectMany(path => path.Shown(_transfers).Refused.Select(one => $"{path.Worker.Name}{(one.Relative.Length == 0 ? "" : "/")}{one.Relative}: {one.Reason}")).ToList();
        if (refused.Count == 0) _election.Tell(new ClearAlarm(AlarmKind.PathRefused));
        else _election.Tell(new RaiseAlarm(AlarmKind.PathRefused, $"not replicated: {string.Join("; ", refused.Take(5))}{(refused.Count > 5 ? $"; and {refused.Count - 5} more: failoverctl config paths" : "")}"));
    }

    private sealed record Stirred(string Name);

    private sealed record Settled(string Name, long Stir);

    private sealed record LookAgain(string Name);

    private sealed record Done(string Name, PathPass Pass, bool WroteOut, CaughtUp? Claim, bool Last);

    private sealed record Proposed(string Name, bool Accepted);

    private sealed record ClaimLate;

    private sealed record DriftOver;

    private sealed record IntervalPassed;
}
