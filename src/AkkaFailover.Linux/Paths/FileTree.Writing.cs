using AkkaFailover.Core.Paths;
using AkkaFailover.Linux.Blobs;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Paths;

/// <summary>Writing.</summary>
public sealed partial class FileTree
{
    /// <summary>From this many files on one call syncs the whole file system instead of one each file.</summary>
    private const int ManyFiles = 16;

    /// <inheritdoc/>
    public IReadOnlyList<PathRefusal> Apply(IReadOnlyList<string> remove, IReadOnlyList<PathWrite> write)
    {
        var failed = new List<PathRefusal>();
        var touched = new HashSet<string>(StringComparer.Ordinal);
        using var parent = TreeCalls.OpenPath(_parent);
        if (parent is null) return [new PathRefusal("", $"{_parent}: {Errno.Describe(Errno.Last)}")];
        foreach (var folder in write.Where(w => w.Record.Kind == PathKind.Folder))
            Try(folder.Relative, holder => MakeFolder(holder, NameOf(folder.Relative), folder.Record));
        var files = write.Where(w => w.Record.Kind != PathKind.Folder).Select((w, i) => (Write: w, Temporary: TemporaryName(i))).ToList();
        var each = files.Count < ManyFiles;
        files = [.. files.Where(file => Try(file.Write.Relative, holder => WriteTemporary(holder, file.Temporary, file.Write.Record, each)))];
        if (!each && !TreeCalls.SyncFileSystem(parent)) throw new IOException($"{_parent}: syncfs: {Errno.Describe(Errno.Last)}");
        // Where a file takes a folder's place, what was in the folder goes first.
        var places = files.Select(file => file.Write.Relative).ToHashSet(StringComparer.Ordinal);
        foreach (var relative in remove.Where(IsInTheWay))
            Try(relative, holder => Remove(holder, NameOf(relative)));
        foreach (var (file, temporary) in files)
            Try(file.Relative, holder => Replace(holder, temporary, NameOf(file.Relative), file.Record));
        foreach (var relative in remove.Where(path => !IsInTheWay(path)))
            Try(relative, holder => Remove(holder, NameOf(relative)));
        // The renames and removals are on disk with their folders.
        foreach (var path in touched)
        {
            using var folder = OpenFolder(parent, path);
            if (folder is not null && !TreeCalls.Sync(folder)) failed.Add(new PathRefusal(path, $"fsync: {Errno.Describe(Errno.Last)}"));
        }
        if (!TreeCalls.Sync(parent)) failed.Add(new PathRefusal("", $"fsync of {_parent}: {Errno.Describe(Errno.Last)}"));
        return failed;

        bool IsInTheWay(string relative)
        {
            for (var path = PathKeys.ParentOf(relative); path is not null; path = PathKeys.ParentOf(path))
                if (places.Contains(path)) return true;
            return false;
        }

        bool Try(string relative, Func<SafeFileHandle, string?> action)
        {
            using var holder = OpenHolder(relative);
            var problem = holder is null ? $"its folder cannot be opened: {Errno.Describe(Errno.Last)}" : action(holder);
            if (problem is not null) failed.Add(new PathRefusal(relative, problem));
            else if (PathKeys.ParentOf(relative) is { } folder) touched.Add(folder);
            return problem is null;
        }
    }

    private static string? MakeFolder(SafeFileHandle holder, byte[] name, PathRecord record)
    {
        if (TreeCalls.Stat(holder, name) is { Kind: not PathKind.Folder } && !TreeCalls.Remove(holder, name, isFolder: false)) return Problem("remove what is in its place");
        if (!TreeCalls.MakeFolder(holder, name) && Errno.Last != TreeCalls.Exists) return Problem("mkdir");
        using var folder = TreeCalls.OpenFolder(holder, name);
        return folder is null ? Problem("open") : TreeCalls.SetAttributes(folder, record) && TreeCalls.Sync(folder) ? null : Problem("mode and owner");
    }

    private string? WriteTemporary(SafeFileHandle holder, byte[] temporary, PathRecord record, bool sync)
    {
        if (_spare?.TryFill(holder, temporary, record) == true) return null;
        _ = TreeCalls.Remove(holder, temporary, isFolder: false); // what a run that was killed has left
        if (record is { Kind: PathKind.Link, Content: PathContent.Inline link })
            return TreeCalls.MakeLink([.. link.Bytes, 0], holder, temporary) && TreeCalls.SetLinkOwner(holder, temporary, record) ? null : Drop("symlink");
        var large = (record.Content as PathContent.Kept)?.Blob;
        using var blob = large is null ? null : _blobs.Open(large);
        if (large is not null && blob is null) return "its content is not on this node yet";
        using var file = TreeCalls.CreateFile(holder, temporary);
        if (file is null) return Problem("create");
        try
        {
            if (record.Content is PathContent.Inline inline) RandomAccess.Write(file, inline.Bytes, 0);
            else if (SegmentFile.Write(blob!, file)?.Blob != large)
            {
                _blobs.Verify(large!);
                _ = TreeCalls.Remove(holder, temporary, isFolder: false);
                return "its content on this node was damaged: it is fetched from the other node";
            }
        }
        catch (IOException e)
        {
            _ = TreeCalls.Remove(holder, temporary, isFolder: false);
            return e.Message;
        }
        return TreeCalls.SetAttributes(file, record) && (!sync || TreeCalls.Sync(file)) ? null : Drop("mode, owner and fsync");

        string Drop(string call)
        {
            var problem = Problem(call);
            _ = TreeCalls.Remove(holder, temporary, isFolder: false);
            return problem;
        }
    }

    private string? Replace(SafeFileHandle holder, byte[] temporary, byte[] name, PathRecord record)
    {
        if (_spare?.TryPlace(holder, temporary, name, record) ?? TreeCalls.Rename(holder, temporary, name)) return null;
        // A folder was there, whose content is no entry any more.
        if (Errno.Last == TreeCalls.IsADirectory && RemoveFolder(holder, name) && TreeCalls.Rename(holder, temporary, name)) return null;
        var problem = Problem("rename");
        _ = TreeCalls.Remove(holder, temporary, isFolder: false);
        return problem;
    }

    private static string? Remove(SafeFileHandle holder, byte[] name) =>
        TreeCalls.Stat(holder, name) is not { } stat ? null
        : (stat.Kind == PathKind.Folder ? RemoveFolder(holder, name) : TreeCalls.Remove(holder, name, isFolder: false)) ? null
        : Problem("remove");

    /// <summary>A folder with nothing in it but this program's unfinished files.</summary>
    private static bool RemoveFolder(SafeFileHandle holder, byte[] name)
    {
        using (var folder = TreeCalls.OpenFolder(holder, name))
        {
            foreach (var left in folder is null ? [] : TreeCalls.Names(folder) ?? [])
                if (left.AsSpan().StartsWith(Unfinished)) _ = TreeCalls.Remove(folder!, left, isFolder: false);
        }
        return TreeCalls.Remove(holder, name, isFolder: true);
    }

    /// <summary>The folder that holds something, opened step by step from the root.</summary>
    private SafeFileHandle? OpenHolder(string relative)
    {
        using var parent = PathKeys.ParentOf(relative) is null ? null : TreeCalls.OpenPath(_parent);
        return PathKeys.ParentOf(relative) is not { } folder ? TreeCalls.OpenPath(_parent) : parent is null ? null : OpenFolder(parent, folder);
    }

    /// <summary>A folder below the root, or the root, without following a link.</summary>
    private SafeFileHandle? OpenFolder(SafeFileHandle parent, string relative)
    {
        var folder = TreeCalls.OpenFolder(parent, _rootName);
        foreach (var name in relative.Length == 0 ? [] : relative.Split('/'))
        {
            if (folder is null) return null;
            var next = TreeCalls.OpenFolder(folder, TreeCalls.Name(name));
            folder.Dispose();
            folder = next;
        }
        return folder;
    }

    private byte[] TemporaryName(int number) => TreeCalls.Name($"{_temporaries}{number}");

    private byte[] NameOf(string relative) => relative.Length == 0 ? _rootName : TreeCalls.Name(relative[(relative.LastIndexOf('/') + 1)..]);

    private static string Problem(string call) => $"{call}: {Errno.Describe(Errno.Last)}";
}
