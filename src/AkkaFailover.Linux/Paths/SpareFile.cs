using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using AkkaFailover.Linux.Blobs;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Paths;

/// <summary>
/// What was in a file's place before, kept under the name of the unfinished one: of the next version only the segments that differ are written into it
/// and synced, before the two change places. Only what this program wrote, and nobody has touched since, is taken for what it was.
/// </summary>
internal sealed class SpareFile(IBlobStore blobs)
{
    private (BlobMap Map, NodeStat Stat)? _placed;
    private (BlobMap Map, NodeStat Stat)? _spare;

    /// <summary>Makes the spare file the next version, on the disk when this returns.</summary>
    /// <returns>False where there is no spare, or it is of no use: whatever has the temporary name is to be removed.</returns>
    public bool TryFill(SafeFileHandle holder, byte[] temporary, PathRecord record)
    {
        var spare = _spare;
        _spare = null;
        if (spare is not { } before || MapOf(record) is not { } next || TreeCalls.Stat(holder, temporary) != before.Stat) return false;
        using var file = TreeCalls.OpenForWriting(holder, temporary);
        try
        {
            // A program may still read what was in the place before.
            return file is not null && TreeCalls.IsOursAlone(file) && Fill(file, before.Map, next) && TreeCalls.SetAttributes(file, record) && TreeCalls.Sync(file);
        }
        catch (IOException)
        {
            // The disk may be full, or the blob damaged: the way without a spare says which.
            return false;
        }
    }

    /// <summary>Puts the next version in its place, and keeps what was there where it is known.</summary>
    /// <returns>False where it is not in its place.</returns>
    public bool TryPlace(SafeFileHandle holder, byte[] temporary, byte[] name, PathRecord record)
    {
        var (placed, before, made) = (_placed, TreeCalls.Stat(holder, name), TreeCalls.Stat(holder, temporary));
        (_placed, _spare) = (null, null);
        if (placed is { } known && before == known.Stat && TreeCalls.Exchange(holder, temporary, name))
        {
            // A rename changes the time of the last change of both, and nothing else.
            if (TreeCalls.Stat(holder, temporary) is { } now && now with { Changed = known.Stat.Changed } == known.Stat) _spare = (known.Map, now);
            else _ = TreeCalls.Remove(holder, temporary, isFolder: false);
        }
        else if (!TreeCalls.Rename(holder, temporary, name))
        {
            return false;
        }
        // Whoever wrote to it the moment it was there has made it something else.
        if (MapOf(record) is { } map && TreeCalls.Stat(holder, name) is { } stat && stat with { Changed = made?.Changed ?? default } == made) _placed = (map, stat);
        return true;
    }

    /// <summary>Removes it, or what a run that was killed has left.</summary>
    public void Remove(SafeFileHandle holder, byte[] temporary)
    {
        _ = TreeCalls.Remove(holder, temporary, isFolder: false);
        (_placed, _spare) = (null, null);
    }

    private BlobMap? MapOf(PathRecord record) => record.Content is PathContent.Kept { Blob: { } blob } ? blobs.MapOf(blob) : null;

    private bool Fill(SafeFileHandle file, BlobMap before, BlobMap next)
    {
        var buffer = new byte[BlobRules.SegmentSize];
        var unsynced = 0;
        RandomAccess.SetLength(file, next.Blob.Size);
        for (var segment = 0; segment < next.Segments.Length; segment++)
        {
            if (FetchPlan.WayOf(next, before, segment) == SegmentWay.Copy) continue;
            var content = buffer.AsSpan(0, next.Blob.LengthOf(segment));
            var start = (long)segment * BlobRules.SegmentSize;
            if (blobs.Read(next.Blob, start, content) != content.Length || Digest.Of(content) != next.Segments[segment]) return false;
            RandomAccess.Write(file, content, start);
            if (++unsynced % SegmentFile.SyncEvery == 0) RandomAccess.FlushToDisk(file);
        }
        return true;
    }
}
