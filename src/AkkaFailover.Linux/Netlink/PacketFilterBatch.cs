using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace AkkaFailover.Linux.Netlink;

/// <summary>
/// One transaction of nf_tables (linux/netfilter/nf_tables.h): one table that belongs to the socket that sends it, one chain for what is addressed to this
/// host, and rules that drop. Its numbers have network byte order, those of netlink's headers the host's.
/// </summary>
internal sealed class PacketFilterBatch
{
    private const ushort Begin = 16, End = 17, Subsystem = 10;
    private const ushort NewTable = (Subsystem << 8) | 0, NewChain = (Subsystem << 8) | 3, NewRule = (Subsystem << 8) | 6;
    private const ushort FlagExclusive = 0x200, FlagAppend = 0x800;
    private const ushort Nested = 0x8000;

    // Attributes; each kind of thing counts its own from 1.
    private const ushort TableName = 1, TableFlags = 2;
    private const ushort ChainTable = 1, ChainName = 3, ChainHook = 4, ChainPolicy = 5, ChainType = 7, HookNumber = 1, HookPriority = 2;
    private const ushort RuleTable = 1, RuleChain = 2, RuleExpressions = 4, ListElement = 1, ExpressionName = 1, ExpressionData = 2;
    private const ushort PayloadTo = 1, PayloadBase = 2, PayloadOffset = 3, PayloadLength = 4;
    private const ushort CompareFrom = 1, CompareHow = 2, CompareData = 3, DataValue = 1, DataVerdict = 2;
    private const ushort ImmediateTo = 1, ImmediateData = 2, VerdictCode = 1;

    private const byte AnyFamily = 0, Ipv4 = 2;

    // NFT_TABLE_F_OWNER, Linux 5.12: the kernel removes the table with the socket, and nobody else changes it.
    private const uint Owned = 2;
    private const uint LocalIn = 1, Accept = 1, Drop = 0, VerdictRegister = 0, Register = 1;
    private const int BeforeConnectionTracking = -300;
    private const string Chain = "input";

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly string _table;

    /// <summary>Begins it with the table and its chain.</summary>
    public PacketFilterBatch(string table)
    {
        _table = table;
        Add(Begin, NetlinkFormat.FlagRequest, AnyFamily, Subsystem, []);
        Ask(NewTable, FlagExclusive, Text(TableName, table), Number(TableFlags, Owned));
        Ask(NewChain, FlagExclusive, Text(ChainTable, table), Text(ChainName, Chain),
            Nest(ChainHook, Number(HookNumber, LocalIn), Number(HookPriority, unchecked((uint)BeforeConnectionTracking))), Number(ChainPolicy, Accept), Text(ChainType, "filter"));
    }

    /// <summary>Messages that are answered.</summary>
    public int Requests { get; private set; }

    /// <summary>Counts and drops what meets all conditions.</summary>
    public void DropWhere(params IEnumerable<PacketCondition> conditions)
    {
        var expressions = conditions.SelectMany(condition => new[] { Load(condition), Compare(condition) });
        byte[][] last = [Expression("counter"), Expression("immediate", Number(ImmediateTo, VerdictRegister), Nest(ImmediateData, Nest(DataVerdict, Number(VerdictCode, Drop))))];
        Ask(NewRule, FlagAppend, Text(RuleTable, _table), Text(RuleChain, Chain), Nest(RuleExpressions, [.. expressions, .. last]));
    }

    /// <summary>The finished transaction, to be sent as one datagram.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Add(End, NetlinkFormat.FlagRequest, AnyFamily, Subsystem, []);
        return _bytes.WrittenSpan;
    }

    private static byte[] Load(PacketCondition condition) =>
        Expression("payload", Number(PayloadTo, Register), Number(PayloadBase, (uint)condition.Header), Number(PayloadOffset, condition.Offset), Number(PayloadLength, (uint)condition.Value.Length));

    private static byte[] Compare(PacketCondition condition) =>
        Expression("cmp", Number(CompareFrom, Register), Number(CompareHow, condition.IsNot ? 1u : 0), Nest(CompareData, Attribute(DataValue, condition.Value)));

    private static byte[] Expression(string name, params byte[][] data) => Nest(ListElement, Text(ExpressionName, name), Nest(ExpressionData, data));

    private void Ask(ushort type, ushort flags, params byte[][] attributes)
    {
        Requests++;
        Add(type, (ushort)(NetlinkFormat.FlagRequest | NetlinkFormat.FlagAcknowledge | NetlinkFormat.FlagCreate | flags), Ipv4, 0, attributes);
    }

    /// <summary>A message: netlink's header, then netfilter's (family, version 0, resource).</summary>
    private void Add(ushort type, ushort flags, byte family, ushort resource, byte[][] attributes)
    {
        const int headers = NetlinkFormat.HeaderLength + 4;
        var length = headers + attributes.Sum(attribute => attribute.Length);
        var message = _bytes.GetSpan(length)[..length];
        message.Clear();
        MemoryMarshal.Write(message, (uint)length);
        MemoryMarshal.Write(message[4..], type);
        MemoryMarshal.Write(message[6..], flags);
        MemoryMarshal.Write(message[8..], (uint)Requests);
        message[NetlinkFormat.HeaderLength] = family;
        BinaryPrimitives.WriteUInt16BigEndian(message[(NetlinkFormat.HeaderLength + 2)..], resource);
        var rest = message[headers..];
        foreach (var attribute in attributes)
        {
            attribute.CopyTo(rest);
            rest = rest[attribute.Length..];
        }
        _bytes.Advance(length);
    }

    private static byte[] Nest(ushort type, params byte[][] attributes) => Attribute((ushort)(type | Nested), [.. attributes.SelectMany(attribute => attribute)]);

    private static byte[] Text(ushort type, string text) => Attribute(type, [.. Encoding.UTF8.GetBytes(text), 0]);

    private static byte[] Number(ushort type, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return Attribute(type, octets);
    }

    /// <summary>An attribute with what it is padded with.</summary>
    private static byte[] Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var attribute = new byte[NetlinkFormat.Align(4 + value.Length)];
        MemoryMarshal.Write(attribute, (ushort)(4 + value.Length));
        MemoryMarshal.Write(attribute.AsSpan(2), type);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }
}

/// <summary>Where an offset begins (enum nft_payload_bases).</summary>
internal enum PacketHeader
{
    /// <summary>With the IP header.</summary>
    Network = 1,

    /// <summary>Behind it.</summary>
    Transport = 2,
}

/// <summary>A comparison of octets of a packet.</summary>
/// <param name="Header">Where the offset begins.</param>
/// <param name="Offset">In octets.</param>
/// <param name="Value">What is to be there.</param>
/// <param name="IsNot">It must not be there.</param>
internal sealed record PacketCondition(PacketHeader Header, uint Offset, byte[] Value, bool IsNot = false);
