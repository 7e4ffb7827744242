using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AkkaFailover.Core.Replica;

/// <summary>
/// Some entries one behind the other, in ordinal order of their keys; immutable. A record is: characters of the key (2 bytes), bytes of
/// the value (4), version (8), hash (32), the key in UTF-16 as it is compared, the value. A leaf lives in memory alone.
/// </summary>
internal sealed class EntryLeaf(byte[] packed)
{
    /// <summary>A leaf with more bytes is divided, as long as it has more than one entry: what a change copies.</summary>
    public const int MaxBytes = 2048;

    private const int ValueLengthAt = 2, VersionAt = 6, ContentAt = 14, KeyAt = ContentAt + Digest.Size;

    /// <summary>Bytes of all records.</summary>
    public int Length => packed.Length;

    /// <summary>One record.</summary>
    public static byte[] Pack(KeyedEntry keyed)
    {
        var (key, entry) = (keyed.Key, keyed.Entry);
        var record = new byte[KeyAt + (2 * key.Length) + entry.Value.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(record, checked((ushort)key.Length));
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(ValueLengthAt), entry.Value.Length);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(VersionAt), entry.Version);
        entry.Content.Write(record.AsSpan(ContentAt));
        MemoryMarshal.AsBytes(key.AsSpan()).CopyTo(record.AsSpan(KeyAt));
        entry.Value.CopyTo(record.AsSpan(KeyAt + (2 * key.Length)));
        return record;
    }

    /// <summary>What a record weighs, as <see cref="KeyedEntry.Weight"/>.</summary>
    public static int WeightOf(ReadOnlySpan<byte> record) => KeyedEntry.WeightOf(KeyLength(record), ValueLength(record));

    /// <summary>What the record at a place weighs.</summary>
    public int WeightAt(int at) => WeightOf(packed.AsSpan(at));

    /// <summary>Where a key's record is and how long it is, or where it would be.</summary>
    public Place Find(ReadOnlySpan<char> key)
    {
        var at = 0;
        for (; at < packed.Length; at = Next(at))
        {
            var order = KeyOf(at).SequenceCompareTo(key);
            if (order == 0) return new Place(at, Next(at) - at);
            if (order > 0) break;
        }
        return new Place(at, 0);
    }

    /// <summary>The place behind a record.</summary>
    public int Next(int at)
    {
        var record = packed.AsSpan(at);
        return at + KeyAt + (2 * KeyLength(record)) + ValueLength(record);
    }

    /// <summary>The entry at a place.</summary>
    public KeyedEntry At(int at)
    {
        var record = packed.AsSpan(at);
        var key = KeyOf(at);
        _ = Digest.TryRead(record.Slice(ContentAt, Digest.Size), out var content);
        var value = record.Slice(KeyAt + (2 * key.Length), ValueLength(record)).ToArray();
        return new KeyedEntry(key.ToString(), new Entry(value, BinaryPrimitives.ReadInt64LittleEndian(record[VersionAt..]), content));
    }

    /// <summary>The leaves that result where some bytes, one record or none, are replaced by a record or none.</summary>
    public IReadOnlyList<EntryLeaf> Replace(int at, int length, ReadOnlySpan<byte> record)
    {
        var replaced = new byte[packed.Length - length + record.Length];
        packed.AsSpan(0, at).CopyTo(replaced);
        record.CopyTo(replaced.AsSpan(at));
        packed.AsSpan(at + length).CopyTo(replaced.AsSpan(at + record.Length));
        return replaced.Length == 0 ? [] : new EntryLeaf(replaced).Divide();
    }

    /// <summary>Whether its first key comes behind a key.</summary>
    public bool BeginsBehind(ReadOnlySpan<char> key) => KeyOf(0).SequenceCompareTo(key) > 0;

    private IReadOnlyList<EntryLeaf> Divide()
    {
        if (packed.Length <= MaxBytes || Next(0) == packed.Length) return [this];
        var (cut, next) = (Next(0), Next(0));
        // The boundary nearest to the middle from below, but behind the first record.
        while ((next = Next(next)) <= packed.Length / 2) cut = next;
        return [.. new EntryLeaf(packed[..cut]).Divide(), .. new EntryLeaf(packed[cut..]).Divide()];
    }

    private ReadOnlySpan<char> KeyOf(int at)
    {
        var record = packed.AsSpan(at);
        return MemoryMarshal.Cast<byte, char>(record.Slice(KeyAt, 2 * KeyLength(record)));
    }

    private static int KeyLength(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16LittleEndian(record);

    private static int ValueLength(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadInt32LittleEndian(record[ValueLengthAt..]);

    /// <summary>A record's place.</summary>
    /// <param name="At">Where it begins.</param>
    /// <param name="Length">Its bytes; 0 where there is none.</param>
    public readonly record struct Place(int At, int Length)
    {
        /// <summary>There is none.</summary>
        public bool IsEmpty => Length == 0;
    }
}
