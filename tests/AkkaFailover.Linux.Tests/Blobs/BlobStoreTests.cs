using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
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
        Assert.Equal(content, ReadAll(store, map.Blob));
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
    public void Of_the_next_version_only_what_changed_is_written()
    {
        var store = BlobStore.Open(Folder);
        var content = Bytes((3 << 20) + 7);
        var first = store.Keep(new MemoryStream(content)).Blob;
        content[1 << 20]++;
        var second = store.Keep(new MemoryStream(content)).Blob;
        Assert.Equal(2 + 4 + 1, Directory.GetFiles(Folder).Length);
        Assert.Equal((true, true), (store.Has(first), store.Has(second)));
        Assert.Equal(content, ReadAll(store, second));
        store = BlobStore.Open(Folder, TimeSpan.Zero);
        Assert.Equal((1, content.Length), store.Sweep(new HashSet<BlobRef> { second }));
        Assert.Equal(1 + 4, Directory.GetFiles(Folder).Length);
        Assert.Equal(content, ReadAll(store, second));
    }

    [Fact]
    public void A_damaged_segment_takes_every_blob_that_has_it_and_nothing_else()
    {
        var store = BlobStore.Open(Folder);
        var content = Bytes((1 << 20) + 7);
        var first = store.Keep(new MemoryStream(content)).Blob;
        content[1 << 20]++;
        var (second, other) = (store.Keep(new MemoryStream(content)).Blob, store.Keep(new MemoryStream(Bytes(10))).Blob);
        store.Verify(first);
        Assert.True(store.Has(first));
        File.WriteAllBytes(SegmentOf(content.AsSpan(0, 1 << 20)), new byte[1 << 20]);
        store.Verify(first);
        Assert.Equal((false, false, true), (store.Has(first), store.Has(second), store.Has(other)));
        Assert.Equal(second, store.Keep(new MemoryStream(content)).Blob);
        Assert.Equal(content, ReadAll(store, second));
    }

    [Fact]
    public void A_blob_that_has_lost_a_segment_is_none()
    {
        var store = BlobStore.Open(Folder);
        var blob = store.Keep(new MemoryStream(Bytes(10))).Blob;
        File.Delete(SegmentOf(Bytes(10)));
        Assert.Null(store.Open(blob));
        Assert.False(store.Has(blob));
        Assert.Equal(blob, store.Keep(new MemoryStream(Bytes(10))).Blob);
        File.Delete(SegmentOf(Bytes(10)));
        Assert.Equal(0, store.Read(blob, 0, new byte[10]));
        Assert.False(store.Has(blob));
    }

    [Fact]
    public void A_segment_that_was_cut_off_is_none_after_a_restart_and_can_be_had_again()
    {
        var blob = BlobStore.Open(Folder).Keep(new MemoryStream(Bytes(10))).Blob;
        File.WriteAllBytes(SegmentOf(Bytes(10)), Bytes(10)[..5]);
        var store = BlobStore.Open(Folder);
        Assert.False(store.Has(blob));
        using (var partial = store.Begin(MapOf(Bytes(10))))
        {
            Assert.False(partial.Has(0));
            Assert.True(partial.TryWrite(0, Bytes(10)));
            partial.Complete();
        }
        Assert.Equal(Bytes(10), ReadAll(store, blob));
    }

    [Fact]
    public void A_copy_that_had_its_room_needs_it_once_again_only_for_what_is_new()
    {
        Shell.Run("mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", _folder.FullName);
        try
        {
            var store = BlobStore.Open(Folder);
            var content = Bytes(3 << 20);
            store.Keep(new MemoryStream(content));
            content[0]++;
            var copy = store.NewFile(content.Length);
            File.WriteAllBytes(copy, content);
            Assert.Equal(content, ReadAll(store, store.Adopt(copy).Blob));
            Assert.False(File.Exists(copy));
        }
        finally
        {
            Shell.Run("umount", "--lazy", _folder.FullName);
        }
    }

    [Fact]
    public void What_is_being_kept_loses_nothing_to_a_sweep()
    {
        var store = BlobStore.Open(Folder, TimeSpan.Zero);
        var content = Bytes(3 << 20);
        using var slow = new Interrupted(content, 2 << 20, () => store.Sweep(new HashSet<BlobRef>()));
        Assert.Equal(content, ReadAll(store, store.Keep(slow).Blob));
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
        store = BlobStore.Open(Folder, TimeSpan.Zero);
        Assert.Equal((true, false), (store.Has(whole), store.Has(mapless)));
        store.Sweep(new HashSet<BlobRef> { whole });
        ExpectAlone(whole, Bytes(10));
    }

    [Fact]
    public void A_damaged_map_makes_a_blob_none()
    {
        var store = BlobStore.Open(Folder);
        var blob = store.Keep(new MemoryStream(Bytes(10))).Blob;
        File.WriteAllBytes(Path.Combine(Folder, $"{blob.Name}.map"), new byte[40]);
        store = BlobStore.Open(Folder);
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
        ExpectAlone(named, Bytes(10));
    }

    [Fact]
    public void What_comes_stays_while_it_is_named_also_over_a_restart()
    {
        var content = Bytes((1 << 20) + 7);
        var map = MapOf(content);
        using (var partial = BlobStore.Open(Folder).Begin(map)) partial.TryWrite(0, content.AsSpan(0, 1 << 20));
        var store = BlobStore.Open(Folder, TimeSpan.Zero);
        store.Sweep(new HashSet<BlobRef> { map.Blob });
        using (var partial = store.Begin(map)) Assert.Equal([true, false], [partial.Has(0), partial.Has(1)]);
        store.Sweep(new HashSet<BlobRef>());
        Assert.Empty(Directory.GetFiles(Folder));
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
            Assert.Throws<IOException>(() => store.NewFile(5 << 20));
            Assert.Empty(Directory.GetFiles(Folder));
            Assert.True(store.Has(store.Keep(new MemoryStream(Bytes(3 << 20))).Blob));
        }
        finally
        {
            Shell.Run("umount", "--lazy", _folder.FullName);
        }
    }

    private void ExpectAlone(BlobRef blob, byte[] content) =>
        Assert.Equal(new[] { $"{blob.Name}.map", Path.GetFileName(SegmentOf(content)) }.Order(), Directory.GetFiles(Folder).Select(Path.GetFileName).Order());

    private string SegmentOf(ReadOnlySpan<byte> content) => Path.Combine(Folder, $"{Digest.Of(content)}.segment");

    private static byte[] ReadAll(IBlobStore store, BlobRef blob)
    {
        using var read = new MemoryStream();
        using (var stream = store.Open(blob)!) stream.CopyTo(read);
        return read.ToArray();
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

    /// <summary>A content in whose reading something happens at one place.</summary>
    private sealed class Interrupted(byte[] content, long at, Action what) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer)
        {
            if (Position == at) what();
            return base.Read(buffer);
        }
    }
}
