using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AkkaFailover.Core.Wire;

/// <summary>An IPv4 address as a number, first octet highest: <see cref="IPAddress"/> without its allocation, for the threads that beat.</summary>
public readonly record struct Ipv4Address(uint Value)
{
    /// <summary>Its length on the wire, in octets.</summary>
    public const int Length = 4;

    /// <summary>0.0.0.0: no address.</summary>
    public static readonly Ipv4Address None = new(0);

    /// <summary>224.0.0.0/4.</summary>
    public bool IsMulticast => Value >> 28 == 0xE;

    /// <summary>The octets in reverse: ucarp on x86 compares addresses like this in a tie (the last octet counts most).</summary>
    public uint Reversed => BinaryPrimitives.ReverseEndianness(Value);

    /// <summary>Takes an address of the base class library.</summary>
    /// <exception cref="ArgumentException">It is not an IPv4 address.</exception>
    public static Ipv4Address From(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[Length];
        return address.AddressFamily == AddressFamily.InterNetwork && address.TryWriteBytes(octets, out _)
            ? Read(octets)
            : throw new ArgumentException($"{address} is not an IPv4 address", nameof(address));
    }

    /// <summary>Reads four octets.</summary>
    public static Ipv4Address Read(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt32BigEndian(octets));

    /// <summary>Writes four octets.</summary>
    public void Write(Span<byte> octets) => BinaryPrimitives.WriteUInt32BigEndian(octets, Value);

    /// <summary>As the base class library has it.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[Length];
        Write(octets);
        return new IPAddress(octets);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Value >> 24}.{(Value >> 16) & 0xFF}.{(Value >> 8) & 0xFF}.{Value & 0xFF}";
}
