using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Linux.Blobs;

/// <summary>A blob whose segments come one by one; those that are here, of it or of any other blob, need not come.</summary>
internal sealed class PartialBlob(SegmentFolder segments, BlobMap map, Action publish) : IPartialBlob
{
    public bool Has(int segment) => segments.Has(map.Segments[segment]);

    public bool TryWrite(int segment, ReadOnlySpan<byte> content)
    {
        if (content.Length != map.Blob.LengthOf(segment) || Digest.Of(content) != map.Segments[segment]) return false;
        segments.Write(map.Segments[segment], content);
        return true;
    }

    public void Complete()
    {
        if (!map.Segments.All(segments.Has)) throw new InvalidOperationException("segments are missing");
        publish();
    }

    public void Dispose()
    {
        // What is here stays: the next one goes on with it.
    }
}
