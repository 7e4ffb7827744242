using System.Diagnostics;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Paths;
using AkkaFailover.Daemon.Paths;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Tests.Replica;
using Microsoft.Data.Sqlite;
using Xunit;
using Xunit.Abstractions;

namespace AkkaFailover.Daemon.Tests.Paths;

/// <summary>Two replicas with a real database each.</summary>
public sealed class DatabasePairTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("databases-");
    private TestNode _a = null!;
    private TestNode _b = null!;

    private string A => Path.Combine(_folder.FullName, "on-a", "users.db");

    private string B => Path.Combine(_folder.FullName, "on-b", "users.db");

    public Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(A)!);
        Directory.CreateDirectory(Path.GetDirectoryName(B)!);
        (_a, _b) = (new TestNode("a", "b", _folder.FullName, database: A), new TestNode("b", "a", _folder.FullName, database: B));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("wal")]
    [InlineData("delete")]
    public async Task What_a_program_commits_gets_to_the_standby_while_it_writes(string journal)
    {
        using var writer = Open(A);
        Run(writer, $"PRAGMA journal_mode = {journal}; CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
        File.SetUnixFileMode(A, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await Pair();
        for (var id = 1; id <= 300; id++)
        {
            Run(writer, $"INSERT INTO users VALUES ({id}, 'user {id}')");
            if (id % 100 == 0) await Until(() => Count(B) == id);
            if (File.Exists(B)) Assert.Equal("ok", Check(B));
        }
        Assert.Equal(File.GetUnixFileMode(A), File.GetUnixFileMode(B));
        Assert.Equal(["users.db"], Directory.GetFileSystemEntries(Path.GetDirectoryName(B)!).Select(Path.GetFileName).Where(name => !name!.StartsWith(PathRules.Unfinished, StringComparison.Ordinal)));
        var log = await _a.Query<IReadOnlyList<ChangeRow>>(new GetChangeLog(10_000, "db:users"));
        Assert.InRange(log.Count, 3, 290);
        output.WriteLine($"{journal}: 300 commits became {log.Count} versions");
    }

    [Fact]
    public async Task Of_a_hundred_megabytes_with_one_changed_row_little_travels()
    {
        using var writer = Open(A);
        Run(writer, "PRAGMA journal_mode = wal; CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, photo BLOB)");
        Run(writer, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) INSERT INTO users SELECT i, 'user ' || i, randomblob(4000) FROM n");
        await Pair();
        await Until(() => Count(B) == 25_000);
        await Quiet();
        Assert.InRange(new FileInfo(B).Length, 100_000_000, 200_000_000);
        var (sent, asked) = (_a.Sent, _b.Sent);
        Run(writer, "UPDATE users SET name = 'changed' WHERE id = 12345");
        var begun = Stopwatch.GetTimestamp();
        await Until(() => NameOf(B, 12_345) == "changed");
        output.WriteLine($"one row of {new FileInfo(B).Length} bytes: {_a.Sent - sent} bytes to the standby, {_b.Sent - asked} from it, after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
        Assert.InRange(_a.Sent - sent + _b.Sent - asked, 1, 134_000);
        Assert.Equal("ok", Check(B));
    }

    [Fact]
    public async Task What_lies_beside_an_old_database_is_not_read_into_the_new_one()
    {
        using (var writer = Open(A)) Run(writer, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'ours')");
        using (var theirs = Open(B)) Run(theirs, "CREATE TABLE old (id INTEGER)");
        await File.WriteAllTextAsync($"{B}-journal", "hot");
        await File.WriteAllTextAsync($"{B}-wal", "stale");
        await Pair();
        await Until(() => Count(B) == 1);
        Assert.Equal("ok", Check(B));
        Assert.False(File.Exists($"{B}-journal") || File.Exists($"{B}-wal"));
    }

    [Fact]
    public async Task After_a_failover_the_new_active_s_database_counts()
    {
        using (var writer = Open(A)) Run(writer, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO users VALUES (1, 'first')");
        await Pair();
        await Until(() => Count(B) == 1);
        await _a.Kill();
        await _b.Lead(2);
        using (var writer = Open(B)) Run(writer, "INSERT INTO users VALUES (2, 'second')");
        _a.Start();
        _a.Replica.Tell(new FollowReplica(), Akka.Actor.ActorRefs.NoSender);
        _a.Connect(_b);
        await Until(() => Count(A) == 2);
        Assert.Equal("ok", Check(A));
    }

    [Fact]
    public async Task What_is_no_database_is_refused_by_name()
    {
        await File.WriteAllTextAsync(A, new string('x', 5000));
        await using (var open = new FileStream(A, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            await Pair();
            var alarm = await _a.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused);
            Assert.Contains("db:users: it is not an SQLite database", alarm.Text, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(B));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_said_and_taken_when_it_is()
    {
        await Pair();
        await _a.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused && alarm.Text.Contains("db:users: the path is not there", StringComparison.Ordinal));
        using var writer = Open(A);
        Run(writer, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)");
        await Until(() => Count(B) == 0);
    }

    [Fact]
    public async Task A_database_that_stays_locked_is_said_and_copied_when_it_is_free()
    {
        using var writer = Open(A);
        Run(writer, "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); BEGIN EXCLUSIVE; INSERT INTO users VALUES (1, 'x')");
        await Pair();
        await _a.Told<RaiseAlarm>(alarm => alarm.Kind == AlarmKind.PathRefused && alarm.Text.Contains("locked the database", StringComparison.Ordinal));
        Run(writer, "COMMIT");
        await Until(() => Count(B) == 1);
    }

    private async Task Pair()
    {
        _a.Start();
        _b.Start();
        await _a.LeadWith(_b);
    }

    /// <summary>No copy is under way or due.</summary>
    private async Task Quiet()
    {
        for (var (watch, last, since) = (Stopwatch.StartNew(), -1L, Stopwatch.StartNew()); since.Elapsed < TimeSpan.FromSeconds(5); await Task.Delay(100))
        {
            Assert.True(watch.Elapsed < Patience, "it does not come to rest");
            var version = (await _a.Query<ReplicaReport>(new GetReplica())).Position.Version;
            if (version != last) since.Restart();
            last = version;
        }
    }

    private Task Until(Func<bool> holds)
    {
        return Eventually.Holds<SqliteException>(holds, Patience, async () => $"{await Words(_a)}, {await Words(_b)}", pause: 20);

        static async Task<string> Words(TestNode node) => string.Join("; ", (await node.Query<IReadOnlyList<PathReport>>(new GetPaths()))
            .Select(report => $"{report} {string.Join(", ", report.Refused)} {string.Join(", ", report.Transfers)}"));
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>A copy of the standby's file: who opened that one itself would leave files beside it.</summary>
    private static T Ask<T>(string path, string sql)
    {
        var copy = $"{path}-{Guid.NewGuid():N}.copy";
        copy = Path.Combine(Path.GetTempPath(), Path.GetFileName(copy));
        try
        {
            if (!File.Exists(path)) throw new SqliteException("not there", 14);
            File.Copy(path, copy);
            using var connection = Open(copy);
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return (T)command.ExecuteScalar()!;
        }
        finally
        {
            foreach (var suffix in new[] { "", "-wal", "-shm", "-journal" }) File.Delete(copy + suffix);
        }
    }

    private static long Count(string path) => Ask<long>(path, "SELECT count(*) FROM users");

    private static string NameOf(string path, long id) => Ask<string>(path, $"SELECT name FROM users WHERE id = {id}");

    private static string Check(string path) => Ask<string>(path, "PRAGMA integrity_check");

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
