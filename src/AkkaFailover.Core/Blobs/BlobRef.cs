using System.Buffers.Binary;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Blobs;

/// <summary>What a blob may be, and how it is cut into what is asked for.</summary>
public static class BlobRules
{
    /// <summary>Largest blob: 1 GiB.</summary>
    public const long MaxSize = 1L << 30;

    /// <summary>Bytes of a segment: what is verified at once. Only the last one is shorter.</summary>
    public const int SegmentSize = 1 << 20;

    /// <summary>Bytes of a page: the least that is fetched of a segment that has changed.</summary>
    public const int PageSize = 4 * 1024;

    /// <summary>Most bytes of one answer: what a beat may have to wait behind.</summary>
    public const int MaxRange = 64 * 1024;

    /// <summary>Most questions without an answer.</summary>
    public const int MaxAsks = 8;

    /// <summary>Segments of the largest blob.</summary>
    public const int MaxSegments = (int)(MaxSize / SegmentSize);

    /// <summary>Pages of a whole segment.</summary>
    public const int MaxPages = SegmentSize / PageSize;

    /// <summary>Longest reason that one node tells the other, in characters.</summary>
    public const int MaxReason = 512;
}

/// <summary>
/// Names a content that is kept as a file of its own. The name is the hash over its <see cref="BlobMap"/>, so whoever has the name can verify
/// the map, and with it each segment by itself.
/// </summary>
public sealed record BlobRef
{
    /// <summary>Bytes of the encoding: name and size (8, big-endian).</summary>
    public const int EncodedSize = Digest.Size + 8;

    private BlobRef(Digest name, long size) => (Name, Size) = (name, size);

    /// <summary>SHA-256 over size and map.</summary>
    public Digest Name { get; }

    /// <summary>Bytes of the content.</summary>
    public long Size { get; }

    /// <summary>Number of segments.</summary>
    public int Segments => (int)((Size + BlobRules.SegmentSize - 1) / BlobRules.SegmentSize);

    /// <summary>A name with its size.</summary>
    /// <returns>Null where nothing can be of that size.</returns>
    public static BlobRef? Of(Digest name, long size) => size is > 0 and <= BlobRules.MaxSize ? new BlobRef(name, size) : null;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>Null where it is none.</returns>
    public static BlobRef? Read(ReadOnlySpan<byte> bytes) =>
        bytes.Length == EncodedSize && Digest.TryRead(bytes[..Digest.Size], out var name) ? Of(name, BinaryPrimitives.ReadInt64BigEndian(bytes[Digest.Size..])) : null;

    /// <summary>Writes <see cref="EncodedSize"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        Name.Write(destination);
        BinaryPrimitives.WriteInt64BigEndian(destination[Digest.Size..], Size);
    }

    /// <summary>Bytes of a segment.</summary>
    public int LengthOf(int segment) => (int)Math.Clamp(Size - ((long)segment * BlobRules.SegmentSize), 0, BlobRules.SegmentSize);

    /// <inheritdoc/>
    public override string ToString() => $"{Name.Fingerprint}… ({Size} bytes)";
}
