namespace AkkaFailover.Core.Replica;

/// <summary>So many changes that count, packed; immutable. It lives in memory alone: the journal has a format of its own.</summary>
internal sealed class LogBlock
{
    /// <summary>Changes of a block.</summary>
    public const int Size = 64;

    private const int None = -1;
    private readonly byte[] _packed;

    private LogBlock(byte[] packed, long weight) => (_packed, Weight) = (packed, weight);

    /// <summary>What its changes weigh, in bytes.</summary>
    public long Weight { get; }

    /// <summary>Its changes from a place on.</summary>
    public IEnumerable<LogItem> From(int index)
    {
        using var reader = ReaderAt(index);
        for (; index < Size; index++)
        {
            _ = reader.ReadInt32();
            yield return Read(reader);
        }
    }

    /// <summary>Packs <see cref="Size"/> changes.</summary>
    public static LogBlock Pack(IReadOnlyCollection<LogItem> items)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        foreach (var item in items)
        {
            var start = stream.Position;
            writer.Write(0);
            Write(writer, item);
            writer.Flush();
            var end = stream.Position;
            stream.Position = start;
            writer.Write((int)(end - start - sizeof(int)));
            writer.Flush();
            stream.Position = end;
        }
        return new LogBlock(stream.ToArray(), items.Sum(item => (long)item.Chained.Change.Weight));
    }

    /// <summary>One of its changes.</summary>
    public LogItem At(int index)
    {
        using var reader = ReaderAt(index);
        _ = reader.ReadInt32();
        return Read(reader);
    }

    private BinaryReader ReaderAt(int index)
    {
        var reader = new BinaryReader(new MemoryStream(_packed));
        for (; index > 0; index--) reader.BaseStream.Seek(reader.ReadInt32(), SeekOrigin.Current);
        return reader;
    }

    private static void Write(BinaryWriter writer, LogItem item)
    {
        var ((change, chain), replicated, before) = item;
        writer.Write(change.Version);
        writer.Write(change.Term.Value);
        writer.Write(change.At.UtcTicks);
        writer.Write(change.By);
        writer.Write(change.Key);
        Write(writer, change.Value);
        Write(writer, chain);
        writer.Write(replicated);
        Write(writer, before?.Value);
        if (before is null) return;
        writer.Write(before.Version);
        Write(writer, before.Content);
    }

    private static LogItem Read(BinaryReader reader)
    {
        var change = new Change(
            reader.ReadInt64(), new Term(reader.ReadUInt32()), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            reader.ReadString(), reader.ReadString(), ReadBytes(reader));
        var chained = new ChainedChange(change, ReadDigest(reader));
        var replicated = reader.ReadBoolean();
        var before = ReadBytes(reader) is { } value ? new Entry(value, reader.ReadInt64(), ReadDigest(reader)) : null;
        return new LogItem(chained, replicated, before);
    }

    private static void Write(BinaryWriter writer, byte[]? bytes)
    {
        writer.Write(bytes?.Length ?? None);
        writer.Write(bytes ?? []);
    }

    private static byte[]? ReadBytes(BinaryReader reader) => reader.ReadInt32() is var length and not None ? reader.ReadBytes(length) : null;

    private static void Write(BinaryWriter writer, Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        digest.Write(bytes);
        writer.Write(bytes);
    }

    private static Digest ReadDigest(BinaryReader reader)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        reader.BaseStream.ReadExactly(bytes);
        _ = Digest.TryRead(bytes, out var digest);
        return digest;
    }
}
