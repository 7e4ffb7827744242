using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Blobs;

/// <summary>Answers questions about blobs from the disk; blocks.</summary>
internal static class BlobServing
{
    /// <summary>The answer to a question.</summary>
    public static BlobAnswer Answer(IBlobStore store, BlobAsk ask) => ask switch
    {
        AskBlobMap => store.MapOf(ask.Blob) is { } map ? new BlobMapTold(map) : new BlobMissing(ask.Blob),
        AskBlobPages pages => Read(store, ask.Blob, (long)pages.Segment * BlobRules.SegmentSize, ask.Blob.LengthOf(pages.Segment)) is { } segment
            ? new BlobPagesTold(ask.Blob, pages.Segment, FetchPlan.PagesOf(segment))
            : new BlobMissing(ask.Blob),
        AskBlobRange range => Read(store, ask.Blob, range.Offset, range.Length) is { } bytes
            ? new BlobRangeTold(ask.Blob, range.Offset, bytes)
            : new BlobMissing(ask.Blob),
        _ => throw new ArgumentOutOfRangeException(nameof(ask), ask, null),
    };

    private static byte[]? Read(IBlobStore store, BlobRef blob, long offset, int length)
    {
        var bytes = new byte[length];
        return store.Read(blob, offset, bytes) == length ? bytes : null;
    }
}
