using System.Diagnostics;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Blobs;
using AkkaFailover.Daemon.Paths;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Tests.Replica;
using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Daemon.Tests.Blobs;

/// <summary>Two replicas with real journals and folders, and files that are too large for a journal.</summary>
public sealed class BlobPairTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Size = 20 << 20;

    // Milliseconds. What stands still here never moves again; a sync on a machine that runs all tests at once may take seconds.
    private const double NotWaited = 5000;
    private const string Key = "path:vpn/large";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("blob-pair-");
    private long _rangeBytes;
    private TestNode _a = null!;
    private TestNode _b = null!;

    private string A => Path.Combine(_folder.FullName, "on-a");

    private string B => Path.Combine(_folder.FullName, "on-b");

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(A);
        (_a, _b) = (new TestNode("a", "b", _folder.FullName, path: A), new TestNode("b", "a", _folder.FullName, path: B));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_large_file_is_on_both_disks_before_its_version_is_acknowledged()
    {
        await Pair();
        var before = "";
        _a.OnTheWay = payload =>
        {
            if (payload is ReplicaSays { Message: Append append } && append.Changes.FirstOrDefault(change => change.Key == Key) is { } change)
                before = File.Exists(BlobOn("b", NamedBlobs.In(change)!)) ? "there" : "not there";
            return payload;
        };
        var begun = Stopwatch.GetTimestamp();
        var content = Write(Size);
        await Until(() => IsOn(B, content));
        output.WriteLine($"20 MB from close on the active to their place on the standby: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms");
        Assert.Equal("there", before);
        // The standby may have put the file in its place before the active hears that it has the version.
        for (var watch = Stopwatch.StartNew(); (await Log()).Count == 0; await Task.Delay(10)) Assert.True(watch.Elapsed < Patience, "the version is not acknowledged");
        var row = Assert.Single(await Log());
        Assert.Equal((true, (long)Size), (row.Replicated, row.Size));
        Assert.Empty((await Report(_a)).Transfers);
        Assert.Empty((await Report(_b)).Transfers);
    }

    [Fact]
    public async Task A_transfer_goes_on_where_it_was_when_the_link_comes_back()
    {
        await Pair();
        var stopped = StopAfter(Size / 2);
        var content = Write(Size);
        await stopped.Task.WaitAsync(Patience);
        _a.Disconnect(LinkStatus.Lost);
        CountRanges();
        _a.Connect(_b);
        await Until(() => IsOn(B, content));
        Assert.InRange(_rangeBytes, Size / 4, (Size / 2) + BlobRules.SegmentSize);
    }

    [Fact]
    public async Task A_transfer_goes_on_where_it_was_after_a_restart_of_the_standby()
    {
        await Pair();
        var stopped = StopAfter(Size / 2);
        var content = Write(Size);
        await stopped.Task.WaitAsync(Patience);
        await _b.Kill();
        CountRanges();
        _b.Start();
        _a.Connect(_b);
        await Until(() => IsOn(B, content));
        Assert.InRange(_rangeBytes, Size / 4, (Size / 2) + (2 * BlobRules.SegmentSize));
    }

    [Fact]
    public async Task Small_changes_do_not_wait_for_a_large_file()
    {
        await Pair();
        var stopped = StopAfter(Size / 2);
        var content = Write(Size);
        await stopped.Task.WaitAsync(Patience);
        var took = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            Assert.True((await _a.Acknowledged($"key-{i}", [1])).Replicated);
            took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        await File.WriteAllTextAsync($"{A}/small", "x");
        await Until(() => File.Exists($"{B}/small"));
        Assert.InRange(took.Max(), 0, NotWaited);
        Assert.False(File.Exists($"{B}/large"));
        Assert.Equal(new PathTransfer("large", null, Size), Assert.Single((await Report(_a)).Transfers));
        for (var watch = Stopwatch.StartNew(); (await Report(_b)).Transfers is not [{ Relative: "large", Size: Size, Done: >= Size / 4 and <= Size / 2 }]; await Task.Delay(50))
            Assert.True(watch.Elapsed < Patience, "the standby does not tell how far it is");
        _a.OnTheWay = payload => payload;
        _a.Connect(_b);
        await Until(() => IsOn(B, content));
    }

    [Fact]
    public async Task A_change_is_quick_while_a_large_file_is_under_way()
    {
        await Pair();
        var content = Write(5 * Size);
        var took = new List<double>();
        while (!File.Exists($"{B}/large") && took.Count < 10_000)
        {
            var begun = Stopwatch.GetTimestamp();
            await _a.Acknowledged("key", [(byte)took.Count]);
            took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        output.WriteLine($"while 100 MB travelled: {took.Count} changes, p50 {took.Order().ElementAt(took.Count / 2):0.0} ms, worst {took.Max():0.0} ms");
        Assert.InRange(took.Count, 2, 9_999);
        Assert.InRange(took.Order().ElementAt(took.Count / 2), 0, 500);
        await Until(() => IsOn(B, content));
    }

    [Fact]
    public async Task A_standby_that_was_away_has_the_content_before_it_counts_as_in_sync()
    {
        await Pair();
        await _b.Kill();
        var content = Write(Size);
        await _a.Reports(report => report.UnreplicatedVersions == 1);
        var stopped = StopAfter(Size / 2);
        _b.Start();
        _a.Connect(_b);
        await stopped.Task.WaitAsync(Patience);
        // The standby may still believe what it was granted before it was gone.
        await _a.Acknowledged("first", [1]);
        for (var i = 0; i < 20; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            Assert.False((await _a.Acknowledged($"key-{i}", [1])).Replicated);
            Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 0, NotWaited);
            Assert.False((await _b.Query<ReplicaReport>(new GetReplica())).Position.InSync);
            await Task.Delay(100);
        }
        Assert.IsType<EntryMissing>(await _b.Query<object>(new GetEntry(Key)));
        _a.OnTheWay = payload => payload;
        _a.Connect(_b);
        await _b.Reports(report => report.Position.InSync);
        Assert.IsType<EntryFound>(await _b.Query<object>(new GetEntry(Key)));
        await Until(() => IsOn(B, content));
    }

    [Fact]
    public async Task A_standby_that_gets_all_entries_gets_their_contents_first()
    {
        _a.Start();
        await _a.Lead(1);
        var content = Write(Size);
        await File.WriteAllBytesAsync($"{A}/other", new byte[2 << 20]);
        await _a.Reports(report => report.Entries == 3);
        Assert.Null((await _a.Query<JournalCompacted>(new CompactJournal())).Refusal);
        _b.Start();
        _a.Connect(_b);
        await _b.Reports(report => report.Position.InSync);
        await Until(() => IsOn(B, content) && File.Exists($"{B}/other"));
    }

    [Fact]
    public async Task A_segment_that_is_not_what_the_map_says_is_refused_by_name_and_no_entry_comes_without_its_content()
    {
        await Pair();
        await _b.Kill();
        var content = Write(Size);
        await _a.Reports(report => report.UnreplicatedVersions == 1);
        DamageOnA(content);
        _b.Start();
        _a.Connect(_b);
        var alarm = await _b.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused);
        Assert.Contains("vpn/large: segment 3", alarm.Text, StringComparison.Ordinal);
        Assert.Contains("is not what its map says", alarm.Text, StringComparison.Ordinal);
        Assert.IsType<EntryMissing>(await _b.Query<object>(new GetEntry(Key)));
        Assert.False(File.Exists($"{B}/large"));
    }

    [Fact]
    public async Task A_segment_that_is_damaged_while_it_is_offered_is_read_from_the_file_again()
    {
        await Pair();
        var content = Content(Size, seed: 1);
        var damaged = false;
        _a.OnTheWay = payload =>
        {
            if (payload is BlobOffer && !damaged)
            {
                damaged = true;
                DamageOnA(content);
            }
            return payload;
        };
        Write(Size);
        Assert.Contains("segment 3", (await _a.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused)).Text, StringComparison.Ordinal);
        await Until(() => IsOn(B, content));
        await _a.Told<ClearAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused);
    }

    [Fact]
    public async Task Of_a_large_file_with_one_changed_place_little_travels()
    {
        await Pair();
        var content = Write(100 << 20);
        await Until(() => IsOn(B, content));
        var (sent, asked) = (_a.Sent, _b.Sent);
        content[50 << 20]++;
        content[0]++;
        await using (var file = new FileStream($"{A}/large", FileMode.Open))
        {
            await file.WriteAsync(content.AsMemory(0, 4096));
            file.Position = 50 << 20;
            await file.WriteAsync(content.AsMemory(50 << 20, 4096));
        }
        await Until(() => IsOn(B, content));
        output.WriteLine($"two pages of 100 MB changed: {_a.Sent - sent} bytes to the standby, {_b.Sent - asked} from it");
        Assert.InRange(_a.Sent - sent + _b.Sent - asked, 1, 134_000);
    }

    [Fact]
    public async Task A_full_disk_of_the_standby_is_told_by_name_and_the_rest_goes_on()
    {
        using var disk = new SmallDisk(16);
        await using var b = new TestNode("b", "a", disk.Folder, path: Path.Combine(disk.Folder, "on-b"));
        _a.Start();
        b.Start();
        _a.Connect(b);
        await _a.Lead(1);
        await b.Reports(report => report.Position.InSync);
        Write(Size);
        var alarm = await _a.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused);
        Assert.Contains("vpn/large: the other node cannot take its content", alarm.Text, StringComparison.Ordinal);
        Assert.True((await _a.Acknowledged("key", [1])).Replicated);
        await File.WriteAllTextAsync($"{A}/small", "x");
        await Until(() => File.Exists(Path.Combine(disk.Folder, "on-b", "small")));
        Assert.IsType<EntryMissing>(await _a.Query<object>(new GetEntry(Key)));
        var small = Write(2 << 20);
        await Until(() => IsOn(Path.Combine(disk.Folder, "on-b"), small));
        await _a.Told<ClearAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused);
    }

    [Fact]
    public async Task A_file_that_changes_while_it_travels_ends_as_it_was_last()
    {
        await Pair();
        var stopped = StopAfter(Size / 2);
        Write(Size);
        await stopped.Task.WaitAsync(Patience);
        var content = Write(Size, seed: 2);
        _a.OnTheWay = payload => payload;
        _a.Connect(_b);
        await Until(() => IsOn(B, content));
        File.Delete($"{A}/large");
        await Until(() => !File.Exists($"{B}/large"));
    }

    [Fact]
    public async Task What_is_edited_on_the_standby_is_put_back_from_the_blob_and_its_copy_kept()
    {
        await Pair();
        var content = Write(2 << 20);
        await Until(() => IsOn(B, content));
        var edited = Write(3 << 20, seed: 2, folder: B);
        await _b.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathDrift);
        await Until(() => IsOn(B, content));
        Assert.Contains(Directory.GetFiles(Path.Combine(_folder.FullName, "b", "drift", "vpn", "vpn")), copy => File.ReadAllBytes(copy).SequenceEqual(edited));
    }

    [Fact]
    public async Task A_change_that_names_a_content_nobody_has_is_refused()
    {
        await Pair();
        var value = new Core.Paths.PathRecord(0x180, 0, 0, BlobRef.Of(Digest.Of("x"u8), 5)!).Encode();
        Assert.Contains("is not on this node", (await _a.Refused("path:vpn/x", value)).Reason, StringComparison.Ordinal);
    }

    /// <summary>From so many bytes on nothing of any blob travels.</summary>
    private TaskCompletionSource StopAfter(long bytes)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = 0L;
        _a.OnTheWay = payload =>
        {
            if (payload is not BlobRangeTold told) return payload;
            if (Interlocked.Add(ref sent, told.Bytes.Length) <= bytes) return payload;
            stopped.TrySetResult();
            return null;
        };
        return stopped;
    }

    private void CountRanges() => _a.OnTheWay = payload =>
    {
        if (payload is BlobRangeTold told) Interlocked.Add(ref _rangeBytes, told.Bytes.Length);
        return payload;
    };

    private byte[] Write(int size, int seed = 1, string? folder = null)
    {
        var content = Content(size, seed);
        File.WriteAllBytes(Path.Combine(folder ?? A, "large"), content);
        return content;
    }

    private static byte[] Content(int size, int seed)
    {
        var content = new byte[size];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>Writes over the beginning of the fourth segment.</summary>
    private void DamageOnA(ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(SegmentOn("a", content.Slice(3 << 20, 1 << 20)), FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.Write(file, "damage"u8, 0);
    }

    private string BlobOn(string node, BlobRef blob) => Path.Combine(_folder.FullName, node, "blobs", "vpn", $"{blob.Name}.map");

    private string SegmentOn(string node, ReadOnlySpan<byte> content) => Path.Combine(_folder.FullName, node, "blobs", "vpn", $"{Digest.Of(content)}.segment");

    private async Task<IReadOnlyList<ChangeRow>> Log() => await _a.Query<IReadOnlyList<ChangeRow>>(new GetChangeLog(100, Key));

    private static async Task<PathReport> Report(TestNode node) => Assert.Single(await node.Query<IReadOnlyList<PathReport>>(new GetPaths()));

    private static bool IsOn(string folder, byte[] content) =>
        new FileInfo(Path.Combine(folder, "large")) is { Exists: true } file && file.Length == content.Length && File.ReadAllBytes(file.FullName).AsSpan().SequenceEqual(content);

    private async Task Pair()
    {
        _a.Start();
        _b.Start();
        await _a.LeadWith(_b);
        await Until(() => Directory.Exists(B));
    }

    /// <summary>A file that is being replaced may be gone for a moment of the reading.</summary>
    private Task Until(Func<bool> holds) =>
        Eventually.Holds<IOException>(holds, Patience, async () => $"{await Report(_a)}, {await Report(_b)}");
}
