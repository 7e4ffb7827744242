using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Ports;

/// <summary>One thing found in a watched path.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Bytes of a file; 0 for others.</param>
/// <param name="Content">The hash of the entry that it would be.</param>
public readonly record struct FoundNode(PathKind Kind, long Size, Digest Content)
{
    /// <summary>As an entry its content would be a blob.</summary>
    public bool IsLarge { get; init; }
}

/// <summary>What is in a watched path.</summary>
/// <param name="Found">By path below the root; empty where the root is not there.</param>
/// <param name="Refused">What cannot be an entry.</param>
/// <param name="Busy">Files that somebody is writing: their turn comes when they are complete.</param>
/// <param name="Fault">Why nothing can be said of the whole path; null where it can.</param>
public sealed record TreeScan(
    IReadOnlyDictionary<string, FoundNode> Found, IReadOnlyList<PathRefusal> Refused, IReadOnlySet<string> Busy, string? Fault)
{
    /// <summary>A program keeps a file open: nobody says when it is written, and it must be looked at often.</summary>
    public bool IsKeptOpen { get; init; }
}

/// <summary>
/// A file or folder of this host with all that is in it. No call follows a symbolic link below the root. All of them may block; one at a time.
/// </summary>
public interface IWatchedTree : IDisposable
{
    /// <summary>Something may have changed; raised on a thread of its own, often.</summary>
    event Action? Changed;

    /// <summary>Looks at everything. What looks as it did the last time is not read again.</summary>
    TreeScan Scan();

    /// <summary>Reads one thing as an entry, a large file's content into the store; null where it is not there, or not complete, any more.</summary>
    /// <exception cref="IOException">The content could not be kept.</exception>
    PathRecord? Read(string relative);

    /// <summary>The root as an entry with another content; null where it is no file.</summary>
    PathRecord? Describe(BlobRef content);

    /// <summary>Opens a file for reading as it is; null where there is none.</summary>
    Stream? Open(string relative);

    /// <summary>Removes and writes, so that each file is the old or the new one whatever happens; all of it is on disk when this returns.</summary>
    /// <param name="remove">Deepest first.</param>
    /// <param name="write">Folders first.</param>
    /// <returns>What could not be done.</returns>
    IReadOnlyList<PathRefusal> Apply(IReadOnlyList<string> remove, IReadOnlyList<PathWrite> write);
}

/// <summary>Opens a watched path.</summary>
/// <param name="root">Its absolute path.</param>
/// <param name="blobs">Where the contents of large files are.</param>
public delegate IWatchedTree WatchedTreeOpener(string root, IBlobStore blobs);
