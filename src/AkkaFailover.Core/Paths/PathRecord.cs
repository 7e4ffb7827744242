using System.Buffers.Binary;
using System.Text;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Paths;

/// <summary>What a watched path can hold.</summary>
public enum PathKind : byte
{
    /// <summary>A regular file.</summary>
    File = 1,

    /// <summary>A folder.</summary>
    Folder = 2,

    /// <summary>A symbolic link.</summary>
    Link = 3,
}

/// <summary>
/// One file, folder or symbolic link as an entry of the replica. The value: 1 (the format), kind, mode (2 bytes), owner (4), group (4), 0 (the
/// content follows), content; numbers big-endian. Another number than 0 stands for a content kept elsewhere, which this version does not have.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">The twelve bits of permissions; 0 for a link.</param>
/// <param name="Owner">User id.</param>
/// <param name="Group">Group id.</param>
/// <param name="Content">A file's bytes, a link's target in UTF-8; empty for a folder.</param>
public sealed record PathRecord(PathKind Kind, ushort Mode, uint Owner, uint Group, byte[] Content)
{
    /// <summary>Bytes before the content.</summary>
    public const int HeaderSize = 13;

    /// <summary>Largest file.</summary>
    public const int MaxContent = ChangeRules.MaxValueBytes - HeaderSize;

    private const byte Format = 1;
    private const byte Inline = 0;
    private const ushort Permissions = 0xFFF;

    /// <summary>A link's target.</summary>
    public string Target => Encoding.UTF8.GetString(Content);

    /// <summary>The entry's value.</summary>
    public byte[] Encode()
    {
        var value = new byte[HeaderSize + Content.Length];
        (value[0], value[1], value[12]) = (Format, (byte)Kind, Inline);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(2), Mode);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(4), Owner);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(8), Group);
        Content.CopyTo(value, HeaderSize);
        return value;
    }

    /// <summary>Reads an entry's value; what the peer sent is believed no more than any other input.</summary>
    /// <returns>Null, with the reason, where it is none of ours.</returns>
    public static PathRecord? Decode(ReadOnlySpan<byte> value, out string refusal)
    {
        refusal = value.Length < HeaderSize ? "the entry is shorter than its header"
            : value[0] != Format ? $"the entry has format {value[0]}, which this version does not know"
            : value[1] is < (byte)PathKind.File or > (byte)PathKind.Link ? $"the entry is of kind {value[1]}, which this version does not know"
            : value[12] != Inline ? "the entry's content is kept elsewhere, which this version cannot"
            : BinaryPrimitives.ReadUInt16BigEndian(value[2..]) > Permissions ? "the entry's mode has more than permissions"
            : (PathKind)value[1] == PathKind.Folder && value.Length > HeaderSize ? "the entry is a folder with content"
            : "";
        return refusal.Length > 0 ? null : new PathRecord(
            (PathKind)value[1], BinaryPrimitives.ReadUInt16BigEndian(value[2..]), BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(value[8..]), value[HeaderSize..].ToArray());
    }
}
