using System.Buffers.Binary;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Replica;
using AkkaFailover.Linux.Files;

namespace AkkaFailover.Linux.Blobs;

/// <summary>A blob's map as a file: its size (8 bytes, big-endian), then the hashes. The file has the blob's name, which verifies both.</summary>
internal static class MapFile
{
    /// <summary>Writes a map; on the disk when this returns.</summary>
    /// <exception cref="IOException">It could not be written; nothing of it is left.</exception>
    public static void Write(string path, BlobMap map)
    {
        var size = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(size, map.Blob.Size);
        try
        {
            DurableFile.Replace(path, [.. size, .. map.ToBytes()]);
        }
        catch (IOException)
        {
            File.Delete(path + BlobStore.NewSuffix);
            throw;
        }
    }

    /// <summary>Null where it is not the map of that blob.</summary>
    public static BlobMap? Read(FileInfo file, Digest name)
    {
        if (file.Length is < sizeof(long) or > sizeof(long) + (BlobRules.MaxSegments * Digest.Size)) return null;
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file.FullName);
        }
        catch (IOException)
        {
            // A bad sector under one file keeps no daemon from its start.
            return null;
        }
        return BlobRef.Of(name, BinaryPrimitives.ReadInt64BigEndian(bytes)) is { } blob ? BlobMap.Read(blob, bytes.AsSpan(sizeof(long))) : null;
    }

    /// <summary>The name of a blob or a segment in the name of a file; null for other files.</summary>
    public static Digest? NameOf(FileInfo file)
    {
        var name = Path.GetFileNameWithoutExtension(file.Name);
        return file.Extension is SegmentFolder.Suffix or BlobStore.MapSuffix or BlobStore.PartSuffix
            && name.Length == 2 * Digest.Size && name.All(char.IsAsciiHexDigitLower) && Digest.TryRead(Convert.FromHexString(name), out var digest) ? digest : null;
    }
}
