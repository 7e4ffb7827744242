using System.Diagnostics;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Replica;
using Microsoft.Data.Sqlite;

namespace AkkaFailover.Daemon.Paths;

/// <summary>
/// An SQLite database as a watched path of one file. While a program uses it, what that program has committed is taken as consistent copies; what the
/// entries say is written in the place of the database and of all that lies beside it.
/// </summary>
internal sealed class DatabaseTree : IWatchedTree
{
    /// <summary>So many times as long as a copy took nothing is copied: copies never take more than a quarter of the time.</summary>
    private const int Rest = 3;

    private const int Busy = 5;
    private const int Locked = 6;
    private const int NotADatabase = 26;
    private static readonly TimeSpan LongestLock = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);
    private static readonly string[] Beside = ["-wal", "-shm", "-journal"];

    private readonly string _path;
    private readonly IWatchedTree _file;
    private readonly IBlobStore _blobs;
    private readonly Lock _lock = new();
    private SqliteConnection? _source;
    private DateTime _sourceMade;
    private (long Version, FoundNode Node)? _taken;
    private FoundNode? _last;
    private long _restUntil;
    private int _gathers;

    /// <param name="path">The database.</param>
    /// <param name="file">The same as a file.</param>
    /// <param name="blobs">Where the copies are kept.</param>
    public DatabaseTree(string path, IWatchedTree file, IBlobStore blobs)
    {
        (_path, _file, _blobs) = (path, file, blobs);
        file.Changed += Gather;
    }

    /// <inheritdoc/>
    public event Action? Changed;

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        lock (_lock) Close();
    }

    /// <inheritdoc/>
    public TreeScan Scan()
    {
        // A copy is being made: its turn comes again.
        if (!_lock.TryEnter()) return Later();
        try
        {
            if (_source is not null && (!File.Exists(_path) || File.GetCreationTimeUtc(_path) != _sourceMade)) Close();
            return _source is null ? ScanFile() : ScanSource(_source);
        }
        catch (SqliteException e)
        {
            Close();
            return new TreeScan(new Dictionary<string, FoundNode>(), [new PathRefusal("", Explain(e))], new HashSet<string>(), null);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <inheritdoc/>
    public PathRecord? Read(string relative)
    {
        lock (_lock)
        {
            if (relative.Length > 0 || !File.Exists(_path)) return null;
            var begun = Stopwatch.GetTimestamp();
            try
            {
                return Take(_source ??= Connect());
            }
            catch (SqliteException e)
            {
                Close();
                // Without its cause: whoever reports it takes the innermost text.
                throw new IOException(Explain(e));
            }
            finally
            {
                _restUntil = Stopwatch.GetTimestamp() + (Rest * (Stopwatch.GetTimestamp() - begun));
            }
        }
    }

    /// <inheritdoc/>
    public Stream? Open(string relative) => _file.Open(relative);

    /// <inheritdoc/>
    public PathRecord? Describe(BlobRef content) => _file.Describe(content);

    /// <inheritdoc/>
    public IReadOnlyList<PathRefusal> Apply(IReadOnlyList<string> remove, IReadOnlyList<PathWrite> write)
    {
        lock (_lock)
        {
            Close();
            _last = null;
            if (_file.Scan().Busy.Count > 0) return [new PathRefusal("", "a program has the database open: it is written when that program has closed it")];
            // Before the database: what is left of another one's log would be read into it.
            foreach (var suffix in write.Count > 0 ? Beside : []) File.Delete(_path + suffix);
            return _file.Apply(remove, write);
        }
    }

    /// <summary>Nobody has the database open as far as this class knows: the file as it is, unless there is more beside it.</summary>
    private TreeScan ScanFile()
    {
        var scan = _file.Scan();
        if (scan.Fault is not null || scan.Refused.Any(refused => refused.Relative.Length == 0 && !scan.Found.ContainsKey(""))) return scan;
        if (scan.Busy.Count == 0 && !Beside.Any(suffix => new FileInfo(_path + suffix) is { Exists: true, Length: > 0 }))
        {
            _last = scan.Found.TryGetValue("", out var whole) ? whole : null;
            return scan;
        }
        return IsResting ? Later() : Found(Unknown(Stopwatch.GetTimestamp()));
    }

    /// <summary>What was committed since the last copy is told by SQLite itself, without reading the file.</summary>
    private TreeScan ScanSource(SqliteConnection source)
    {
        var version = VersionOf(source);
        if (_taken is { } taken && taken.Version == version) return Found(taken.Node);
        return IsResting ? Later() : Found(Unknown(version));
    }

    private bool IsResting => Stopwatch.GetTimestamp() < _restUntil;

    private PathRecord? Take(SqliteConnection source)
    {
        // Before the copy: what is committed meanwhile is then taken once more rather than never.
        var version = VersionOf(source);
        var copy = _blobs.NewFile(new FileInfo(_path).Length);
        try
        {
            Copy(source, copy);
            if (_file.Describe(_blobs.Adopt(copy).Blob) is not { } record) return null;
            var node = new FoundNode(PathKind.File, new FileInfo(_path).Length, Digest.Of(record.Encode())) { IsLarge = true };
            (_taken, _last) = ((version, node), node);
            return record;
        }
        finally
        {
            File.Delete(copy);
            foreach (var suffix in Beside) File.Delete(copy + suffix);
        }
    }

    private static void Copy(SqliteConnection source, string path)
    {
        using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        copy.Open();
        // Nobody reads it before it has been synced as a whole.
        Run(copy, "PRAGMA synchronous = OFF");
        source.BackupDatabase(copy);
    }

    private SqliteConnection Connect()
    {
        var made = File.GetCreationTimeUtc(_path);
        var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = (int)LongestLock.TotalSeconds }.ToString());
        source.Open();
        Run(source, $"PRAGMA busy_timeout = {LongestLock.TotalMilliseconds:0}");
        // Its log belongs to the program that writes.
        Run(source, "PRAGMA query_only = ON");
        _sourceMade = made;
        return source;
    }

    private void Close()
    {
        _source?.Dispose();
        // The numbers of its versions are its own.
        (_source, _taken) = (null, null);
    }

    private static long VersionOf(SqliteConnection source) => Run(source, "PRAGMA data_version") is long version ? version : 0;

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Something that no entry is.</summary>
    private FoundNode Unknown(long mark) =>
        new(PathKind.File, new FileInfo(_path) is { Exists: true } file ? file.Length : 0, Digest.Of(BitConverter.GetBytes(mark))) { IsLarge = true };

    private TreeScan Later() => new(
        new Dictionary<string, FoundNode> { [""] = _last ?? Unknown(0) }, [], new HashSet<string> { "" }, null);

    private static TreeScan Found(FoundNode node) => new(new Dictionary<string, FoundNode> { [""] = node }, [], new HashSet<string>(), null);

    /// <summary>A busy database changes thousands of times a second.</summary>
    private void Gather()
    {
        if (Interlocked.Exchange(ref _gathers, 1) == 1) return;
        Task.Delay(Gathering).ContinueWith(
            _ =>
            {
                Interlocked.Exchange(ref _gathers, 0);
                Changed?.Invoke();
            },
            TaskScheduler.Default);
    }

    private static string Explain(SqliteException e) => e.SqliteErrorCode switch
    {
        NotADatabase => "it is not an SQLite database",
        Busy or Locked => $"a program has locked the database for more than {LongestLock.TotalSeconds:0} s: it is copied when it is free",
        _ => $"the database cannot be copied: {e.Message}",
    };
}
