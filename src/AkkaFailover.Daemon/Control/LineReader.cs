using System.Buffers;
using System.IO.Pipelines;

namespace AkkaFailover.Daemon.Control;

/// <summary>Lines out of a stream, each bounded; what has been searched for a newline is not searched again.</summary>
internal sealed class LineReader(Stream stream, int mostBytes)
{
    private readonly PipeReader _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
    private long _searched;
    private SequencePosition _afterLine;

    /// <summary>The next line without its newline; null at the end. It is valid until <see cref="Consume"/>.</summary>
    /// <exception cref="InvalidDataException">The line is longer than the bound, or the stream ended within it.</exception>
    public async ValueTask<ReadOnlySequence<byte>?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var result = await _pipe.ReadAsync(cancellation);
            var buffer = result.Buffer;
            if (buffer.Slice(_searched).PositionOf((byte)'\n') is { } newline)
            {
                var line = buffer.Slice(0, newline);
                _afterLine = buffer.GetPosition(1, newline);
                return line.Length < mostBytes ? line : throw TooLong();
            }
            if (buffer.Length >= mostBytes) throw TooLong();
            if (result.IsCompleted)
                return buffer.IsEmpty ? null : throw new InvalidDataException("the last line has no newline");
            _searched = buffer.Length;
            _pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Gives the last line's memory back.</summary>
    public void Consume()
    {
        _searched = 0;
        _pipe.AdvanceTo(_afterLine);
    }

    private InvalidDataException TooLong() => new($"a line may have at most {mostBytes} bytes");
}
