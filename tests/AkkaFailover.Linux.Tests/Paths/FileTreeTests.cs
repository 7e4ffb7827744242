using System.Text;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Blobs;
using AkkaFailover.Linux.Paths;
using Xunit;

namespace AkkaFailover.Linux.Tests.Paths;

/// <summary>A real folder.</summary>
public sealed class FileTreeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tree-");
    private readonly IWatchedTree _tree;

    public FileTreeTests() => _tree = FileTree.Open(Root, BlobStore.Open(Path.Combine(_folder.FullName, "blobs")));

    private string Root => Path.Combine(_folder.FullName, "root");

    public void Dispose()
    {
        _tree.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Changes_are_heard_at_any_depth_and_before_the_root_is_there()
    {
        using var heard = new SemaphoreSlim(0);
        _tree.Changed += () => heard.Release();
        Assert.Empty(_tree.Scan().Found);
        Directory.CreateDirectory($"{Root}/a/b");
        await Heard();
        Assert.Equal(["", "a", "a/b"], _tree.Scan().Found.Keys.Order(StringComparer.Ordinal));
        await Task.Delay(50);
        while (heard.CurrentCount > 0) await heard.WaitAsync();
        await File.WriteAllTextAsync($"{Root}/a/b/file", "x");
        await Heard();
        Assert.Equal(1, _tree.Scan().Found["a/b/file"].Size);
        File.Delete($"{Root}/a/b/file");
        await Heard();

        async Task Heard() => Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(10)), "nothing was heard");
    }

    [Fact]
    public async Task A_file_that_a_program_keeps_open_is_taken_whenever_it_is_at_rest()
    {
        Directory.CreateDirectory(Root);
        await using var pool = new StreamWriter($"{Root}/pool") { AutoFlush = true };
        await pool.WriteAsync("alice,10.8.0.2,");
        // Whoever only writes a file closes it: for three seconds it may be incomplete.
        Assert.Equal(["pool"], _tree.Scan().Busy);
        await Taken("alice,10.8.0.2,");
        await pool.WriteAsync("bob,10.8.0.3,");
        var busy = _tree.Scan();
        Assert.True(busy.IsKeptOpen && busy.Busy.Contains("pool"), "it was taken in the moment it was written");
        await Taken("alice,10.8.0.2,bob,10.8.0.3,");
        pool.Close();
        Assert.False(_tree.Scan().IsKeptOpen);

        async Task Taken(string content)
        {
            for (var end = Environment.TickCount64 + 10_000; !_tree.Scan().Found.ContainsKey("pool"); await Task.Delay(20))
                Assert.True(Environment.TickCount64 < end, "it was never taken");
            Assert.Equal(content, Encoding.UTF8.GetString(Assert.IsType<PathContent.Inline>(_tree.Read("pool")!.Content).Bytes));
        }
    }

    [Fact]
    public async Task What_happens_beside_the_root_is_of_no_interest()
    {
        await File.WriteAllTextAsync(Root, "a file");
        _tree.Scan();
        await Task.Delay(50);
        using var heard = new SemaphoreSlim(0);
        _tree.Changed += () => heard.Release();
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "neighbour"), "x");
        await Task.Delay(100);
        Assert.Equal(0, heard.CurrentCount);
        await File.WriteAllTextAsync(Root, "changed");
        Assert.True(await heard.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Beyond_the_bounds_nothing_is_half_taken()
    {
        Directory.CreateDirectory(Path.Combine(Root, Path.Combine([.. Enumerable.Repeat("d", PathRules.MaxDepth)])));
        Assert.Null(_tree.Scan().Fault);
        Directory.CreateDirectory(Path.Combine(Root, Path.Combine([.. Enumerable.Repeat("d", PathRules.MaxDepth + 1)])));
        var deep = _tree.Scan();
        Assert.Contains($"more than {PathRules.MaxDepth} folders deep", deep.Fault, StringComparison.Ordinal);
        Assert.Empty(deep.Found);
        Directory.Delete(Root, recursive: true);
        Directory.CreateDirectory(Root);
        for (var i = 0; i < PathRules.MaxEntries; i++) File.Create($"{Root}/{i}").Dispose();
        Assert.Contains($"more than {PathRules.MaxEntries}", _tree.Scan().Fault, StringComparison.Ordinal);
        File.Delete($"{Root}/0");
        Assert.Equal(PathRules.MaxEntries, _tree.Scan().Found.Count);
    }

    [Fact]
    public void What_is_written_is_what_is_read_with_owner_and_mode()
    {
        var folder = new PathRecord(PathKind.Folder, 0x1E8, 12, 34, []);
        var file = new PathRecord(PathKind.File, 0x9A0, 12, 34, "content"u8.ToArray()); // set-uid survives the change of the owner
        var link = new PathRecord(PathKind.Link, 0, 12, 34, "file"u8.ToArray());
        Assert.Empty(_tree.Apply([], [new("", folder), new("file", file), new("link", link)]));
        foreach (var (relative, written) in new[] { ("", folder), ("file", file), ("link", link) })
            Assert.Equal(written.Encode(), _tree.Read(relative)!.Encode());
        Assert.Equal(["file", "link"], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName).Order());
        Assert.Empty(_tree.Apply(["link", "file", ""], []));
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public void A_large_file_is_read_into_the_store_and_written_from_there()
    {
        var content = new byte[(2 << 20) + 1];
        new Random(1).NextBytes(content);
        Directory.CreateDirectory(Root);
        File.WriteAllBytes($"{Root}/large", content);
        var found = _tree.Scan().Found["large"];
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "blobs")), "a look alone keeps nothing");
        var record = _tree.Read("large")!;
        Assert.Equal((content.Length, found.Content), (found.Size, Core.Replica.Digest.Of(record.Encode())));
        Assert.Equal(content.Length, Assert.IsType<PathContent.Kept>(record.Content).Blob.Size);
        Assert.Empty(_tree.Apply([], [new("copy", record)]));
        Assert.Equal(content, File.ReadAllBytes($"{Root}/copy"));
        Assert.Equal(File.GetUnixFileMode($"{Root}/large"), File.GetUnixFileMode($"{Root}/copy"));
        var unknown = new PathRecord(0x180, 0, 0, Core.Blobs.BlobRef.Of(Core.Replica.Digest.None, 5)!);
        Assert.Equal("its content is not on this node yet", Assert.Single(_tree.Apply([], [new("unknown", unknown)])).Reason);
        Assert.Equal(["copy", "large"], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName).Order());
        using var opened = _tree.Open("large");
        Assert.Equal(content.Length, opened!.Length);
        Assert.Null(_tree.Open(""));
    }

    [Fact]
    public void A_link_in_a_folders_place_is_not_followed_by_anything()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_folder.FullName, "outside")).FullName;
        File.WriteAllText($"{outside}/file", "theirs");
        Directory.CreateDirectory(Root);
        Directory.CreateSymbolicLink($"{Root}/keys", outside);
        Assert.DoesNotContain("keys/file", _tree.Scan().Found.Keys);
        Assert.Null(_tree.Read("keys/file"));
        var failed = _tree.Apply(["keys/file"], [new("keys/new", new PathRecord(PathKind.File, 0x180, 0, 0, []))]);
        Assert.Equal(["keys/new", "keys/file"], failed.Select(one => one.Relative));
        Assert.Equal(["file"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
    }

    [Fact]
    public void A_root_that_is_a_link_is_refused()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_folder.FullName, "outside")).FullName;
        Directory.CreateSymbolicLink(Root, outside);
        var scan = _tree.Scan();
        Assert.Empty(scan.Found);
        Assert.Contains(scan.Refused, refused => refused.Relative.Length == 0);
    }
}
