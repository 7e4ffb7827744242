using System.Buffers.Binary;
using System.Text;
using AkkaFailover.Core.Blobs;
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

/// <summary>Where the content of a record is.</summary>
public abstract record PathContent
{
    private PathContent()
    {
    }

    /// <summary>In the record.</summary>
    /// <param name="Bytes">A file's bytes, a link's target in UTF-8; empty for a folder.</param>
    public sealed record Inline(byte[] Bytes) : PathContent;

    /// <summary>In a file of its own beside the journal.</summary>
    public sealed record Kept(BlobRef Blob) : PathContent;
}

/// <summary>
/// One file, folder or symbolic link as an entry of the replica. The value: 1 (the format), kind, mode (2 bytes), owner (4), group (4), then 0 and
/// the content, or 1 and the name (32) and size (8) of the blob that has it; numbers big-endian.
/// </summary>
public sealed record PathRecord
{
    /// <summary>Bytes before the content.</summary>
    public const int HeaderSize = 13;

    /// <summary>Largest content of a record; a larger file is a blob.</summary>
    public const int MaxContent = ChangeRules.MaxValueBytes - HeaderSize;

    private const byte Format = 1;
    private const byte IsInline = 0;
    private const byte IsKept = 1;
    private const ushort Permissions = 0xFFF;

    /// <summary>Something with its content.</summary>
    public PathRecord(PathKind kind, ushort mode, uint owner, uint group, byte[] content)
        : this(kind, mode, owner, group, new PathContent.Inline(content))
    {
    }

    /// <summary>A file whose content is a blob; nothing else can have one.</summary>
    public PathRecord(ushort mode, uint owner, uint group, BlobRef blob)
        : this(PathKind.File, mode, owner, group, new PathContent.Kept(blob))
    {
    }

    private PathRecord(PathKind kind, ushort mode, uint owner, uint group, PathContent content) =>
        (Kind, Mode, Owner, Group, Content) = (kind, mode, owner, group, content);

    /// <summary>What it is.</summary>
    public PathKind Kind { get; }

    /// <summary>The twelve bits of permissions; 0 for a link.</summary>
    public ushort Mode { get; }

    /// <summary>User id.</summary>
    public uint Owner { get; }

    /// <summary>Group id.</summary>
    public uint Group { get; }

    /// <summary>Its content.</summary>
    public PathContent Content { get; }

    /// <summary>A link's target.</summary>
    public string Target => Content is PathContent.Inline { Bytes: var bytes } ? Encoding.UTF8.GetString(bytes) : "";

    /// <summary>The entry's value.</summary>
    public byte[] Encode()
    {
        var (mark, length) = Content switch
        {
            PathContent.Inline inline => (IsInline, inline.Bytes.Length),
            _ => (IsKept, BlobRef.EncodedSize),
        };
        var value = new byte[HeaderSize + length];
        (value[0], value[1], value[12]) = (Format, (byte)Kind, mark);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(2), Mode);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(4), Owner);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(8), Group);
        if (Content is PathContent.Kept kept) kept.Blob.Write(value.AsSpan(HeaderSize));
        else if (Content is PathContent.Inline inline) inline.Bytes.CopyTo(value, HeaderSize);
        return value;
    }

    /// <summary>Reads an entry's value; what the peer sent is believed no more than any other input.</summary>
    /// <returns>Null, with the reason, where it is none of ours.</returns>
    public static PathRecord? Decode(ReadOnlySpan<byte> value, out string refusal)
    {
        refusal = value.Length < HeaderSize ? "the entry is shorter than its header"
            : value[0] != Format ? $"the entry has format {value[0]}, which this version does not know"
            : value[1] is < (byte)PathKind.File or > (byte)PathKind.Link ? $"the entry is of kind {value[1]}, which this version does not know"
            : value[12] > IsKept ? "the entry's content is kept elsewhere, in a way that this version does not know"
            : BinaryPrimitives.ReadUInt16BigEndian(value[2..]) > Permissions ? "the entry's mode has more than permissions"
            : value[12] == IsKept && BlobIn(value) is null ? "the entry's content is kept elsewhere, and the name of it is damaged"
            : (PathKind)value[1] == PathKind.Folder && value.Length > HeaderSize ? "the entry is a folder with content"
            : "";
        if (refusal.Length > 0) return null;
        var (mode, owner, group) = (
            BinaryPrimitives.ReadUInt16BigEndian(value[2..]), BinaryPrimitives.ReadUInt32BigEndian(value[4..]), BinaryPrimitives.ReadUInt32BigEndian(value[8..]));
        return BlobIn(value) is { } blob
            ? new PathRecord(mode, owner, group, blob)
            : new PathRecord((PathKind)value[1], mode, owner, group, value[HeaderSize..].ToArray());
    }

    /// <summary>The blob that a value names, without reading more of it; null where it names none.</summary>
    public static BlobRef? BlobIn(ReadOnlySpan<byte> value) =>
        value.Length == HeaderSize + BlobRef.EncodedSize && value[0] == Format && value[1] == (byte)PathKind.File && value[12] == IsKept
            ? BlobRef.Read(value[HeaderSize..])
            : null;
}
