using System.Text;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Paths;

/// <summary>A file or folder with all that is in it, and the kernel's word when it changes.</summary>
public sealed partial class FileTree : IWatchedTree
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly string _parent;
    private readonly byte[] _rootName;
    private readonly string _temporaries;
    private readonly IBlobStore _blobs;
    private readonly bool _isDatabase;
    private readonly SpareFile? _spare;
    private readonly TreeWatcher? _watcher;
    private Dictionary<string, (NodeStat Stat, Digest Content)> _seen = new(StringComparer.Ordinal);

    private FileTree(string root, IBlobStore blobs, bool isDatabase)
    {
        (_blobs, _isDatabase, _spare) = (blobs, isDatabase, isDatabase ? new SpareFile(blobs) : null);
        root = root.Length > 1 ? root.TrimEnd('/') : root;
        _parent = Path.GetDirectoryName(root) is { Length: > 0 } parent ? parent : "/";
        _rootName = TreeCalls.Name(Path.GetFileName(root));
        // Two paths may be in one folder.
        _temporaries = $"{PathRules.Unfinished}{Digest.Of(_rootName).ToString()[..8]}-";
        RemoveSpare();
        try
        {
            _watcher = new TreeWatcher(isDatabase ? [_rootName, TreeCalls.Name($"{Path.GetFileName(root)}-wal")] : [_rootName], eachWrite: isDatabase, () => Changed?.Invoke());
        }
        catch (IOException)
        {
            // The kernel has no more of them for this user: each look says so.
        }
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Opens a path, which need not be there yet.</summary>
    public static IWatchedTree Open(string root, IBlobStore blobs) => new FileTree(root, blobs, isDatabase: false);

    /// <summary>Opens the file of an SQLite database: each write to it or to its log is heard, not only when it is closed.</summary>
    public static IWatchedTree OpenDatabase(string file, IBlobStore blobs) => new FileTree(file, blobs, isDatabase: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher?.Dispose();
        RemoveSpare();
    }

    private void RemoveSpare()
    {
        using var parent = _spare is null ? null : TreeCalls.OpenPath(_parent);
        if (parent is not null) _spare!.Remove(parent, TemporaryName(0));
    }

    /// <inheritdoc/>
    public TreeScan Scan()
    {
        using var parent = TreeCalls.OpenPath(_parent);
        if (parent is null) return Failed($"{_parent}: {Errno.Describe(Errno.Last)}");
        var look = new Look(_seen);
        look.Watched &= _watcher?.Add(parent, holdsRoot: true) == true;
        try
        {
            Visit(look, parent, _rootName, "");
        }
        catch (IOException e)
        {
            return Failed(e.Message);
        }
        _seen = look.Seen;
        foreach (var gone in _open.Keys.Where(path => !look.Found.ContainsKey(path) && !look.Busy.Contains(path))) _open.TryRemove(gone, out _);
        if (!look.Watched) look.Refused.Add(new PathRefusal("", "the kernel's limit of watches is reached (fs.inotify.max_user_watches, max_user_instances): changes are seen by the periodic comparison only"));
        return new TreeScan(look.Found, look.Refused, look.Busy, null) { IsKeptOpen = !_open.IsEmpty };
    }

    /// <inheritdoc/>
    public PathRecord? Read(string relative)
    {
        using var folder = OpenHolder(relative);
        return folder is null || TreeCalls.Stat(folder, NameOf(relative)) is not { Kind: { } kind } stat ? null
            : IsLarge(stat) ? ReadLarge(folder, NameOf(relative), stat, _blobs.Keep, out _)
            : Read(folder, NameOf(relative), relative, kind, stat, out _);
    }

    /// <inheritdoc/>
    public Stream? Open(string relative)
    {
        using var folder = OpenHolder(relative);
        if (folder is null || TreeCalls.Stat(folder, NameOf(relative)) is not { Kind: PathKind.File }) return null;
        return TreeCalls.OpenFile(folder, NameOf(relative)) is { } file ? new FileStream(file, FileAccess.Read, bufferSize: 0) : null;
    }

    private static TreeScan Failed(string reason) => new(new Dictionary<string, FoundNode>(), [], new HashSet<string>(), reason);

    private void Visit(Look look, SafeFileHandle folder, byte[] name, string relative)
    {
        if (TreeCalls.Stat(folder, name) is not { } stat) return;
        if (stat.Kind is not { } kind) look.Refuse(relative, $"it is {stat.Word}");
        else if (look.Found.Count >= PathRules.MaxEntries) throw new IOException($"more than {PathRules.MaxEntries} files and folders: nothing of the path is taken");
        else if (look.Known.TryGetValue(relative, out var seen) && seen.Stat == stat && !IsFresh(stat) && !_open.ContainsKey(relative)) look.Take(relative, kind, stat, seen.Content, IsLarge(stat));
        else if (kind == PathKind.File && stat.Size > BlobRules.MaxSize) look.Refuse(relative, $"it has {stat.Size} bytes; at most {BlobRules.MaxSize} are replicated");
        else if ((IsLarge(stat) ? ReadLarge(folder, name, stat, MapOf, out var refusal) : Read(folder, name, relative, kind, stat, out refusal)) is not { } record) look.Leave(relative, refusal);
        else if (PathRules.Refuse(relative, record) is { } reason) look.Refuse(relative, reason);
        else look.Take(relative, kind, stat, Digest.Of(record.Encode()), IsLarge(stat));
        if (stat.Kind == PathKind.Folder && look.Found.ContainsKey(relative)) VisitAll(look, folder, name, relative);
    }

    private void VisitAll(Look look, SafeFileHandle holder, byte[] name, string relative)
    {
        using var folder = TreeCalls.OpenFolder(holder, name);
        if (folder is null)
        {
            look.Leave(relative, $"the folder cannot be read: {Errno.Describe(Errno.Last)}");
            return;
        }
        look.Watched &= _watcher?.Add(folder) == true;
        if (TreeCalls.Names(folder) is not { } names)
        {
            look.Leave(relative, $"the folder cannot be read: {Errno.Describe(Errno.Last)}");
            return;
        }
        foreach (var inner in names)
        {
            if (inner.AsSpan().StartsWith(Unfinished)) continue;
            if (TryName(inner, out var text))
            {
                var path = relative.Length == 0 ? text : $"{relative}/{text}";
                if (PathRules.Refuse(path) is { } reason && path.Split('/').Length > PathRules.MaxDepth) throw new IOException($"{relative}: {reason}: nothing of the path is taken");
                else if ((PathRules.Refuse(path) ?? PathKeys.Refuse(LongestName, path)) is { } refusal) look.Refuse(path, refusal);
                else Visit(look, folder, inner, path);
            }
            else
                look.Refused.Add(new PathRefusal($"{relative}/{text}", "the name is not valid UTF-8"));
        }
    }

    private PathRecord? Read(SafeFileHandle folder, byte[] name, string relative, PathKind kind, NodeStat stat, out string? refusal)
    {
        refusal = null;
        switch (kind)
        {
            case PathKind.Folder:
                return new PathRecord(kind, stat.Mode, stat.Owner, stat.Group, []);
            case PathKind.Link:
                if (TreeCalls.ReadLink(folder, name) is not { } target) return null;
                if (!TryName([.. target, 0], out _))
                {
                    refusal = "the link's target is not valid UTF-8";
                    return null;
                }
                return new PathRecord(kind, 0, stat.Owner, stat.Group, target);
        }
        using var file = TreeCalls.OpenFile(folder, name);
        if (file is null)
        {
            refusal = Errno.Last == TreeCalls.NotThere ? null : $"it cannot be read: {Errno.Describe(Errno.Last)}";
            return null;
        }
        if (!MayRead(file, relative, stat) || TreeCalls.Stat(file) != stat) return null;
        var content = new byte[stat.Size];
        var length = RandomAccess.Read(file, content, 0);
        while (length < content.Length && RandomAccess.Read(file, content.AsSpan(length), length) is var more and > 0) length += more;
        return length == stat.Size && TreeCalls.Stat(file) == stat ? new PathRecord(kind, stat.Mode, stat.Owner, stat.Group, content) : null;
    }

    /// <summary>A change within the clock's grain of the last look would look the same: such a file is read again.</summary>
    private static bool IsFresh(NodeStat stat) =>
        DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(stat.Changed.Seconds).AddMicroseconds(stat.Changed.Nanoseconds / 1000) is var age && age < TimeSpan.FromMilliseconds(100) && stat.Kind == PathKind.File;

    private static bool TryName(byte[] name, out string text)
    {
        try
        {
            text = Strict.GetString(name.AsSpan(0, name.Length - 1));
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = Encoding.UTF8.GetString(name.AsSpan(0, name.Length - 1));
            return false;
        }
    }

    private static readonly byte[] Unfinished = Encoding.ASCII.GetBytes(PathRules.Unfinished);

    /// <summary>The longest that a path's own name may be: what fits under that fits under each.</summary>
    private static readonly string LongestName = new('x', 64);

    /// <summary>One walk through the tree.</summary>
    private sealed class Look(Dictionary<string, (NodeStat Stat, Digest Content)> known)
    {
        public Dictionary<string, (NodeStat Stat, Digest Content)> Known { get; } = known;

        public Dictionary<string, (NodeStat Stat, Digest Content)> Seen { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, FoundNode> Found { get; } = new(StringComparer.Ordinal);

        public List<PathRefusal> Refused { get; } = [];

        public HashSet<string> Busy { get; } = new(StringComparer.Ordinal);

        public bool Watched { get; set; } = true;

        public void Take(string relative, PathKind kind, NodeStat stat, Digest content, bool isLarge)
        {
            Seen[relative] = (stat, content);
            Found[relative] = new FoundNode(kind, kind == PathKind.File ? stat.Size : 0, content) { IsLarge = isLarge };
        }

        /// <summary>It may change under our eyes, or cannot be read.</summary>
        public void Leave(string relative, string? refusal)
        {
            if (refusal is null) Busy.Add(relative);
            else Refuse(relative, refusal);
        }

        public void Refuse(string relative, string reason) => Refused.Add(new PathRefusal(relative, reason));
    }
}
