using System.Collections.Immutable;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Paths;

/// <summary>The replica as its watched paths see it; it shares what never changes.</summary>
/// <param name="State">Its log and entries.</param>
/// <param name="Version">The last version on this node's disk; of an active the last one.</param>
/// <param name="Mode">What it does.</param>
internal sealed record ReplicaView(ReplicaState State, long Version, ReplicaMode Mode)
{
    /// <summary>Whether a watched path may have to be looked at since an earlier view: not for other keys, nor for what it proposed itself.</summary>
    public bool Concerns(ReplicaView? before) =>
        before is null || before.Mode != Mode || before.Version > Version || before.Version < State.Start.Version
        || !State.Contains(before.Version, before.State.DigestAt(before.Version))
        || State.After(before.Version).TakeWhile(next => next.Change.Version <= Version).Any(next =>
            PathKeys.IsKey(next.Change.Key) && (Mode != ReplicaMode.Leading || next.Change.By != PathWorker.By));
}

/// <summary>A claim waits: bring the files to the version replayed, then answer <see cref="FilesWritten"/>.</summary>
internal sealed record WriteFiles(CaughtUp Caught);

/// <summary>The files agree with what was replayed, or there was no more time.</summary>
internal sealed record FilesWritten(CaughtUp Caught);

/// <summary>Asks the replica for its present <see cref="ReplicaView"/>; more come as it changes.</summary>
internal sealed record ShowReplica;

/// <summary>The role is being given up: take what was written last, then answer <see cref="LastTaken"/>.</summary>
internal sealed record TakeLast;

/// <summary>All that was in the files is ordered.</summary>
internal sealed record LastTaken;

/// <summary>Asks for the watched paths: <see cref="IReadOnlyList{T}"/> of <see cref="PathReport"/>.</summary>
public sealed record GetPaths;

/// <summary>A file that is not on both nodes yet.</summary>
/// <param name="Done">Bytes that are on this node; null where it is the other one that fetches it.</param>
/// <param name="Size">Of so many.</param>
public sealed record PathTransfer(string Relative, long? Done, long Size);

/// <summary>A file of a path that becomes a blob.</summary>
internal sealed record LargeFile(string Relative, long Size);

/// <summary>These large files differ from their entries: bring them into the replica.</summary>
internal sealed record TakeLarge(ImmutableArray<LargeFile> Files);

/// <summary>A large file is an entry, or was refused: the path is to be looked at again.</summary>
internal sealed record LargeDone(string Name);

/// <summary>How far the large files of a path are.</summary>
internal sealed record LargeShown(string Name, IReadOnlyList<PathTransfer> Waiting, IReadOnlyList<PathRefusal> Refused);

/// <summary>One watched path.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Where">Where it lives on this node.</param>
/// <param name="Files">Files, folders and links in it.</param>
/// <param name="Bytes">Bytes of the files.</param>
/// <param name="State">watching, following, waiting, writing or failed, with the reason.</param>
/// <param name="Refused">What is not replicated or could not be written.</param>
public sealed record PathReport(string Name, string Where, int Files, long Bytes, string State, IReadOnlyList<PathRefusal> Refused)
{
    /// <summary>Large files that are on their way.</summary>
    public IReadOnlyList<PathTransfer> Transfers { get; init; } = [];
}
