using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AkkaFailover.Core;

namespace AkkaFailover.Linux.Netlink;

/// <summary>An address on an interface, as the kernel knows it.</summary>
public sealed class KernelAddress(IPAddress address, int prefixLength, int interfaceIndex)
{
    private const byte FamilyIPv4 = 2;
    private const byte FamilyIPv6 = 10;

    // Kept, so that a renewal does not allocate.
    private readonly byte[] _octets = address.GetAddressBytes();

    /// <summary>The address.</summary>
    public IPAddress Address { get; } = address;

    /// <summary>Its prefix length.</summary>
    public int PrefixLength { get; } = prefixLength;

    /// <summary>The interface's index; 0 where it does not exist.</summary>
    public int InterfaceIndex { get; } = interfaceIndex;

    /// <summary>Remaining lifetime in seconds; null where it is endless or not known.</summary>
    public uint? ValidSeconds { get; init; }

    internal ReadOnlySpan<byte> Octets => _octets;

    internal byte Family => _octets.Length == 4 ? FamilyIPv4 : FamilyIPv6;

    /// <summary>Whether this is a configured address on the interface that it has now.</summary>
    internal bool Matches(ReadOnlySpan<byte> octets, int prefixLength, int interfaceIndex) =>
        interfaceIndex == InterfaceIndex && prefixLength == PrefixLength && octets.SequenceEqual(_octets);

    /// <summary>A configured address with its interface's present index.</summary>
    public static KernelAddress Of(VirtualAddress address) =>
        new(address.Address, address.PrefixLength, Native.RawSockets.IndexOf(address.Interface));

    /// <summary>Reads the payload of an address message.</summary>
    /// <returns>False where it is not a well-formed IPv4 or IPv6 address.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> payload, out KernelAddress? address)
    {
        address = null;
        if (!AddressMessage.TryRead(payload, out var message)) return false;
        address = new KernelAddress(new IPAddress(message.Octets), message.PrefixLength, message.InterfaceIndex)
        {
            ValidSeconds = message.ValidSeconds,
        };
        return true;
    }
}

/// <summary>The payload of an address message, in place.</summary>
internal readonly ref struct AddressMessage
{
    private const uint Endless = uint.MaxValue;

    private AddressMessage(ReadOnlySpan<byte> octets, int prefixLength, int interfaceIndex, uint? validSeconds)
    {
        Octets = octets;
        PrefixLength = prefixLength;
        InterfaceIndex = interfaceIndex;
        ValidSeconds = validSeconds;
    }

    public ReadOnlySpan<byte> Octets { get; }

    public int PrefixLength { get; }

    public int InterfaceIndex { get; }

    public uint? ValidSeconds { get; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out AddressMessage message)
    {
        message = default;
        if (payload.Length < NetlinkFormat.AddressHeaderLength) return false;
        ReadOnlySpan<byte> local = default, address = default;
        uint? valid = null;
        var attributes = new NetlinkAttributes(payload[NetlinkFormat.AddressHeaderLength..]);
        while (attributes.Next())
        {
            if (attributes.Type == NetlinkFormat.AttributeLocal) local = attributes.Value;
            if (attributes.Type == NetlinkFormat.AttributeAddress) address = attributes.Value;
            if (attributes.Type == NetlinkFormat.AttributeCacheInfo && attributes.Value.Length >= 8)
            {
                var seconds = MemoryMarshal.Read<uint>(attributes.Value[4..]);
                valid = seconds == Endless ? null : seconds;
            }
        }
        // IPv6 has no local attribute unless the link is point-to-point.
        var octets = local.IsEmpty ? address : local;
        var expected = payload[0] == (byte)AddressFamily.InterNetwork ? 4 : 16;
        if (octets.Length != expected) return false;
        message = new AddressMessage(octets, payload[1], MemoryMarshal.Read<int>(payload[4..]), valid);
        return true;
    }
}
