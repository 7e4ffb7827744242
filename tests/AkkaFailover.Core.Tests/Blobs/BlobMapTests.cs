using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Replica;
using Xunit;

namespace AkkaFailover.Core.Tests.Blobs;

public sealed class BlobMapTests
{
    [Fact]
    public void A_map_is_read_under_its_own_name_only()
    {
        var map = MapOf(Bytes((2 << 20) + 5));
        Assert.Equal((3, 5), (map.Segments.Length, map.Blob.LengthOf(2)));
        var bytes = map.ToBytes();
        Assert.Equal(map.Segments.AsEnumerable(), BlobMap.Read(map.Blob, bytes)!.Segments.AsEnumerable());
        bytes[40]++;
        Assert.Null(BlobMap.Read(map.Blob, bytes));
        Assert.Null(BlobMap.Read(map.Blob, bytes.AsSpan(1)));
        Assert.Null(BlobMap.Read(map.Blob, bytes.AsSpan(Digest.Size)));
    }

    [Fact]
    public void The_size_is_part_of_the_name()
    {
        var map = MapOf(new byte[10]);
        Assert.NotEqual(map.Blob.Name, BlobMap.Of(11, map.Segments)!.Blob.Name);
        Assert.Null(BlobMap.Read(BlobRef.Of(map.Blob.Name, 11)!, map.ToBytes()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData((1L << 30) + 1)]
    [InlineData(long.MaxValue)]
    public void Nothing_can_name_what_cannot_be(long size)
    {
        Assert.Null(BlobRef.Of(Digest.Of("x"u8), size));
        Assert.Null(BlobMap.Of(size, [Digest.None]));
    }

    [Fact]
    public void A_name_is_the_same_after_encoding_and_decoding()
    {
        var blob = BlobRef.Of(Digest.Of("x"u8), BlobRules.MaxSize)!;
        var bytes = new byte[BlobRef.EncodedSize];
        blob.Write(bytes);
        Assert.Equal(blob, BlobRef.Read(bytes));
        Assert.Null(BlobRef.Read(bytes.AsSpan(1)));
        bytes[Digest.Size] = 0xFF;
        Assert.Null(BlobRef.Read(bytes));
    }

    [Fact]
    public void The_largest_blob_has_a_map_and_a_larger_one_none()
    {
        var segment = new byte[BlobRules.SegmentSize];
        var builder = new BlobMapBuilder();
        for (var i = 0; i < BlobRules.MaxSegments; i++) Assert.True(builder.Add(segment));
        Assert.Equal(BlobRules.MaxSize, builder.Build()!.Blob.Size);
        Assert.False(builder.Add(segment));
    }

    internal static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal static BlobMap MapOf(byte[] content)
    {
        var builder = new BlobMapBuilder();
        foreach (var segment in content.Chunk(BlobRules.SegmentSize)) builder.Add(segment);
        return builder.Build()!;
    }
}
