using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Blobs;
using AkkaFailover.Linux.Paths;
using Xunit;

namespace AkkaFailover.Linux.Tests.Paths;

/// <summary>Versions of a database's file, in a real folder.</summary>
public sealed class SpareFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spare-");
    private readonly IBlobStore _blobs;
    private readonly IWatchedTree _tree;
    private byte[] _content = new byte[(3 << 20) + 4096];

    public SpareFileTests()
    {
        new Random(1).NextBytes(_content);
        _blobs = BlobStore.Open(Path.Combine(_folder.FullName, "blobs"));
        _tree = FileTree.OpenDatabase(Place, _blobs);
    }

    private string Place => Path.Combine(_folder.FullName, "users.db");

    private string? Spare => Directory.GetFiles(_folder.FullName, $"{PathRules.Unfinished}*").SingleOrDefault();

    public void Dispose()
    {
        _tree.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void The_next_version_is_written_into_the_one_before_and_is_the_whole_of_it()
    {
        PlaceNext();
        Assert.Null(Spare);
        PlaceNext();
        File.WriteAllText(Path.Combine(_folder.FullName, "other"), "takes what inode is free");
        var spare = Inode(Spare!);
        PlaceNext();
        Assert.Equal(spare, Inode(Place));
        _content = [.. _content, .. new byte[2 << 20]];
        PlaceNext();
        _content = _content[..(1 << 20)];
        PlaceNext();
        PlaceNext();
    }

    [Fact]
    public void A_spare_that_somebody_has_touched_is_not_used()
    {
        PlaceNext();
        PlaceNext();
        using (var file = File.OpenHandle(Spare!, FileMode.Open, FileAccess.Write)) RandomAccess.Write(file, "edited"u8, 2 << 20);
        PlaceNext();
        PlaceNext();
    }

    [Fact]
    public void Whoever_still_reads_the_version_before_reads_that_to_its_end()
    {
        PlaceNext();
        var before = _content.ToArray();
        using var reader = File.OpenRead(Place);
        PlaceNext();
        PlaceNext();
        PlaceNext();
        var read = new byte[before.Length];
        reader.ReadExactly(read);
        Assert.Equal(before, read);
    }

    [Fact]
    public void What_somebody_has_edited_in_its_place_becomes_no_spare()
    {
        PlaceNext();
        using (var file = File.OpenHandle(Place, FileMode.Open, FileAccess.Write)) RandomAccess.Write(file, "edited"u8, 2 << 20);
        PlaceNext();
        Assert.Null(Spare);
        PlaceNext();
        PlaceNext();
    }

    [Fact]
    public void A_damaged_segment_of_the_next_version_reaches_neither_place()
    {
        PlaceNext();
        PlaceNext();
        var before = _content.ToArray();
        var blob = Next();
        File.WriteAllBytes(Path.Combine(_folder.FullName, "blobs", $"{Core.Replica.Digest.Of(_content.AsSpan(0, 1 << 20))}.segment"), new byte[1 << 20]);
        Assert.Contains("damaged", Assert.Single(Apply(blob)).Reason, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(Place));
        Assert.Empty(Apply(_blobs.Keep(new MemoryStream(_content)).Blob));
        Assert.Equal(_content, File.ReadAllBytes(Place));
    }

    [Fact]
    public void Nothing_is_left_beside_it_in_the_end()
    {
        PlaceNext();
        PlaceNext();
        Assert.NotNull(Spare);
        _tree.Dispose();
        Assert.Null(Spare);
    }

    /// <summary>Changes one place in the first segment.</summary>
    private BlobRef Next()
    {
        _content[17]++;
        return _blobs.Keep(new MemoryStream(_content)).Blob;
    }

    private void PlaceNext()
    {
        Assert.Empty(Apply(Next()));
        Assert.Equal(_content, File.ReadAllBytes(Place));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(Place));
    }

    private IReadOnlyList<PathRefusal> Apply(BlobRef blob) => _tree.Apply([], [new PathWrite("", new PathRecord(0x1A0 /* 0640 */, 0, 0, blob))]);

    private static ulong Inode(string path) => ulong.Parse(Support.Shell.Run("stat", "-c", "%i", path));
}
