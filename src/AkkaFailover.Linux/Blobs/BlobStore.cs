using System.Diagnostics;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using AkkaFailover.Linux.Files;

namespace AkkaFailover.Linux.Blobs;

/// <summary>
/// A folder with a file for each blob (its name in hexadecimal), the map of each beside it (<c>.map</c>) and what is not whole yet
/// (<c>.part</c>). A blob is there once its file has the plain name; everything else is found again, or removed, at the next start.
/// </summary>
public sealed class BlobStore : IBlobStore
{
    /// <summary>How long a blob stays that nobody names: longer than it takes to name it. Each version of a large file that changes stays so long.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>The journal is on the same file system, and a node that cannot write it is out: so much stays free, or an eighth of a small one.</summary>
    private const long Reserve = 256L << 20;

    internal const string PartSuffix = ".part";
    private const string MapSuffix = ".map";
    private const string NewSuffix = ".new";
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly TimeSpan _grace;
    private readonly Lock _lock = new();
    private readonly Dictionary<BlobRef, long> _touched = [];
    private readonly Dictionary<Digest, long> _parts = [];
    private long _temporaries;

    private BlobStore(string folder, TimeSpan grace) => (_folder, _grace) = (folder, grace);

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
    public bool Has(BlobRef blob)
    {
        lock (_lock)
        {
            if (!_touched.ContainsKey(blob)) return false;
            _touched[blob] = Stopwatch.GetTimestamp();
            return true;
        }
    }

    /// <inheritdoc/>
    public BlobMap Keep(Stream content)
    {
        MakeFolder();
        ExpectRoom(content.Length);
        var temporary = NewPath();
        try
        {
            var map = Copy(content, temporary);
            if (!Has(map.Blob)) Publish(temporary, map);
            return map;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <inheritdoc/>
    public string NewFile()
    {
        MakeFolder();
        var path = NewPath();
        File.OpenHandle(path, FileMode.Create, FileAccess.Write).Dispose();
        File.SetUnixFileMode(path, OwnerFile);
        return path;
    }

    /// <inheritdoc/>
    public BlobMap Adopt(string file)
    {
        try
        {
            BlobMap map;
            using (var content = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0))
            {
                content.Flush(flushToDisk: true);
                map = BlobMapBuilder.Of(content) ?? throw new IOException($"it is empty, or has more than {BlobRules.MaxSize} bytes");
            }
            if (!Has(map.Blob)) Publish(file, map);
            return map;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <inheritdoc/>
    public BlobMap? MapOf(BlobRef blob)
    {
        if (!Has(blob)) return null;
        try
        {
            if (BlobMap.Read(blob, File.ReadAllBytes(PathOf(blob) + MapSuffix)) is { } map) return map;
        }
        catch (FileNotFoundException)
        {
            // As if it were damaged: without a map it is of no use.
        }
        Drop(blob);
        return null;
    }

    /// <inheritdoc/>
    public int Read(BlobRef blob, long offset, Span<byte> destination)
    {
        if (!Has(blob)) return 0;
        using var file = File.OpenHandle(PathOf(blob));
        var read = 0;
        while (read < destination.Length && RandomAccess.Read(file, destination[read..], offset + read) is var more and > 0) read += more;
        return read;
    }

    /// <inheritdoc/>
    public Stream? Open(BlobRef blob)
    {
        if (!Has(blob)) return null;
        try
        {
            return new FileStream(PathOf(blob), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (FileNotFoundException)
        {
            Drop(blob);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Drop(BlobRef blob) => Drop(blob, _ => true);

    /// <inheritdoc/>
    public IPartialBlob Begin(BlobMap map)
    {
        MakeFolder();
        if (!File.Exists(PathOf(map.Blob) + PartSuffix)) ExpectRoom(map.Blob.Size);
        lock (_lock) _parts[map.Blob.Name] = Stopwatch.GetTimestamp();
        return new PartialBlob(PathOf(map.Blob) + PartSuffix, map, part => Publish(part, map));
    }

    /// <inheritdoc/>
    public (int Count, long Bytes) Sweep(IReadOnlySet<BlobRef> keep)
    {
        var names = keep.Select(blob => blob.Name).ToHashSet();
        List<BlobRef> old;
        List<string> gone = [];
        lock (_lock)
        {
            old = [.. _touched.Where(blob => !names.Contains(blob.Key.Name) && IsOld(blob.Value)).Select(blob => blob.Key)];
            foreach (var (part, touched) in _parts.ToList())
            {
                if (names.Contains(part) || !IsOld(touched)) continue;
                _parts.Remove(part);
                var file = Path.Combine(_folder, part.ToString()) + PartSuffix;
                if (!File.Exists(file)) continue;
                gone.Add(NewPath());
                File.Move(file, gone[^1]);
            }
        }
        gone.ForEach(File.Delete);
        old = [.. old.Where(blob => Drop(blob, IsOld))];
        return (old.Count, old.Sum(blob => blob.Size));
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

    private string NewPath() => Path.Combine(_folder, $"{Interlocked.Increment(ref _temporaries)}{NewSuffix}");

    private string PathOf(BlobRef blob) => Path.Combine(_folder, blob.Name.ToString());

    private void Find()
    {
        var now = Stopwatch.GetTimestamp();
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            if (file.Extension is MapSuffix && File.Exists(file.FullName[..^MapSuffix.Length])) continue;
            if (NameOf(Path.GetFileNameWithoutExtension(file.Name)) is not { } name || file.Extension is not ("" or PartSuffix)) file.Delete();
            else if (file.Extension is PartSuffix) _parts[name] = now;
            else if (File.Exists(file.FullName + MapSuffix) && BlobRef.Of(name, file.Length) is { } blob) _touched[blob] = now;
            else file.Delete();
        }
    }

    private static Digest? NameOf(string hexadecimal) =>
        hexadecimal.Length == 2 * Digest.Size && hexadecimal.All(char.IsAsciiHexDigitLower) && Digest.TryRead(Convert.FromHexString(hexadecimal), out var name) ? name : null;

    private static BlobMap Copy(Stream content, string temporary)
    {
        using var file = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerFile, BufferSize = 0 });
        var map = SegmentFile.Write(content, file.SafeFileHandle)
            ?? throw new IOException(content.Length > BlobRules.MaxSize ? $"it has more than {BlobRules.MaxSize} bytes" : "there is nothing in it");
        file.Flush(flushToDisk: true);
        return map;
    }

    /// <summary>The map first: a blob without one is not there.</summary>
    private void Publish(string temporary, BlobMap map)
    {
        var path = PathOf(map.Blob);
        try
        {
            DurableFile.Replace(path + MapSuffix, map.ToBytes());
            File.Move(temporary, path, overwrite: true);
            DurableFile.SyncFolder(_folder);
        }
        catch (IOException)
        {
            File.Delete($"{path}{MapSuffix}{NewSuffix}");
            if (!File.Exists(path)) File.Delete(path + MapSuffix);
            throw;
        }
        lock (_lock)
        {
            _parts.Remove(map.Blob.Name);
            _touched[map.Blob] = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Removes a blob, unless it was asked for meanwhile.</summary>
    private bool Drop(BlobRef blob, Func<long, bool> still)
    {
        // Actors ask under the lock what is here: a gigabyte is not given back under it.
        var gone = NewPath();
        lock (_lock)
        {
            if (!_touched.TryGetValue(blob, out var touched) || !still(touched)) return false;
            _touched.Remove(blob);
            File.Delete(PathOf(blob) + MapSuffix);
            if (File.Exists(PathOf(blob))) File.Move(PathOf(blob), gone);
        }
        File.Delete(gone);
        return true;
    }
}
