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
    private readonly CountingStore _blobs;
    private readonly IWatchedTree _tree;
    private byte[] _content = new byte[(3 << 20) + 4096];

    public SpareFileTests()
    {
        new Random(1).NextBytes(_content);
        _blobs = new CountingStore(BlobStore.Open(Path.Combine(_folder.FullName, "blobs")));
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
        Assert.Equal((2, 0), (_blobs.Opened, _blobs.BytesRead));
        PlaceNext();
        Assert.Equal((2, 1 << 20), (_blobs.Opened, _blobs.BytesRead));
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
        Assert.Equal((3, 0), (_blobs.Opened, _blobs.BytesRead));
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

    /// <summary>Tells whether a blob was read whole (opened), or some of it.</summary>
    private sealed class CountingStore(IBlobStore store) : IBlobStore
    {
        public int Opened { get; private set; }

        public int BytesRead { get; private set; }

        public Stream? Open(BlobRef blob)
        {
            Opened++;
            return store.Open(blob);
        }

        public int Read(BlobRef blob, long offset, Span<byte> destination)
        {
            var read = store.Read(blob, offset, destination);
            BytesRead += read;
            return read;
        }

        public bool Has(BlobRef blob) => store.Has(blob);

        public BlobMap Keep(Stream content) => store.Keep(content);

        public string NewFile(long size) => store.NewFile(size);

        public BlobMap Adopt(string file) => store.Adopt(file);

        public BlobMap? MapOf(BlobRef blob) => store.MapOf(blob);

        public void Verify(BlobRef blob) => store.Verify(blob);

        public IPartialBlob Begin(BlobMap map) => store.Begin(map);

        public (int Count, long Bytes) Sweep(IReadOnlySet<BlobRef> keep) => store.Sweep(keep);
    }
}
