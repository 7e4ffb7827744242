using AkkaFailover.Core.Blobs;

namespace AkkaFailover.Core.Ports;

/// <summary>
/// Large contents in a folder, each under the name that its <see cref="BlobMap"/> gives it; what two of them have in common is there once. What is
/// there is whole and on the disk. Any thread; all but <see cref="Has"/> and <see cref="MapOf"/> may block.
/// </summary>
public interface IBlobStore
{
    /// <summary>Whether a blob is here. What was asked for is not removed for a while.</summary>
    bool Has(BlobRef blob);

    /// <summary>Keeps a content; on the disk when this returns.</summary>
    /// <exception cref="IOException">It could not be kept (no room, too large, nothing in it); what is left of it goes with the next <see cref="Sweep"/>.</exception>
    BlobMap Keep(Stream content);

    /// <summary>Makes an empty file, for its owner alone, to be written and handed to <see cref="Adopt"/>.</summary>
    /// <param name="size">How large it may get, in bytes.</param>
    /// <exception cref="IOException">It cannot be made, or there is no room for so much.</exception>
    string NewFile(long size);

    /// <summary>As <see cref="Keep"/>, of a file that <see cref="NewFile"/> made and that is not there any more afterwards.</summary>
    /// <exception cref="IOException">As there.</exception>
    BlobMap Adopt(string file);

    /// <summary>The map of a blob; null where it is not here. What was asked for is not removed for a while.</summary>
    BlobMap? MapOf(BlobRef blob);

    /// <summary>Reads some bytes.</summary>
    /// <returns>How many; 0 where the blob is not here or ends before.</returns>
    int Read(BlobRef blob, long offset, Span<byte> destination);

    /// <summary>Opens a blob for reading; null where it is not here.</summary>
    Stream? Open(BlobRef blob);

    /// <summary>Reads a blob that may be damaged. If it is, it is removed, and whatever else has the damaged part: they are fetched again where they are needed.</summary>
    void Verify(BlobRef blob);

    /// <summary>Begins a blob that comes in pieces, or goes on with it where an earlier run stopped.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    IPartialBlob Begin(BlobMap map);

    /// <summary>Removes whatever is not among these and was not written or asked for a while ago.</summary>
    /// <returns>Number and bytes of what was removed.</returns>
    (int Count, long Bytes) Sweep(IReadOnlySet<BlobRef> keep);
}

/// <summary>A blob that is not whole yet. One thread at a time.</summary>
public interface IPartialBlob : IDisposable
{
    /// <summary>Whether a segment is there, with the content that the map says.</summary>
    bool Has(int segment);

    /// <summary>Writes a segment.</summary>
    /// <returns>False where it is not the one that the map names: nothing is written.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    bool TryWrite(int segment, ReadOnlySpan<byte> content);

    /// <summary>All segments are there: makes it a blob, on the disk when this returns.</summary>
    /// <exception cref="IOException">It could not be synced or renamed.</exception>
    void Complete();
}

/// <summary>Opens the blobs of a group.</summary>
/// <param name="folder">Made when the first one is kept.</param>
/// <exception cref="IOException">The folder is there and cannot be read.</exception>
public delegate IBlobStore BlobStoreOpener(string folder);
