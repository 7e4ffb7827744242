using System.Buffers.Binary;

namespace AkkaFailover.Core.Wire;

/// <summary>The 20 octets of an advert's HMAC-SHA1, kept in numbers so that an advert is a plain value.</summary>
public readonly record struct CarpDigest
{
    /// <summary>Its length on the wire, in octets.</summary>
    public const int Length = 20;

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly uint _third;

    private CarpDigest(ulong first, ulong second, uint third) => (_first, _second, _third) = (first, second, third);

    /// <summary>Reads <see cref="Length"/> octets.</summary>
    public static CarpDigest Read(ReadOnlySpan<byte> octets) => new(
        BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]), BinaryPrimitives.ReadUInt32BigEndian(octets[16..]));

    /// <summary>Writes <see cref="Length"/> octets.</summary>
    public void Write(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt64BigEndian(octets, _first);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], _second);
        BinaryPrimitives.WriteUInt32BigEndian(octets[16..], _third);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{_first:x16}{_second:x16}{_third:x8}";
}
