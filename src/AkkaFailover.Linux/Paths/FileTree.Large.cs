using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Paths;
using AkkaFailover.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Paths;

/// <summary>Files whose content is a blob.</summary>
public sealed partial class FileTree
{
    /// <summary>A database is a blob whatever its size: of the next one only what changed travels.</summary>
    private bool IsLarge(NodeStat stat) => stat.Kind == PathKind.File && stat.Size > (_isDatabase ? 0 : PathRecord.MaxContent);

    /// <summary>Reads a large file as an entry.</summary>
    /// <param name="take">What is done with its content.</param>
    private static PathRecord? ReadLarge(SafeFileHandle folder, byte[] name, NodeStat stat, Func<Stream, BlobMap> take, out string? refusal)
    {
        refusal = null;
        using var file = TreeCalls.OpenFile(folder, name);
        if (file is null)
        {
            refusal = Errno.Last == TreeCalls.NotThere ? null : $"it cannot be read: {Errno.Describe(Errno.Last)}";
            return null;
        }
        if (TreeCalls.IsBeingWritten(file) || TreeCalls.Stat(file) != stat) return null;
        BlobMap map;
        using (var content = new FileStream(new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0))
            map = take(content);
        return map.Blob.Size == stat.Size && TreeCalls.Stat(file) == stat ? new PathRecord(stat.Mode, stat.Owner, stat.Group, map.Blob) : null;
    }

    /// <inheritdoc/>
    public PathRecord? Describe(BlobRef content)
    {
        using var parent = TreeCalls.OpenPath(_parent);
        return parent is not null && TreeCalls.Stat(parent, _rootName) is { Kind: PathKind.File } stat ? new PathRecord(stat.Mode, stat.Owner, stat.Group, content) : null;
    }

    private static BlobMap MapOf(Stream content) => BlobMapBuilder.Of(content) ?? throw new IOException("its size has changed while it was read");
}
