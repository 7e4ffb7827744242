using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AkkaFailover.Core.Replica;

/// <summary>A SHA-256 value: of one entry's content, or of the chain over all changes up to a version.</summary>
public readonly record struct Digest(UInt128 High, UInt128 Low)
{
    /// <summary>Bytes of a digest.</summary>
    public const int Size = 32;

    /// <summary>The chain before the first change.</summary>
    public static readonly Digest None;

    /// <summary>Hashes some bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[Size];
        SHA256.HashData(bytes, hash);
        return Read(hash);
    }

    /// <summary>Takes 32 bytes as a digest.</summary>
    /// <returns>False where there are not exactly 32.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Digest digest)
    {
        digest = bytes.Length == Size ? Read(bytes) : None;
        return bytes.Length == Size;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, High);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], Low);
    }

    /// <summary>The 32 bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{High:x32}{Low:x32}";

    /// <summary>The first 16 hexadecimal digits: enough for people to compare.</summary>
    public string Fingerprint => $"{(ulong)(High >> 64):x16}";

    private static Digest Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
}
