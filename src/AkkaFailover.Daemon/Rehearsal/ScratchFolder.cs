using System.Collections.Immutable;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Rehearsal;

/// <summary>The watched paths of a group as the replica has them, written beside their real places. Blocks.</summary>
internal sealed class ScratchFolder(string path, GroupSettings group, IBlobStore blobs, WatchedTreeOpener open, WatchedTreeOpener openDatabase, Func<string, long> freeBytes)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Writes all paths and compares each file with its entry.</summary>
    /// <returns>What was written where, and in a few words what it was.</returns>
    /// <exception cref="IOException">Something could not be written, or is not what was written.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public (IReadOnlyList<RoomPlace> Places, string Text) Write(HeldEntries held, CancellationToken stop)
    {
        Remove();
        Directory.CreateDirectory(path, OwnerOnly);
        var trees = Trees(held).Where(tree => tree.Wanted.Count > 0).ToList();
        Reserve(trees.Sum(tree => tree.Wanted.Values.Sum(SizeOf)));
        foreach (var tree in trees)
        {
            stop.ThrowIfCancellationRequested();
            Directory.CreateDirectory(System.IO.Path.Combine(path, System.IO.Path.GetDirectoryName(tree.Copy)!), OwnerOnly);
            Write(tree, stop);
        }
        stop.ThrowIfCancellationRequested();
        var files = trees.Sum(tree => tree.Wanted.Count);
        return ([.. trees.Select(tree => new RoomPlace(tree.Copy, tree.Where))], $"version {held.End.Version}, {(files == 1 ? "1 entry" : $"{files} entries")} of watched paths, digests verified");
    }

    /// <summary>Takes it away, also what an earlier run of the daemon left.</summary>
    /// <exception cref="IOException">It cannot be taken away.</exception>
    public void Remove()
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    private IEnumerable<Tree> Trees(HeldEntries held)
    {
        foreach (var (name, where) in group.Config.Paths) yield return new Tree(name, where, System.IO.Path.Combine("paths", name), open, WantedTree.ReadAll(name, held.Entries));
        foreach (var (name, where) in group.Config.Databases)
            yield return new Tree(name, where, System.IO.Path.Combine("databases", name), openDatabase, WantedTree.ReadAll(PathKeys.OfDatabase(name), held.Entries));
    }

    private static long SizeOf(WantedEntry entry) => PathRecord.BlobIn(entry.Value)?.Size ?? entry.Value.Length;

    /// <summary>The journal is on the same disk: a standby whose disk is full is none.</summary>
    private void Reserve(long bytes)
    {
        var free = freeBytes(path);
        if (bytes > free / 2)
            throw new IOException($"the watched paths are {bytes >> 20} MiB, and {free >> 20} MiB are free in {path}: a rehearsal takes no more than half of that; make room, or put failover.state-dir on a larger disk");
    }

    private void Write(Tree copy, CancellationToken stop)
    {
        using var tree = copy.Open(System.IO.Path.Combine(path, copy.Copy), blobs);
        var nothing = new Dictionary<string, Digest>();
        var plan = PathComparison.Of(copy.Wanted, nothing, nothing, ImmutableHashSet<string>.Empty, diskWins: false);
        Require(copy, plan.Refused);
        Require(copy, tree.Apply([], plan.Write));
        stop.ThrowIfCancellationRequested();
        var scan = tree.Scan();
        if (scan.Fault is { } fault) throw new IOException($"{copy.Where}: {fault}");
        Require(copy, [.. copy.Wanted.Where(wanted => !scan.Found.TryGetValue(wanted.Key, out var found) || found.Content != wanted.Value.Content)
            .Select(wanted => new PathRefusal(wanted.Key, "what was written is not what the entry says"))]);
    }

    private static void Require(Tree copy, IReadOnlyCollection<PathRefusal> refused)
    {
        if (refused.Count == 0) return;
        var more = refused.Count > 3 ? $" and {refused.Count - 3} more" : "";
        throw new IOException($"{string.Join("; ", refused.Take(3).Select(one => $"{copy.Where}{(one.Relative.Length == 0 ? "" : "/")}{one.Relative}: {one.Reason}"))}{more}");
    }

    private sealed record Tree(string Name, string Where, string Copy, WatchedTreeOpener Open, Dictionary<string, WantedEntry> Wanted);
}
