using System.Diagnostics;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using AkkaFailover.Linux.Files;

namespace AkkaFailover.Linux.Blobs;

/// <summary>
/// A folder with a file for each segment (<see cref="SegmentFolder"/>), and one for each blob that says which segments it has: <c>.map</c> where all
/// of them are here, <c>.part</c> where they are still coming. Everything else is removed at the next start.
/// </summary>
public sealed class BlobStore : IBlobStore
{
    /// <summary>How long a blob stays that nobody names: longer than it takes to name it. What a version of a large file has alone stays so long.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>The journal is on the same file system, and a node that cannot write it is out: so much stays free, or an eighth of a small one.</summary>
    private const long Reserve = 256L << 20;

    internal const string NewSuffix = ".new";
    internal const string MapSuffix = ".map";
    internal const string PartSuffix = ".part";
    internal const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly TimeSpan _grace;
    private readonly SegmentFolder _segments;
    // Of the index alone: actors ask under it.
    private readonly Lock _lock = new();
    // Held while a map gets or loses its file, so that file and index agree.
    private readonly Lock _maps = new();
    private readonly Dictionary<BlobRef, (BlobMap Map, long Touched)> _whole = [];
    private readonly Dictionary<BlobRef, (BlobMap Map, long Touched)> _coming = [];
    private int _keeping;

    private BlobStore(string folder, TimeSpan grace) => (_folder, _grace, _segments) = (folder, grace, new SegmentFolder(folder));

    /// <summary>Opens a folder, which need not be there yet.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IBlobStore Open(string folder) => Open(folder, Grace);

    internal static BlobStore Open(string folder, TimeSpan grace)
    {
        var store = new BlobStore(folder, grace);
        try
        {
            if (Directory.Exists(folder)) store.Find();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{folder}: {e.Message}", e);
        }
        return store;
    }

    /// <inheritdoc/>
    public bool Has(BlobRef blob) => MapOf(blob) is not null;

    /// <inheritdoc/>
    public BlobMap? MapOf(BlobRef blob)
    {
        lock (_lock)
        {
            if (!_whole.TryGetValue(blob, out var held)) return null;
            _whole[blob] = (held.Map, Stopwatch.GetTimestamp());
            return held.Map;
        }
    }

    /// <inheritdoc/>
    public BlobMap Keep(Stream content)
    {
        MakeFolder();
        ExpectRoom(content.Length);
        return KeepSegments(content);
    }

    private BlobMap KeepSegments(Stream content)
    {
        if (content.Length > BlobRules.MaxSize) throw new IOException($"it has more than {BlobRules.MaxSize} bytes");
        lock (_lock) _keeping++;
        try
        {
            var map = BlobMapBuilder.Of(content, Write)
                ?? throw new IOException($"there is nothing in it, or more than {BlobRules.MaxSize} bytes");
            if (!Has(map.Blob)) Publish(map);
            return map;
        }
        finally
        {
            lock (_lock) _keeping--;
        }

        void Write(Digest segment, ReadOnlyMemory<byte> bytes)
        {
            if (_segments.Has(segment)) return;
            ExpectRoom(bytes.Length);
            _segments.Write(segment, bytes.Span);
        }
    }

    /// <inheritdoc/>
    public string NewFile(long size)
    {
        MakeFolder();
        ExpectRoom(size);
        var path = _segments.NewPath();
        File.OpenHandle(path, FileMode.Create, FileAccess.Write).Dispose();
        File.SetUnixFileMode(path, OwnerFile);
        return path;
    }

    /// <inheritdoc/>
    public BlobMap Adopt(string file)
    {
        try
        {
            using var content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            // It had its room when it was made; what is new of it needs some again, for a moment.
            return KeepSegments(content);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <inheritdoc/>
    public int Read(BlobRef blob, long offset, Span<byte> destination)
    {
        if (MapOf(blob) is not { } map) return 0;
        try
        {
            var read = 0;
            while (read < destination.Length && offset + read < blob.Size)
            {
                var (segment, start) = ((int)((offset + read) / BlobRules.SegmentSize), (int)((offset + read) % BlobRules.SegmentSize));
                var wanted = Math.Min(destination.Length - read, blob.LengthOf(segment) - start);
                if (_segments.Read(map.Segments[segment], start, destination.Slice(read, wanted)) is var more && more < wanted) return read + more;
                read += wanted;
            }
            return read;
        }
        catch (FileNotFoundException)
        {
            Verify(blob);
            return 0;
        }
    }

    /// <inheritdoc/>
    public Stream? Open(BlobRef blob)
    {
        if (MapOf(blob) is not { } map) return null;
        if (map.Segments.All(_segments.Exists)) return new BlobStream(_segments, map);
        Verify(blob);
        return null;
    }

    /// <inheritdoc/>
    public void Verify(BlobRef blob)
    {
        if (MapOf(blob) is not { } map) return;
        var damaged = map.Segments.Where(segment => !_segments.IsWhole(segment)).ToHashSet();
        lock (_maps)
        {
            List<BlobRef> gone;
            lock (_lock)
            {
                gone = [.. _whole.Values.Where(held => held.Map.Segments.Any(damaged.Contains)).Select(held => held.Map.Blob)];
                gone.ForEach(other => _whole.Remove(other));
            }
            foreach (var other in gone) File.Delete(PathOf(other, MapSuffix));
            _segments.Remove(damaged);
        }
    }

    /// <inheritdoc/>
    public IPartialBlob Begin(BlobMap map)
    {
        MakeFolder();
        ExpectRoom(map.Segments.Select((segment, i) => (segment, Length: (long)map.Blob.LengthOf(i))).DistinctBy(s => s.segment).Where(s => !_segments.Has(s.segment)).Sum(s => s.Length));
        lock (_maps)
        {
            MapFile.Write(PathOf(map.Blob, PartSuffix), map);
            lock (_lock) _coming[map.Blob] = (map, Stopwatch.GetTimestamp());
        }
        return new PartialBlob(_segments, map, () => Publish(map));
    }

    /// <inheritdoc/>
    public (int Count, long Bytes) Sweep(IReadOnlySet<BlobRef> keep)
    {
        List<BlobRef> whole, coming;
        HashSet<Digest> needed;
        bool keeping;
        lock (_maps)
        {
            lock (_lock)
            {
                whole = Forget(_whole);
                coming = Forget(_coming);
                needed = [.. _whole.Values.Concat(_coming.Values).SelectMany(held => held.Map.Segments)];
                keeping = _keeping > 0;
            }
            foreach (var blob in whole) File.Delete(PathOf(blob, MapSuffix));
            foreach (var blob in coming) File.Delete(PathOf(blob, PartSuffix));
        }
        // What is being kept at this moment names its segments at its end; those that begin now find theirs fresh, or write them.
        if (!keeping) _segments.Sweep(needed, IsOld);
        return (whole.Count, whole.Sum(blob => blob.Size));

        List<BlobRef> Forget(Dictionary<BlobRef, (BlobMap Map, long Touched)> blobs)
        {
            List<BlobRef> old = [.. blobs.Where(blob => !keep.Contains(blob.Key) && IsOld(blob.Value.Touched)).Select(blob => blob.Key)];
            old.ForEach(blob => blobs.Remove(blob));
            return old;
        }
    }

    private bool IsOld(long touched) => Stopwatch.GetElapsedTime(touched) >= _grace;

    /// <summary>A blob is on the disk only if its folder is.</summary>
    private void MakeFolder()
    {
        if (Directory.Exists(_folder)) return;
        Directory.CreateDirectory(_folder, OwnerFolder);
        var parent = Path.GetDirectoryName(Path.GetFullPath(_folder))!;
        DurableFile.SyncFolder(parent);
        if (Path.GetDirectoryName(parent) is { } above) DurableFile.SyncFolder(above);
    }

    private void ExpectRoom(long size)
    {
        var disk = new DriveInfo(_folder);
        var reserve = Math.Min(Reserve, disk.TotalSize / 8);
        if (disk.AvailableFreeSpace - reserve < size)
            throw new IOException($"No space left in {_folder}: it has {size} bytes, {disk.AvailableFreeSpace} are free, and {reserve} of them are kept for the journal");
    }

    private string PathOf(BlobRef blob, string suffix) => Path.Combine(_folder, $"{blob.Name}{suffix}");

    /// <summary>The segments first: a map names nothing that is not on the disk.</summary>
    private void Publish(BlobMap map)
    {
        lock (_maps)
        {
            if (!map.Segments.All(_segments.Has)) throw new IOException("a part of it was found damaged in this moment: try again");
            DurableFile.SyncFolder(_folder);
            MapFile.Write(PathOf(map.Blob, MapSuffix), map);
            lock (_lock)
            {
                _whole[map.Blob] = (map, Stopwatch.GetTimestamp());
                _coming.Remove(map.Blob);
            }
            File.Delete(PathOf(map.Blob, PartSuffix));
        }
    }

    private void Find()
    {
        var now = Stopwatch.GetTimestamp();
        var sizes = new Dictionary<Digest, long>();
        var maps = new List<(FileInfo File, BlobMap? Map)>();
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            if (MapFile.NameOf(file) is not { } name) file.Delete();
            else if (file.Extension is SegmentFolder.Suffix) sizes[name] = file.Length;
            else maps.Add((file, MapFile.Read(file, name)));
        }
        foreach (var (segment, length) in maps.SelectMany(found => found.Map is { } map ? map.Segments.Select((segment, i) => (segment, map.Blob.LengthOf(i))) : []))
        {
            // Cut off: nothing may take it for what its name says.
            if (!sizes.TryGetValue(segment, out var size) || size == length) continue;
            sizes.Remove(segment);
            _segments.Discard(segment);
        }
        foreach (var segment in sizes.Keys) _segments.Found(segment);
        foreach (var (file, map) in maps)
        {
            if (map is not null && file.Extension is PartSuffix) _coming[map.Blob] = (map, now);
            else if (map is not null && map.Segments.All(sizes.ContainsKey)) _whole[map.Blob] = (map, now);
            else file.Delete();
        }
    }
}
