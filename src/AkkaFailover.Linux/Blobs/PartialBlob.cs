using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Blobs;

/// <summary>
/// A file of the blob's size with the segments that are there. Which those are is told by their hashes when it is opened again: what a crash has left
/// needs no book of its own.
/// </summary>
internal sealed class PartialBlob : IPartialBlob
{
    private readonly string _path;
    private readonly BlobMap _map;
    private readonly Action<string> _publish;
    private readonly SafeFileHandle _file;
    private readonly bool[] _there;
    private int _unsynced;

    public PartialBlob(string path, BlobMap map, Action<string> publish)
    {
        (_path, _map, _publish, _there) = (path, map, publish, new bool[map.Segments.Length]);
        var isNew = !File.Exists(path) || new FileInfo(path).Length != map.Blob.Size;
        if (isNew) File.Delete(path);
        // All of the room at once: better refused now than after an hour.
        _file = File.OpenHandle(path, isNew ? FileMode.CreateNew : FileMode.Open, FileAccess.ReadWrite, FileShare.Read, preallocationSize: isNew ? map.Blob.Size : 0);
        try
        {
            File.SetUnixFileMode(_file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            if (isNew) RandomAccess.SetLength(_file, map.Blob.Size);
            else Look();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public bool Has(int segment) => _there[segment];

    public bool TryWrite(int segment, ReadOnlySpan<byte> content)
    {
        if (content.Length != _map.Blob.LengthOf(segment) || Digest.Of(content) != _map.Segments[segment]) return false;
        RandomAccess.Write(_file, content, (long)segment * BlobRules.SegmentSize);
        _there[segment] = true;
        if (++_unsynced % SegmentFile.SyncEvery == 0) RandomAccess.FlushToDisk(_file);
        return true;
    }

    public void Complete()
    {
        if (_there.Contains(false)) throw new InvalidOperationException("segments are missing");
        RandomAccess.FlushToDisk(_file);
        _file.Dispose();
        _publish(_path);
    }

    public void Dispose() => _file.Dispose();

    private void Look()
    {
        var buffer = new byte[BlobRules.SegmentSize];
        for (var segment = 0; segment < _there.Length; segment++)
        {
            var content = buffer.AsSpan(0, _map.Blob.LengthOf(segment));
            var read = 0;
            while (read < content.Length && RandomAccess.Read(_file, content[read..], ((long)segment * BlobRules.SegmentSize) + read) is var more and > 0) read += more;
            _there[segment] = read == content.Length && Digest.Of(content) == _map.Segments[segment];
        }
    }
}
