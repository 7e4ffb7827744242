using AkkaFailover.Core.Blobs;
using AkkaFailover.Linux.Blobs;
using AkkaFailover.Linux.Tests.Support;
using Xunit;

namespace AkkaFailover.Linux.Tests.Blobs;

/// <summary>A real folder.</summary>
public sealed class BlobStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("blobs-");

    private string Folder => Path.Combine(_folder.FullName, "vpn");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_was_kept_is_there_after_a_restart_under_its_name_for_its_owner_alone()
    {
        var content = Bytes((3 << 20) + 7);
        var map = BlobStore.Open(Folder).Keep(new MemoryStream(content));
        Assert.Equal((content.Length, 4), (map.Blob.Size, map.Segments.Length));
        var store = BlobStore.Open(Folder);
        Assert.True(store.Has(map.Blob));
        Assert.Equal(map.Segments.AsEnumerable(), store.MapOf(map.Blob)!.Segments.AsEnumerable());
        using var read = new MemoryStream();
        using (var stream = store.Open(map.Blob)!) stream.CopyTo(read);
        Assert.Equal(content, read.ToArray());
        var some = new byte[100];
        Assert.Equal(7, store.Read(map.Blob, 3 << 20, some));
        Assert.Equal(content[^7..], some[..7]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        Assert.All(Directory.GetFiles(Folder), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void The_same_content_is_there_once()
    {
        var store = BlobStore.Open(Folder);
        Assert.Equal(store.Keep(new MemoryStream(Bytes(5000))).Blob, store.Keep(new MemoryStream(Bytes(5000))).Blob);
        Assert.Equal(2, Directory.GetFiles(Folder).Length);
    }

    [Fact]
    public void Nothing_and_too_much_are_refused_and_leave_nothing()
    {
        var store = BlobStore.Open(Folder);
        Assert.Throws<IOException>(() => store.Keep(new MemoryStream()));
        using var large = new FileStream(Path.Combine(_folder.FullName, "large"), FileMode.CreateNew);
        large.SetLength(BlobRules.MaxSize + 1);
        Assert.Contains($"more than {BlobRules.MaxSize} bytes", Assert.Throws<IOException>(() => store.Keep(large)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public void A_partial_blob_goes_on_where_it_stopped_and_takes_no_wrong_segment()
    {
        var content = Bytes((3 << 20) + 7);
        var map = MapOf(content);
        using (var partial = BlobStore.Open(Folder).Begin(map))
        {
            Assert.True(partial.TryWrite(2, content.AsSpan(2 << 20, 1 << 20)));
            Assert.False(partial.TryWrite(1, content.AsSpan(2 << 20, 1 << 20)));
            Assert.False(partial.TryWrite(3, content.AsSpan(0, 8)));
        }
        var store = BlobStore.Open(Folder);
        Assert.False(store.Has(map.Blob));
        using (var partial = store.Begin(map))
        {
            Assert.Equal([false, false, true, false], Enumerable.Range(0, 4).Select(partial.Has));
            Assert.Throws<InvalidOperationException>(partial.Complete);
            foreach (var segment in new[] { 0, 1, 3 }) Assert.True(partial.TryWrite(segment, content.AsSpan(segment << 20, map.Blob.LengthOf(segment))));
            partial.Complete();
        }
        Assert.True(store.Has(map.Blob));
        Assert.True(BlobStore.Open(Folder).Has(map.Blob));
    }

    [Fact]
    public void What_a_crash_left_in_the_middle_is_removed_and_a_blob_without_its_map_is_none()
    {
        var store = BlobStore.Open(Folder);
        var (whole, mapless) = (store.Keep(new MemoryStream(Bytes(10))).Blob, store.Keep(new MemoryStream(Bytes(20))).Blob);
        File.Delete(Path.Combine(Folder, $"{mapless.Name}.map"));
        File.WriteAllText(Path.Combine(Folder, "7.new"), "x");
        File.WriteAllText(Path.Combine(Folder, $"{mapless.Name}.map.new"), "x");
        File.WriteAllText(Path.Combine(Folder, $"{new string('0', 64)}.map"), "x");
        store = BlobStore.Open(Folder);
        Assert.Equal((true, false), (store.Has(whole), store.Has(mapless)));
        Assert.Equal([$"{whole.Name}", $"{whole.Name}.map"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_damaged_map_makes_a_blob_none()
    {
        var store = BlobStore.Open(Folder);
        var blob = store.Keep(new MemoryStream(Bytes(10))).Blob;
        File.WriteAllBytes(Path.Combine(Folder, $"{blob.Name}.map"), new byte[32]);
        Assert.Null(store.MapOf(blob));
        Assert.False(store.Has(blob));
    }

    [Fact]
    public void What_nobody_names_is_removed_and_never_what_was_just_written_or_asked_for()
    {
        var store = BlobStore.Open(Folder, TimeSpan.FromMinutes(1));
        var (named, forgotten) = (store.Keep(new MemoryStream(Bytes(10))).Blob, store.Keep(new MemoryStream(Bytes(20))).Blob);
        Assert.Equal((0, 0), store.Sweep(new HashSet<BlobRef>()));
        store = BlobStore.Open(Folder, TimeSpan.Zero);
        using (store.Begin(MapOf(Bytes(30))))
        {
            Assert.Equal((1, 20), store.Sweep(new HashSet<BlobRef> { named }));
        }
        Assert.Equal((true, false), (store.Has(named), store.Has(forgotten)));
        Assert.Equal([$"{named.Name}", $"{named.Name}.map"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_full_disk_is_said_and_leaves_nothing()
    {
        Shell.Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", _folder.FullName);
        try
        {
            var store = BlobStore.Open(Folder);
            Assert.Contains("No space left", Assert.Throws<IOException>(() => store.Keep(new MemoryStream(Bytes(5 << 20)))).Message, StringComparison.Ordinal);
            Assert.Throws<IOException>(() => store.Begin(MapOf(Bytes(5 << 20))));
            Assert.Empty(Directory.GetFiles(Folder));
            Assert.True(store.Has(store.Keep(new MemoryStream(Bytes(3 << 20))).Blob));
        }
        finally
        {
            Shell.Run("umount", "--lazy", _folder.FullName);
        }
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static BlobMap MapOf(byte[] content)
    {
        var builder = new BlobMapBuilder();
        foreach (var segment in content.Chunk(BlobRules.SegmentSize)) builder.Add(segment);
        return builder.Build()!;
    }
}
