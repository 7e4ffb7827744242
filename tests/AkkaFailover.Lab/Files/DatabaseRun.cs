using System.Text;
using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;
using Microsoft.Data.Sqlite;

namespace AkkaFailover.Lab.Files;

/// <summary>What one changed row of a database of 100 MB cost.</summary>
/// <param name="Way">How it got to the other node.</param>
/// <param name="P50Ms">Median, in milliseconds, from the commit to the row in the file in its place on the other node.</param>
/// <param name="WorstMs">The longest.</param>
/// <param name="Bytes">Median of what the active's host sent and received, beyond what it does while nothing changes.</param>
/// <param name="Changes">How many were made, one at a time.</param>
internal sealed record RowCost(string Way, double P50Ms, double WorstMs, double Bytes, int Changes);

/// <summary>Changes one row of a large SQLite database, again and again, while its connection stays open.</summary>
internal sealed class DatabaseRun(LabNetwork lab)
{
    private const int Rows = 25_000, RowLength = 4_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromSeconds(3);

    /// <summary>By a pair that is told of the database.</summary>
    /// <exception cref="LabException">A change did not arrive.</exception>
    public async Task<RowCost> Ours(Observer observer, int changes)
    {
        var store = new AkkaStore(lab, observer);
        foreach (var host in new[] { lab.A, lab.B }) Directory.CreateDirectory(Path.GetDirectoryName(PathOn(host))!);
        await store.Start(host => $"failover.groups.{AkkaNode.Group}.config.databases {{ users = \"{PathOn(host)}\" }}");
        using var database = Make(PathOn(store.Active.Host));
        var target = PathOn(store.Standby.Host);
        var marker = Change(database);
        long at = -1;
        await LabClock.Expect(() => File.Exists(target) && (at = Find(target, marker)) >= 0, Longest, "the first copy is there");
        var cost = await Measure("akka-failover", store.Active.Host, changes, async () =>
        {
            var changed = Change(database);
            return await Arrived(target, at, changed);
        });
        store.Remove();
        return cost;
    }

    /// <summary>By SQLite's own copy, which rsync then brings over.</summary>
    public async Task<RowCost> ByBackup(RsyncFiles rsync, int changes)
    {
        var path = PathOn(lab.A);
        var copy = $"{path}.copy";
        using var database = Make(path);
        var first = Change(database);
        Bring();
        var target = Path.Combine(rsync.Target, Path.GetFileName(copy));
        var at = Find(target, first);
        return await Measure("`.backup`, then rsync, nothing synced", lab.A, changes, async () =>
        {
            var changed = Change(database);
            Bring();
            return await Arrived(target, at, changed);
        });

        void Bring()
        {
            lab.A.Run("sqlite3", path, $".backup {copy}");
            lab.A.Run("rsync", "-a", copy, rsync.Destination);
        }
    }

    private static string PathOn(LabHost host) => Path.Combine(host.Directory, "database", "users.db");

    private static async Task<RowCost> Measure(string way, LabHost from, int changes, Func<Task<Moment>> change)
    {
        var (times, bytes) = (new List<double>(), new List<double>());
        for (var i = 0; i < changes; i++)
        {
            // What the last one has left behind is over: a copy rests, a standby reads what it has written.
            await Task.Delay(Pause);
            var idle = await IdlePerSecond(from);
            var (before, began) = (Traffic(from), LabClock.Now);
            var took = await change() - began;
            times.Add(took.TotalMilliseconds);
            bytes.Add(Traffic(from) - before - (idle * took.TotalSeconds));
        }
        return new RowCost(way, Statistics.Median(times), times.Max(), Statistics.Median(bytes), changes);
    }

    private static async Task<double> IdlePerSecond(LabHost host)
    {
        var (before, began) = (Traffic(host), LabClock.Now);
        await Task.Delay(Pause);
        return (Traffic(host) - before) / (LabClock.Now - began).TotalSeconds;
    }

    /// <summary>Bytes received (first column) and sent (ninth) by all interfaces but the loopback.</summary>
    private static double Traffic(LabHost host) => host.Run("cat", "/proc/net/dev").Split('\n')
        .Select(line => line.Split(':')).Where(line => line.Length == 2 && line[0].Trim() != "lo")
        .Select(line => line[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Sum(columns => double.Parse(columns[0]) + double.Parse(columns[8]));

    private static SqliteConnection Make(string path)
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        foreach (var old in folder.GetFiles()) old.Delete();
        var database = new SqliteConnection($"Data Source={path};Pooling=False");
        database.Open();
        Execute(database, $"""
            PRAGMA journal_mode = wal;
            CREATE TABLE users (id INTEGER PRIMARY KEY, mark TEXT, rest BLOB);
            WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {Rows})
            INSERT INTO users SELECT id, hex(randomblob(16)), randomblob({RowLength}) FROM n;
            """);
        return database;
    }

    /// <summary>Changes the row in the middle.</summary>
    /// <returns>What it has now, always of the same length: it stays at the same place of the file.</returns>
    private static byte[] Change(SqliteConnection database)
    {
        var mark = Guid.NewGuid().ToString("N").ToUpperInvariant();
        Execute(database, $"UPDATE users SET mark = '{mark}' WHERE id = {Rows / 2}");
        return Encoding.ASCII.GetBytes(mark);
    }

    private static void Execute(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long Find(string file, byte[] mark) => File.ReadAllBytes(file).AsSpan().IndexOf(mark);

    private static async Task<Moment> Arrived(string file, long at, byte[] mark)
    {
        await LabClock.ExpectPromptly(() => Has(file, at, mark), Longest, $"the row is in {file}");
        return LabClock.Now;
    }

    private static bool Has(string file, long at, byte[] mark)
    {
        using var open = File.OpenHandle(file);
        var found = new byte[mark.Length];
        return RandomAccess.Read(open, found, at) == mark.Length && found.AsSpan().SequenceEqual(mark);
    }
}
