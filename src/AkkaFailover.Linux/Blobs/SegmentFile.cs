using AkkaFailover.Core.Blobs;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Blobs;

/// <summary>How a large content gets into a file.</summary>
internal static class SegmentFile
{
    /// <summary>Segments between two syncs: what other programs' syncs, the journal's first of all, may have to wait behind.</summary>
    public const int SyncEvery = 8;

    /// <summary>Writes a content to an empty file. The last of it is not synced yet.</summary>
    /// <returns>What was written; null where there was nothing, or more than a blob may have.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public static BlobMap? Write(Stream content, SafeFileHandle file)
    {
        var (offset, segments) = (0L, 0);
        return BlobMapBuilder.Of(content, (_, segment) =>
        {
            RandomAccess.Write(file, segment.Span, offset);
            offset += segment.Length;
            if (++segments % SyncEvery == 0) RandomAccess.FlushToDisk(file);
        });
    }
}
