using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Blobs;

/// <summary>The hash of each segment of a blob. A gigabyte has 32 KiB of it.</summary>
public sealed record BlobMap
{
    private BlobMap(BlobRef blob, ImmutableArray<Digest> segments) => (Blob, Segments) = (blob, segments);

    /// <summary>Whose map it is.</summary>
    public BlobRef Blob { get; }

    /// <summary>SHA-256 of each segment.</summary>
    public ImmutableArray<Digest> Segments { get; }

    /// <summary>The map of a content, which names it.</summary>
    /// <returns>Null where there is nothing, too much, or another number of segments than the size has.</returns>
    public static BlobMap? Of(long size, ImmutableArray<Digest> segments) =>
        BlobRef.Of(NameOf(size, segments), size) is { } blob && blob.Segments == segments.Length ? new BlobMap(blob, segments) : null;

    /// <summary>Reads the map of a blob; only the right one has its name.</summary>
    /// <returns>Null where it is not.</returns>
    public static BlobMap? Read(BlobRef blob, ReadOnlySpan<byte> bytes) =>
        Digests(bytes, BlobRules.MaxSegments) is { } segments && Of(blob.Size, segments) is { } map && map.Blob == blob ? map : null;

    /// <summary>The hashes one after the other.</summary>
    public byte[] ToBytes() => Bytes(Segments);

    /// <summary>Hashes one after the other.</summary>
    public static byte[] Bytes(ImmutableArray<Digest> digests)
    {
        var bytes = new byte[digests.Length * Digest.Size];
        for (var i = 0; i < digests.Length; i++) digests[i].Write(bytes.AsSpan(i * Digest.Size));
        return bytes;
    }

    /// <summary>Reads what <see cref="Bytes"/> wrote.</summary>
    /// <returns>Null where it is none, or more than there may be.</returns>
    public static ImmutableArray<Digest>? Digests(ReadOnlySpan<byte> bytes, int most)
    {
        if (bytes.Length % Digest.Size != 0 || bytes.Length / Digest.Size > most) return null;
        var digests = ImmutableArray.CreateBuilder<Digest>(bytes.Length / Digest.Size);
        for (; bytes.Length > 0; bytes = bytes[Digest.Size..])
        {
            Digest.TryRead(bytes[..Digest.Size], out var digest);
            digests.Add(digest);
        }
        return digests.MoveToImmutable();
    }

    private static Digest NameOf(long size, ImmutableArray<Digest> segments)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[Digest.Size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, size);
        hash.AppendData(bytes[..8]);
        foreach (var segment in segments)
        {
            segment.Write(bytes);
            hash.AppendData(bytes);
        }
        hash.GetHashAndReset(bytes);
        Digest.TryRead(bytes, out var name);
        return name;
    }
}

/// <summary>Makes a map of a content that is read once, segment by segment.</summary>
public sealed class BlobMapBuilder
{
    private readonly ImmutableArray<Digest>.Builder _segments = ImmutableArray.CreateBuilder<Digest>();
    private long _size;

    /// <summary>Takes the next segment; all but the last one are whole.</summary>
    /// <returns>False where the content is larger than a blob may be.</returns>
    public bool Add(ReadOnlySpan<byte> segment)
    {
        if (_size + segment.Length > BlobRules.MaxSize) return false;
        _size += segment.Length;
        _segments.Add(Digest.Of(segment));
        return true;
    }

    /// <summary>The map of all that a stream has; null where that is nothing, or larger than a blob may be.</summary>
    /// <param name="content">Read to its end.</param>
    /// <param name="each">Gets each segment with its hash; it does not keep it.</param>
    public static BlobMap? Of(Stream content, Action<Digest, ReadOnlyMemory<byte>>? each = null)
    {
        var buffer = new byte[BlobRules.SegmentSize];
        var map = new BlobMapBuilder();
        while (content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) is var length and > 0)
        {
            if (!map.Add(buffer.AsSpan(0, length))) return null;
            each?.Invoke(map._segments[^1], buffer.AsMemory(0, length));
        }
        return map.Build();
    }

    /// <summary>The map; null where there was no content.</summary>
    public BlobMap? Build() => BlobMap.Of(_size, _segments.ToImmutable());
}
