using AkkaFailover.Core.Blobs;

namespace AkkaFailover.Linux.Blobs;

/// <summary>A blob read from its beginning to its end; where a segment was cut off, only to there.</summary>
internal sealed class BlobStream(SegmentFolder segments, BlobMap map) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => map.Blob.Size;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_position >= Length || buffer.IsEmpty) return 0;
        var (segment, offset) = ((int)(_position / BlobRules.SegmentSize), (int)(_position % BlobRules.SegmentSize));
        var read = segments.Read(map.Segments[segment], offset, buffer[..Math.Min(buffer.Length, map.Blob.LengthOf(segment) - offset)]);
        _position += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
