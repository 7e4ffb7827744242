using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Paths;

/// <summary>What one pass over a path came to.</summary>
/// <param name="Report">For people.</param>
/// <param name="Batches">Changes to be proposed.</param>
/// <param name="Drifted">What was put back although somebody had changed it here.</param>
/// <param name="Again">Something was left that time may mend: look again soon.</param>
/// <param name="Agrees">Files and entries are the same but for what is refused.</param>
/// <param name="Compared">The path could be looked at.</param>
internal sealed record PathPass(
    PathReport Report, IReadOnlyList<ImmutableArray<KeyChange>> Batches, IReadOnlyList<string> Drifted, bool Again, bool Agrees, bool Compared = true)
{
    /// <summary>A file that a program keeps open was written a moment ago: its turn comes when it has been at rest.</summary>
    public bool Soon { get; init; }

    /// <summary>Files to be taken that are too large for a batch.</summary>
    public ImmutableArray<LargeFile> Large { get; init; } = [];
}

/// <summary>Brings one watched path and its entries together; blocks, and runs one pass, and beside it one large file, at a time.</summary>
internal sealed class PathWorker(string name, string where, IWatchedTree tree, DriftFolder drift) : IDisposable
{
    /// <summary>Who makes the changes, for the log.</summary>
    public const string By = "config.paths";

    private readonly Dictionary<string, Digest> _agreed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Digest?> _proposed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (Digest Content, long? Version)> _large = new(StringComparer.Ordinal);
    private WantedTree _wanted = WantedTree.Unread(name);
    private bool _compared;

    public string Name => name;

    public PathReport Unknown => new(name, where, 0, 0, "waiting", []);

    public void Dispose() => tree.Dispose();

    /// <summary>One pass.</summary>
    /// <param name="diskWins">This node is active, and has written out what was there before.</param>
    public PathPass Run(ReplicaView view, bool diskWins, DateTimeOffset now)
    {
        _wanted = _wanted.Advance(view.State, view.Version);
        Settle();
        if (!diskWins && _wanted.Entries.Count == 0)
        {
            // The active has not taken it yet: what is here may be all there is.
            _agreed.Clear();
            return new PathPass(Unknown, [], [], false, true);
        }
        var scan = tree.Scan();
        if (scan.Fault is { } fault) return Failed(fault, scan);
        if (diskWins && !scan.Found.ContainsKey(""))
            return Failed(scan.Refused.FirstOrDefault(refused => refused.Relative.Length == 0)?.Reason ?? "the path is not there: nothing is taken, and nothing removed from the other node", scan);
        var left = scan.Refused.Where(refused => refused.Relative.Length > 0 || !scan.Found.ContainsKey("")).Select(refused => refused.Relative)
            .Concat(scan.Busy).ToHashSet(StringComparer.Ordinal);
        var disk = scan.Found.ToDictionary(found => found.Key, found => found.Value.Content, StringComparer.Ordinal);
        var plan = PathComparison.Of(_wanted.Entries, disk, _agreed, left, diskWins);
        var failed = Keep(plan, now);
        var kept = failed.Select(refused => refused.Relative).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<PathWrite> write = [.. plan.Write.Where(write => !kept.Contains(write.Relative))];
        ImmutableArray<string> remove = [.. plan.Remove.Where(path => !kept.Contains(path))];
        if (write.Length + remove.Length > 0) failed.AddRange(tree.Apply(remove, write));
        Agree(disk, write, remove, failed);
        var drifted = _compared ? plan.Drift.Where(path => !kept.Contains(path)).ToList() : [];
        _compared = true;
        var large = plan.Take.Where(path => scan.Found.TryGetValue(path, out var found) && found.IsLarge).ToHashSet(StringComparer.Ordinal);
        var batches = PathComparison.Batches(Changes(plan.Take.Where(path => !large.Contains(path)), disk, out var again), By).ToList();
        var refused = scan.Refused.Concat(plan.Refused).Concat(failed).ToList();
        var state = failed.Count > 0 ? "writing" : diskWins ? "watching" : "following";
        var report = new PathReport(name, where, scan.Found.Count, scan.Found.Values.Sum(found => found.Size), state, refused);
        return new PathPass(report, batches, drifted, again || scan.Busy.Count > 0 || scan.IsKeptOpen || failed.Count > 0, scan.Busy.Count == 0 && failed.Count == 0)
        {
            Soon = scan.IsKeptOpen && scan.Busy.Count > 0,
            Large = [.. large.Where(path => !_large.ContainsKey(path)).Order(StringComparer.Ordinal).Select(path => new LargeFile(path, scan.Found[path].Size))],
        };
    }

    /// <summary>Reads a large file into the blob store; beside a pass.</summary>
    /// <returns>Null where it is not there, or not complete, any more.</returns>
    public KeyChange? TakeLarge(string relative)
    {
        if (tree.Read(relative) is not { } record || PathRules.Refuse(relative, record) is not null) return null;
        var value = record.Encode();
        _large[relative] = (Digest.Of(value), null);
        return new KeyChange(PathKeys.Of(name, relative), value);
    }

    /// <summary>What became of it.</summary>
    /// <param name="version">Its version; null where it was refused.</param>
    public void LargeAnswered(string relative, long? version)
    {
        if (version is not null && _large.TryGetValue(relative, out var taken)) _large[relative] = taken with { Version = version };
        else _large.TryRemove(relative, out _);
    }

    /// <summary>A pass that an exception ended.</summary>
    public PathPass Broken(string reason) => Failed(reason, new TreeScan(new Dictionary<string, FoundNode>(), [], new HashSet<string>(), reason));

    private PathPass Failed(string fault, TreeScan scan) =>
        new(new PathReport(name, where, 0, 0, "failed", [.. scan.Refused.Where(refused => refused.Relative.Length > 0).Prepend(new PathRefusal("", fault))]), [], [], Again: true, Agrees: false, Compared: false);

    /// <summary>What was taken from the disk and is an entry now was the same on both, whatever the disk has become since.</summary>
    private void Settle()
    {
        foreach (var (relative, content) in _proposed)
        {
            Digest? entry = _wanted.Entries.TryGetValue(relative, out var held) ? held.Content : null;
            if (entry != content) continue;
            if (content is { } both) _agreed[relative] = both;
            else _agreed.Remove(relative);
        }
        _proposed.Clear();
        foreach (var (relative, (content, version)) in _large)
        {
            if (_wanted.Entries.TryGetValue(relative, out var held) && held.Content == content) _agreed[relative] = content;
            // Also where the entry is another one again by now.
            if (version <= _wanted.At?.Version) _large.TryRemove(relative, out _);
        }
    }

    /// <summary>Nothing that only this host has is written over before a copy is kept.</summary>
    private List<PathRefusal> Keep(PathPlan plan, DateTimeOffset now)
    {
        var failed = new List<PathRefusal>();
        foreach (var relative in plan.Drift)
        {
            try
            {
                using var content = tree.Open(relative) ?? (tree.Read(relative) is { Kind: PathKind.Link } link ? new MemoryStream(Encoding.UTF8.GetBytes(link.Target)) : null);
                if (content is not null) drift.Keep(relative, content, now);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failed.Add(new PathRefusal(relative, $"it was edited here and no copy can be kept, so it is left: {e.Message}"));
            }
        }
        return failed;
    }

    /// <summary>What entries and disk agree on now; where a write failed, what the disk has is remembered, so that it is no edit of somebody's.</summary>
    private void Agree(Dictionary<string, Digest> disk, ImmutableArray<PathWrite> write, ImmutableArray<string> remove, List<PathRefusal> failed)
    {
        foreach (var (relative, content) in disk)
            if (_wanted.Entries.TryGetValue(relative, out var entry) && entry.Content == content) _agreed[relative] = content;
        foreach (var relative in _agreed.Keys.Where(path => !disk.ContainsKey(path) && !_wanted.Entries.ContainsKey(path)).ToList()) _agreed.Remove(relative);
        foreach (var (relative, _) in write) _agreed[relative] = _wanted.Entries[relative].Content;
        foreach (var relative in remove) _agreed.Remove(relative);
        foreach (var (relative, _) in failed)
        {
            if (disk.TryGetValue(relative, out var content)) _agreed[relative] = content;
            else _agreed.Remove(relative);
        }
    }

    private List<KeyChange> Changes(IEnumerable<string> take, Dictionary<string, Digest> disk, out bool again)
    {
        var changes = new List<KeyChange>();
        again = false;
        foreach (var relative in take)
        {
            var value = disk.ContainsKey(relative) && tree.Read(relative) is { } record && PathRules.Refuse(relative, record) is null ? record.Encode() : null;
            again |= value is null && disk.ContainsKey(relative);
            if (value is null && disk.ContainsKey(relative)) continue;
            _proposed[relative] = value is null ? null : Digest.Of(value);
            changes.Add(new KeyChange(PathKeys.Of(name, relative), value));
        }
        return changes;
    }
}
