using System.Runtime.InteropServices;

namespace AkkaFailover.Linux.Netlink;

/// <summary>Numbers of rtnetlink (linux/netlink.h, rtnetlink.h, if_addr.h, if_link.h).</summary>
internal static class NetlinkFormat
{
    public const int HeaderLength = 16;
    public const int AddressHeaderLength = 8;
    public const int LinkHeaderLength = 16;

    public const ushort MessageError = 2;
    public const ushort MessageDone = 3;
    public const ushort NewLink = 16;
    public const ushort DeleteLink = 17;
    public const ushort GetLink = 18;
    public const ushort NewAddress = 20;
    public const ushort DeleteAddress = 21;
    public const ushort GetAddress = 22;

    public const ushort FlagRequest = 0x1;
    public const ushort FlagAcknowledge = 0x4;
    public const ushort FlagDumpInterrupted = 0x10;
    public const ushort FlagReplace = 0x100;
    public const ushort FlagDump = 0x300;
    public const ushort FlagCreate = 0x400;

    public const ushort AttributeAddress = 1;
    public const ushort AttributeLocal = 2;
    public const ushort AttributeCacheInfo = 6;
    public const ushort AttributeAddressFlags = 8;
    public const ushort AttributeLinkName = 3;

    public const uint AddressFlagNoDad = 0x02;

    public const uint LinkFlagUp = 0x1;
    public const uint LinkFlagLowerUp = 0x10000;

    public const uint GroupLink = 0x1;
    public const uint GroupIPv4Address = 0x10;
    public const uint GroupIPv6Address = 0x100;

    /// <summary>Netlink pads messages and attributes to four bytes.</summary>
    public static int Align(int length) => (length + 3) & ~3;
}

/// <summary>Builds one request in a buffer that the caller gives; netlink's numbers have the host's byte order.</summary>
internal ref struct NetlinkRequest
{
    private readonly Span<byte> _buffer;
    private int _length;

    public NetlinkRequest(Span<byte> buffer, ushort type, ushort flags, uint sequence)
    {
        _buffer = buffer;
        _buffer.Clear();
        _length = NetlinkFormat.HeaderLength;
        MemoryMarshal.Write(_buffer[4..], type);
        MemoryMarshal.Write(_buffer[6..], flags);
        MemoryMarshal.Write(_buffer[8..], sequence);
    }

    /// <summary>Adds the fixed part of an address message.</summary>
    public void AddAddressHeader(byte family, byte prefixLength, int interfaceIndex)
    {
        _buffer[_length] = family;
        _buffer[_length + 1] = prefixLength;
        MemoryMarshal.Write(_buffer[(_length + 4)..], interfaceIndex);
        _length += NetlinkFormat.AddressHeaderLength;
    }

    /// <summary>Adds the fixed part of a link message, for all links.</summary>
    public void AddLinkHeader() => _length += NetlinkFormat.LinkHeaderLength;

    /// <summary>Adds an attribute.</summary>
    public void Add(ushort type, scoped ReadOnlySpan<byte> value)
    {
        var length = 4 + value.Length;
        MemoryMarshal.Write(_buffer[_length..], (ushort)length);
        MemoryMarshal.Write(_buffer[(_length + 2)..], type);
        value.CopyTo(_buffer[(_length + 4)..]);
        _length += NetlinkFormat.Align(length);
    }

    /// <summary>The finished request.</summary>
    public readonly ReadOnlySpan<byte> Finish()
    {
        MemoryMarshal.Write(_buffer, (uint)_length);
        return _buffer[.._length];
    }
}

/// <summary>Walks over the messages of one datagram; a length that does not fit ends the walk.</summary>
internal ref struct NetlinkMessages(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    public ushort Type { get; private set; }

    public ushort Flags { get; private set; }

    public uint Sequence { get; private set; }

    /// <summary>The port of the socket whose request made this message; 0 where the kernel did it by itself.</summary>
    public uint Port { get; private set; }

    public ReadOnlySpan<byte> Payload { get; private set; }

    public bool Next()
    {
        if (_rest.Length < NetlinkFormat.HeaderLength) return false;
        var length = MemoryMarshal.Read<uint>(_rest);
        if (length < NetlinkFormat.HeaderLength || length > _rest.Length) return false;
        Type = MemoryMarshal.Read<ushort>(_rest[4..]);
        Flags = MemoryMarshal.Read<ushort>(_rest[6..]);
        Sequence = MemoryMarshal.Read<uint>(_rest[8..]);
        Port = MemoryMarshal.Read<uint>(_rest[12..]);
        Payload = _rest[NetlinkFormat.HeaderLength..(int)length];
        _rest = _rest[Math.Min(NetlinkFormat.Align((int)length), _rest.Length)..];
        return true;
    }
}

/// <summary>Walks over the attributes of one message; a length that does not fit ends the walk.</summary>
internal ref struct NetlinkAttributes(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    public ushort Type { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public bool Next()
    {
        if (_rest.Length < 4) return false;
        int length = MemoryMarshal.Read<ushort>(_rest);
        if (length < 4 || length > _rest.Length) return false;
        Type = MemoryMarshal.Read<ushort>(_rest[2..]);
        Value = _rest[4..length];
        _rest = _rest[Math.Min(NetlinkFormat.Align(length), _rest.Length)..];
        return true;
    }
}
