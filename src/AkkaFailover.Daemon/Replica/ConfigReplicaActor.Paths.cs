using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Paths;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The watched paths: shown what changes, asked before a claim and before a handover.</summary>
public sealed partial class ConfigReplicaActor
{
    /// <summary>How long a handover waits for the watched paths to be looked at once more.</summary>
    private static readonly TimeSpan LongestLastLook = TimeSpan.FromMilliseconds(500);

    /// <summary>The paths keep their own time; who has failed altogether must not keep a claim from being made.</summary>
    private static readonly TimeSpan PathsGrace = TimeSpan.FromSeconds(1);

    private readonly IActorRef? _paths;
    private readonly TimeSpan _pathsTimeout;
    private Moment _replayBegan;
    private ReplicaView? _shown;

    private void Order(Core.Election.ReplicaEffect order)
    {
        if (order is LedElsewhere)
        {
            // It orders nothing: a handover under way goes on.
            Step(new RoleOrdered(order));
            return;
        }
        _replayBegan = order is BeginReplay ? _clock.Now : _replayBegan;
        Timers.Cancel(nameof(LastTaken));
        if (order is FlushReplica && _paths is not null && _replica.Mode == ReplicaMode.Leading)
        {
            _paths.Tell(new TakeLast());
            Timers.StartSingleTimer(nameof(LastTaken), new LastTaken(), LongestLastLook);
        }
        else
            Step(new RoleOrdered(order));
    }

    private void Flush()
    {
        Timers.Cancel(nameof(LastTaken));
        Step(new RoleOrdered(new FlushReplica()));
    }

    private void OnCaughtUp(CaughtUp caught)
    {
        var took = (_clock.Now - _replayBegan).TotalMilliseconds;
        var missing = caught.MissingVersions == 0 ? "" : $"; not in sync, {caught.MissingVersions} or more later versions may not be here";
        _election.Tell(new Report("replay", $"replayed to version {caught.Version}, digest {caught.Digest[..16]}… verified in {took:0.0} ms{missing}"));
        ShowPaths();
        if (_paths is null)
            _election.Tell(caught);
        else
        {
            _paths.Tell(new WriteFiles(caught));
            Timers.StartSingleTimer(nameof(FilesWritten), new FilesWritten(caught), _pathsTimeout + PathsGrace);
        }
    }

    /// <summary>Of a claim that was given up meanwhile nobody wants to hear.</summary>
    private void OnFilesWritten(CaughtUp caught)
    {
        Timers.Cancel(nameof(FilesWritten));
        if (_replica.Mode == ReplicaMode.Replaying && _replica.Term == caught.Term)
            _election.Tell(caught);
    }

    private void ShowPaths()
    {
        if (_paths is null)
            return;
        var view = new ReplicaView(_replica.State, _replica.Leads ? _replica.State.Last : Math.Max(_replica.State.Start.Version, Math.Min(_replica.Durable, _replica.State.Last)), _replica.Mode);
        if (_shown is { } shown && shown.Mode == view.Mode && shown.Version == view.Version && ReferenceEquals(shown.State, view.State))
            return;
        _paths.Tell(_shown = view);
    }
}
