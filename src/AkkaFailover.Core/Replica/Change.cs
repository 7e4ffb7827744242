using System.Buffers.Binary;
using System.Text;

namespace AkkaFailover.Core.Replica;

/// <summary>One change of one key, as an active ordered it.</summary>
/// <param name="Version">Its number; the first is 1.</param>
/// <param name="Term">The term of the active that ordered it.</param>
/// <param name="At">Wall-clock time in whole microseconds, for people; it grows with every change of one active, so no two of its changes have the same digest.</param>
/// <param name="By">Who asked.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">Null where the key was removed.</param>
public sealed record Change(long Version, Term Term, DateTimeOffset At, string By, string Key, byte[]? Value)
{
    /// <summary>Hash of the value; <see cref="Digest.None"/> for a removal.</summary>
    public Digest Content { get; } = Value is null ? Digest.None : Digest.Of(Value);

    /// <summary>What it makes of its key; null for a removal.</summary>
    public Entry? Entry => Value is null ? null : new Entry(Value, Version, Content);

    /// <summary>What the change weighs in a batch, in bytes.</summary>
    public int Weight => 64 + Key.Length + By.Length + (Value?.Length ?? 0);

    /// <summary>
    /// The chain after this change: SHA-256 over the chain before it and the change's canonical encoding: version (8 bytes),
    /// term (4), microseconds since 1970 (8), author and key (each 4 bytes of length and UTF-8), 1 for set or 0 for remove, the value's
    /// length (8) and its SHA-256; numbers big-endian. The value enters as its hash, so that a value kept outside the journal has the same chain.
    /// </summary>
    public Digest Chain(Digest before)
    {
        var by = Encoding.UTF8.GetByteCount(By);
        var key = Encoding.UTF8.GetByteCount(Key);
        var length = Digest.Size + 8 + 4 + 8 + 4 + by + 4 + key + 1 + 8 + Digest.Size;
        var buffer = length <= 1024 ? stackalloc byte[length] : new byte[length];
        before.Write(buffer);
        var rest = buffer[Digest.Size..];
        rest = Number(rest, Version);
        rest = Number(rest, (int)Term.Value);
        rest = Number(rest, (At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        rest = Words(rest, By, by);
        rest = Words(rest, Key, key);
        rest[0] = Value is null ? (byte)0 : (byte)1;
        rest = Number(rest[1..], Value?.LongLength ?? 0);
        Content.Write(rest);
        return Digest.Of(buffer);
    }

    private static Span<byte> Number(Span<byte> at, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(at, value);
        return at[8..];
    }

    private static Span<byte> Number(Span<byte> at, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(at, value);
        return at[4..];
    }

    private static Span<byte> Words(Span<byte> at, string text, int bytes)
    {
        at = Number(at, bytes);
        Encoding.UTF8.GetBytes(text, at);
        return at[bytes..];
    }
}

/// <summary>What a change may be.</summary>
public static class ChangeRules
{
    /// <summary>Longest key, in bytes of UTF-8.</summary>
    public const int MaxKeyBytes = 512;

    /// <summary>Largest value, in bytes.</summary>
    public const int MaxValueBytes = 1 << 20;

    /// <summary>Longest name of an author, in characters.</summary>
    public const int MaxAuthorLength = 256;

    /// <summary>Says why a change is not acceptable; null where it is.</summary>
    public static string? Refuse(string key, byte[]? value, string by)
    {
        var bytes = Encoding.UTF8.GetByteCount(key);
        return bytes is 0 or > MaxKeyBytes ? $"a key has 1 to {MaxKeyBytes} bytes of UTF-8, this one {bytes}"
            : HasControls(key) ? "a key has no control characters"
            : !IsWellFormed(key) ? "a key is valid Unicode; this one has half of a surrogate pair"
            : value?.Length > MaxValueBytes + (Conflict.IsKey(key) ? Conflict.MaxHeader : 0) ? $"a value has at most {MaxValueBytes} bytes, this one {value.Length}"
            : by.Length > MaxAuthorLength || !IsWellFormed(by) ? $"the author's name has at most {MaxAuthorLength} characters of valid Unicode"
            : null;
    }

    private static bool HasControls(ReadOnlySpan<char> key) => key.ContainsAnyInRange('\0', '\x1f') || key.ContainsAnyInRange('\x7f', '\x9f');

    private static bool IsWellFormed(string text)
    {
        var at = text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff');
        if (at < 0) return true;
        while (at < text.Length && Rune.TryGetRuneAt(text, at, out var rune))
            at += rune.Utf16SequenceLength;
        return at == text.Length;
    }
}
