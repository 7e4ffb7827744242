using System.Diagnostics;
using System.Text;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Paths;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Tests.Replica;
using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Daemon.Tests.Paths;

/// <summary>Two replicas with real journals, each with a real folder.</summary>
public sealed class PathPairTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("paths-");
    private TestNode _a = null!;
    private TestNode _b = null!;

    private string A => Path.Combine(_folder.FullName, "on-a");

    private string B => Path.Combine(_folder.FullName, "on-b");

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(A);
        (_a, _b) = (new TestNode("a", "b", _folder.FullName, path: A), new TestNode("b", "a", _folder.FullName, path: B, pathsTimeout: TimeSpan.FromSeconds(1)));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        // The framework cannot delete what is not valid UTF-8.
        using var remove = Process.Start("rm", ["-rf", _folder.FullName]);
        await remove.WaitForExitAsync();
    }

    [Fact]
    public async Task What_the_first_active_has_on_its_disk_gets_to_the_standby_with_mode_and_content()
    {
        Directory.CreateDirectory($"{A}/keys/deep");
        await File.WriteAllTextAsync($"{A}/server.conf", "port 1194");
        await File.WriteAllBytesAsync($"{A}/keys/empty", []);
        File.CreateSymbolicLink($"{A}/keys/deep/up", "../../server.conf");
        File.SetUnixFileMode($"{A}/server.conf", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        File.SetUnixFileMode($"{A}/keys", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Pair();
        await Until(() => Listing(B) == Listing(A));
        Assert.Equal("port 1194", await File.ReadAllTextAsync($"{B}/server.conf"));
        Assert.Equal("../../server.conf", new FileInfo($"{B}/keys/deep/up").LinkTarget);
    }

    [Fact]
    public async Task A_new_file_a_rename_and_a_deletion_follow_at_once()
    {
        await Pair();
        await Until(() => Directory.Exists(B));
        var took = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await File.WriteAllBytesAsync($"{A}/file-{i}", new byte[4096]);
            await Until(() => File.Exists($"{B}/file-{i}"), pause: 1);
            took.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        output.WriteLine($"4 KiB from close on the active to its place on the standby: p50 {took.Order().ElementAt(10):0.0} ms, worst {took.Max():0.0} ms");
        File.Move($"{A}/file-0", $"{A}/renamed");
        File.Delete($"{A}/file-1");
        Directory.CreateDirectory($"{A}/folder");
        await File.WriteAllTextAsync($"{A}/folder/inside", "x");
        await Until(() => Listing(B) == Listing(A));
        Assert.True(File.Exists($"{B}/renamed"));
        Directory.Delete($"{A}/folder", recursive: true);
        await File.WriteAllTextAsync($"{A}/folder", "a file in a folder's place");
        await Until(() => Listing(B) == Listing(A));
        Assert.True(File.Exists($"{B}/folder"));
    }

    [Fact]
    public async Task A_thousand_files_at_once_are_one_version_each_in_few_batches()
    {
        await Pair();
        for (var i = 0; i < 1000; i++) await File.WriteAllTextAsync($"{A}/file-{i}", $"{i}");
        await Until(() => Listing(B) == Listing(A));
        var log = await _a.Query<IReadOnlyList<ChangeRow>>(new GetChangeLog(5000));
        Assert.Equal(1000, log.Count(change => change.Key.StartsWith("path:vpn/file-", StringComparison.Ordinal)));
        Assert.InRange(log.Select(change => change.At).Distinct().Count(), 1, 50);
    }

    [Fact]
    public async Task A_file_that_is_being_written_is_taken_when_it_is_complete()
    {
        await Pair();
        await using (var stream = new FileStream($"{A}/slow", FileMode.Create))
        {
            await stream.WriteAsync("first"u8.ToArray());
            await stream.FlushAsync();
            await File.WriteAllTextAsync($"{A}/other", "x");
            await Until(() => File.Exists($"{B}/other"));
            Assert.False(File.Exists($"{B}/slow"));
            await stream.WriteAsync(" and last"u8.ToArray());
        }
        await Until(() => File.Exists($"{B}/slow"));
        Assert.Equal("first and last", await File.ReadAllTextAsync($"{B}/slow"));
        Assert.Single(await _a.Query<IReadOnlyList<ChangeRow>>(new GetChangeLog(100)), change => change.Key == "path:vpn/slow");
    }

    [Fact]
    public async Task What_is_edited_on_the_standby_is_reported_put_back_and_kept()
    {
        await File.WriteAllTextAsync($"{A}/server.conf", "ours");
        await Pair();
        await Until(() => Listing(B) == Listing(A));
        await _b.Query<IReadOnlyList<PathReport>>(new GetPaths());
        await File.WriteAllTextAsync($"{B}/server.conf", "edited on the wrong node");
        await File.WriteAllTextAsync($"{B}/added", "added on the wrong node");
        var alarm = await _b.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathDrift);
        Assert.Contains($"{B}/", alarm.Text, StringComparison.Ordinal);
        await Until(() => Listing(B) == Listing(A));
        Assert.Equal("ours", await File.ReadAllTextAsync($"{B}/server.conf"));
        var kept = Directory.GetFiles(Path.Combine(_folder.FullName, "b", "drift", "vpn", "vpn")).Select(File.ReadAllText).ToList();
        Assert.Contains("edited on the wrong node", kept);
        Assert.Contains("added on the wrong node", kept);
        Assert.Equal("ours", await File.ReadAllTextAsync($"{A}/server.conf"));
    }

    [Fact]
    public async Task What_must_not_be_replicated_is_refused_by_name_and_the_rest_goes_on()
    {
        File.CreateSymbolicLink($"{A}/absolute", "/etc/passwd");
        File.CreateSymbolicLink($"{A}/escaping", "../outside");
        using (var large = File.OpenHandle($"{A}/large", FileMode.CreateNew, FileAccess.Write)) RandomAccess.SetLength(large, (1L << 30) + 1);
        using var mkfifo = Process.Start("mkfifo", $"{A}/fifo");
        await mkfifo.WaitForExitAsync();
        using var badName = Process.Start("sh", ["-c", $"touch \"$(printf '{A}/bad\\377')\""]);
        await badName.WaitForExitAsync();
        await File.WriteAllTextAsync($"{A}/good", "x");
        await Pair();
        await Until(() => File.Exists($"{B}/good"));
        Assert.Equal(["good"], Directory.GetFileSystemEntries(B).Select(Path.GetFileName));
        var refused = Assert.Single(await _a.Query<IReadOnlyList<PathReport>>(new GetPaths())).Refused;
        Assert.Equal(5, refused.Count);
        Assert.Contains(refused, one => one is { Relative: "absolute", Reason: "the symbolic link is absolute" });
        Assert.Contains(refused, one => one is { Relative: "escaping", Reason: "the symbolic link leads out of the path" });
        Assert.Contains(refused, one => one is { Relative: "fifo", Reason: "it is a fifo" });
        Assert.Contains(refused, one => one.Relative == "large");
        Assert.Contains(refused, one => one.Reason == "the name is not valid UTF-8");
        await _a.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused && alarm.Text.Contains("escaping", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Entries_that_lead_out_of_the_path_are_not_written()
    {
        await Pair();
        await Until(() => Directory.Exists(B));
        var file = new Core.Paths.PathRecord(Core.Paths.PathKind.File, 0x1A4, 0, 0, "x"u8.ToArray()).Encode();
        var link = new Core.Paths.PathRecord(Core.Paths.PathKind.Link, 0, 0, 0, "/etc"u8.ToArray()).Encode();
        await _a.Acknowledged("path:vpn/../outside", file);
        await _a.Acknowledged("path:vpn/etc", link);
        await _a.Acknowledged("path:vpn/etc/inside", file);
        await _a.Acknowledged("path:vpn/garbage", [9, 9, 9]);
        await _b.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused && alarm.Text.Contains("../outside", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "outside")));
        Assert.Empty(Directory.GetFileSystemEntries(B));
    }

    [Fact]
    public async Task A_folder_that_a_link_has_replaced_is_not_written_through()
    {
        Directory.CreateDirectory($"{A}/keys");
        await File.WriteAllTextAsync($"{A}/keys/one", "1");
        await Pair();
        await Until(() => Listing(B) == Listing(A));
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder.FullName, "elsewhere")).FullName;
        Directory.Move($"{B}/keys", Path.Combine(_folder.FullName, "moved"));
        Directory.CreateSymbolicLink($"{B}/keys", elsewhere);
        await File.WriteAllTextAsync($"{A}/keys/two", "2");
        for (var watch = Stopwatch.StartNew(); (await Refused(_b)).All(one => one.Relative != "keys"); await Task.Delay(10)) Assert.True(watch.Elapsed < Patience, "the link was not refused");
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public async Task A_claim_waits_until_the_files_are_written_and_what_the_active_had_counts_before_what_the_new_one_has()
    {
        await File.WriteAllTextAsync($"{A}/server.conf", "first");
        await Pair();
        await Until(() => Listing(B) == Listing(A));
        await _b.Kill();
        await File.WriteAllTextAsync($"{A}/server.conf", "second");
        await File.WriteAllTextAsync($"{A}/another", "x");
        await _a.Reports(report => report.Entries == 3 && report.UnreplicatedVersions == 2);
        await File.WriteAllTextAsync($"{B}/server.conf", "edited while the daemon was down");
        _b.Start();
        _a.Connect(_b);
        await _b.Reports(report => report.Position is { InSync: true, Version: 4 });
        await _a.Kill();
        var caught = await _b.Lead(2);
        Assert.Equal(4, caught.Version);
        Assert.Equal("second", await File.ReadAllTextAsync($"{B}/server.conf"));
        Assert.Equal("x", await File.ReadAllTextAsync($"{B}/another"));
        // From now on this node's disk counts.
        await File.WriteAllTextAsync($"{B}/server.conf", "third");
        await _b.Reports(report => report.Position.Version == 5);
        _a.Start();
        _a.Replica.Tell(new FollowReplica(), Akka.Actor.ActorRefs.NoSender);
        _a.Connect(_b);
        await Until(() => File.ReadAllText($"{A}/server.conf") == "third");
    }

    [Fact]
    public async Task What_the_service_wrote_last_before_a_handover_gets_to_the_other_node()
    {
        await Pair();
        await Until(() => Directory.Exists(B));
        for (var i = 0; i < 5; i++)
        {
            await File.WriteAllTextAsync($"{A}/ipp.txt", $"{i}");
        }
        _a.Replica.Tell(new FlushReplica(), Akka.Actor.ActorRefs.NoSender);
        await _a.Told<ReplicaFlushed>(_ => true);
        _a.Replica.Tell(new FollowReplica(), Akka.Actor.ActorRefs.NoSender);
        await _b.Lead(2);
        Assert.Equal("4", await File.ReadAllTextAsync($"{B}/ipp.txt"));
    }

    [Fact]
    public async Task A_claim_goes_on_after_its_time_with_an_alarm_that_names_what_is_not_written()
    {
        await File.WriteAllTextAsync($"{A}/server.conf", "first");
        await Pair();
        await Until(() => Listing(B) == Listing(A));
        // A folder that is no entry's, with what cannot be one: it cannot be removed, and no file gets into its place.
        File.Delete($"{B}/server.conf");
        Directory.CreateDirectory($"{B}/server.conf");
        File.CreateSymbolicLink($"{B}/server.conf/absolute", "/etc/passwd");
        await _a.Kill();
        var begun = Stopwatch.GetTimestamp();
        await _b.Lead(2);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.9, 10);
        Assert.Contains(await Refused(_b), one => one.Relative == "server.conf");
        Assert.True(Directory.Exists($"{B}/server.conf"));
    }

    [Fact]
    public async Task A_path_that_is_not_there_on_the_active_takes_nothing_from_the_standby()
    {
        await File.WriteAllTextAsync($"{A}/server.conf", "first");
        await Pair();
        await Until(() => Listing(B) == Listing(A));
        // At once: whoever removes what is in it first may be seen between the two, and that is a change like any other.
        Directory.Move(A, $"{A}-elsewhere");
        await _a.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused && alarm.Text.Contains("not there", StringComparison.Ordinal));
        Assert.Equal("first", await File.ReadAllTextAsync($"{B}/server.conf"));
        Directory.CreateDirectory(A);
        await File.WriteAllTextAsync($"{A}/server.conf", "second");
        await Until(() => File.ReadAllText($"{B}/server.conf") == "second");
    }

    private static async Task<IReadOnlyList<Core.Paths.PathRefusal>> Refused(TestNode node) => Assert.Single(await node.Query<IReadOnlyList<PathReport>>(new GetPaths())).Refused;

    private async Task Pair()
    {
        _a.Start();
        _b.Start();
        await _a.LeadWith(_b);
    }

    /// <summary>A file that is being replaced may be gone for a moment of the reading.</summary>
    private Task Until(Func<bool> holds, int pause = 10) => Eventually.Holds<IOException>(
        holds, Patience, async () => $"on a:\n{Listing(A)}on b:\n{Listing(B)}{string.Join('\n', (await Refused(_a)).Concat(await Refused(_b)))}", pause);

    /// <summary>Names, kinds, modes and contents.</summary>
    private static string Listing(string root)
    {
        var text = new StringBuilder();
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            var what = entry.LinkTarget ?? (entry is FileInfo file ? Digest.Of(File.ReadAllBytes(file.FullName)).Fingerprint : "folder");
            text.AppendLine($"{Path.GetRelativePath(root, entry.FullName)} {(entry.LinkTarget is null ? entry.UnixFileMode : 0)} {what}");
        }
        return text.ToString();
    }
}
