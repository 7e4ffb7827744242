using System.Diagnostics;
using AkkaFailover.Core.Replica;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Linux.Blobs;

/// <summary>
/// A folder with a file for each segment, under its hash: what two versions of a file have in common is there once, and of the next version only what
/// changed is written and synced. What is there was synced before it got its name. Any thread.
/// </summary>
internal sealed class SegmentFolder(string folder)
{
    public const string Suffix = ".segment";

    // Of the index alone: actors ask under it.
    private readonly Lock _lock = new();
    // Held while a file gets or loses its name, so that none is removed that somebody has just found.
    private readonly Lock _names = new();
    private readonly Dictionary<Digest, long> _touched = [];
    private long _temporaries;

    /// <summary>A file that was there at the start.</summary>
    public void Found(Digest segment)
    {
        lock (_lock) _touched[segment] = Stopwatch.GetTimestamp();
    }

    /// <summary>Removes the file of one that was not found to be whole.</summary>
    public void Discard(Digest segment) => File.Delete(PathOf(segment));

    /// <summary>Whether a segment is here. What was asked for is not removed for a while.</summary>
    public bool Has(Digest segment)
    {
        lock (_lock)
        {
            if (!_touched.ContainsKey(segment)) return false;
            _touched[segment] = Stopwatch.GetTimestamp();
            return true;
        }
    }

    /// <summary>Writes a segment, unless it is here already; its name is on the disk when the folder has been synced.</summary>
    /// <exception cref="IOException">It could not be written; nothing of it is left.</exception>
    public void Write(Digest segment, ReadOnlySpan<byte> content)
    {
        if (Has(segment)) return;
        var temporary = NewPath();
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                File.SetUnixFileMode(file, BlobStore.OwnerFile);
                RandomAccess.Write(file, content, 0);
                RandomAccess.FlushToDisk(file);
            }
            lock (_names)
            {
                File.Move(temporary, PathOf(segment), overwrite: true);
                Found(segment);
            }
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Reads some bytes of a segment.</summary>
    /// <returns>How many; fewer where it ends before.</returns>
    /// <exception cref="IOException">It is not here, or cannot be read.</exception>
    public int Read(Digest segment, int offset, Span<byte> destination)
    {
        using var file = File.OpenHandle(PathOf(segment));
        var read = 0;
        while (read < destination.Length && RandomAccess.Read(file, destination[read..], offset + read) is var more and > 0) read += more;
        return read;
    }

    /// <summary>Whether a segment has a file.</summary>
    public bool Exists(Digest segment) => File.Exists(PathOf(segment));

    /// <summary>Whether a segment is what its name says.</summary>
    /// <exception cref="IOException">It cannot be read now, for a reason that is not its own.</exception>
    public bool IsWhole(Digest segment)
    {
        try
        {
            return Digest.Of(File.ReadAllBytes(PathOf(segment))) == segment;
        }
        catch (IOException e) when (e.HResult is not (Errno.TooManyFiles or Errno.TooManyFilesOfAll))
        {
            return false;
        }
    }

    /// <summary>Removes segments.</summary>
    public void Remove(IEnumerable<Digest> segments, Func<long, bool>? still = null)
    {
        lock (_names)
        {
            List<Digest> gone;
            lock (_lock) gone = [.. segments.Where(segment => _touched.TryGetValue(segment, out var touched) && (still?.Invoke(touched) ?? true) && _touched.Remove(segment))];
            // A gigabyte is not given back under the lock of the index.
            foreach (var segment in gone) File.Delete(PathOf(segment));
        }
    }

    /// <summary>Removes what is not needed and was not written or asked for a while ago.</summary>
    public void Sweep(IReadOnlySet<Digest> needed, Func<long, bool> isOld)
    {
        List<Digest> rest;
        lock (_lock) rest = [.. _touched.Keys.Where(segment => !needed.Contains(segment))];
        Remove(rest, isOld);
    }

    /// <summary>A name for a file that is not whole yet.</summary>
    public string NewPath() => Path.Combine(folder, $"{Interlocked.Increment(ref _temporaries)}{BlobStore.NewSuffix}");

    private string PathOf(Digest segment) => Path.Combine(folder, $"{segment}{Suffix}");
}
