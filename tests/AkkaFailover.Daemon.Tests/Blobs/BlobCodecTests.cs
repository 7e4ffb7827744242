using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Blobs;
using AkkaFailover.Daemon.Cluster;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Blobs;

public sealed class BlobCodecTests
{
    private static readonly BlobMap Map = BlobMap.Of((1 << 20) + 5, [Digest.Of("a"u8), Digest.Of("b"u8)])!;
    private static readonly BlobRef Blob = Map.Blob;
    private readonly BlobCodec _codec = new();

    [Fact]
    public void Everything_comes_back_as_it_was()
    {
        foreach (var payload in (BlobPayload[])[
            new BlobOffer(Blob, "path:vpn/größe"), new BlobHave(Blob), new BlobRefused(Blob, "no room"), new AskBlobMap(Blob), new AskBlobPages(Blob, 1),
            new AskBlobRange(Blob, 1 << 20, 5), new BlobMissing(Blob)])
            Assert.Equal(payload, Through(payload));
        var map = Assert.IsType<BlobMapTold>(Through(new BlobMapTold(Map))).Map;
        Assert.Equal((Map.Blob, true), (map.Blob, map.Segments.SequenceEqual(Map.Segments)));
        var pages = Assert.IsType<BlobPagesTold>(Through(new BlobPagesTold(Blob, 1, Map.Segments)));
        Assert.Equal((Blob, 1, true), (pages.Blob, pages.Segment, pages.Pages.SequenceEqual(Map.Segments)));
        var range = Assert.IsType<BlobRangeTold>(Through(new BlobRangeTold(Blob, 7, "bytes"u8.ToArray())));
        Assert.Equal((Blob, 7, true), (range.Blob, range.Offset, range.Bytes.Span.SequenceEqual("bytes"u8)));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Assert.Null(Through(new BlobOffer(Blob, "")));
        Assert.Null(Through(new BlobRefused(Blob, "two\nlines")));
        Assert.Null(Through(new AskBlobPages(Blob, 2)));
        Assert.Null(Through(new AskBlobPages(Blob, -1)));
        Assert.Null(Through(new AskBlobRange(Blob, 0, BlobRules.MaxRange + 1)));
        Assert.Null(Through(new AskBlobRange(Blob, 0, 0)));
        Assert.Null(Through(new AskBlobRange(Blob, 1 << 20, 6)));
        Assert.Null(Through(new AskBlobRange(Blob, -1, 5)));
        Assert.Null(Through(new BlobRangeTold(Blob, 0, new byte[BlobRules.MaxRange + 1])));
        Assert.Null(Through(new BlobRangeTold(Blob, long.MaxValue, new byte[1])));
        Assert.Null(Through(new BlobPagesTold(Blob, 0, [.. Enumerable.Repeat(Digest.None, BlobRules.MaxPages + 1)])));
    }

    [Fact]
    public void A_map_of_another_name_is_refused()
    {
        var encoded = _codec.TryEncode(new BlobMapTold(Map))!;
        var bytes = encoded.Bytes.ToArray();
        bytes[^1]++;
        Assert.Null(_codec.Decode(encoded.Manifest, bytes));
    }

    [Fact]
    public void The_largest_map_fits_a_payload()
    {
        var map = BlobMap.Of(BlobRules.MaxSize, [.. Enumerable.Repeat(Digest.Of("x"u8), BlobRules.MaxSegments)])!;
        Assert.InRange(_codec.TryEncode(new BlobMapTold(map))!.Bytes.Length, 1, EncodedPayload.MaxLength);
    }

    private LinkPayload? Through(LinkPayload payload)
    {
        var encoded = _codec.TryEncode(payload)!;
        return _codec.Decode(encoded.Manifest, encoded.Bytes.Span);
    }
}
