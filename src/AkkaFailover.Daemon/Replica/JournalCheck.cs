using AkkaFailover.Core.Settings;
using Microsoft.Data.Sqlite;

namespace AkkaFailover.Daemon.Replica;

/// <summary>Looks at the journal's database before anything depends on it.</summary>
public static class JournalCheck
{
    /// <summary>Opens or creates the database, checks its structure and the groups' hash chains, and writes to it.</summary>
    /// <returns>One sentence with what is wrong, where, and what to do; null where nothing is.</returns>
    public static string? Open(FailoverSettings settings)
    {
        if (settings.Journal.Provider != JournalProvider.Sqlite)
            return "failover.journal.provider: this version keeps the journal in SQLite only: set it to sqlite";
        var file = JournalSetup.FileOf(settings);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var connection = new SqliteConnection(JournalSetup.ConnectionString(file));
            connection.Open();
            var verdict = Run(connection, "PRAGMA quick_check(1)");
            if (verdict != "ok")
                return Corrupt(settings, file, verdict);
            Run(connection, JournalSetup.DurableSql);
            Run(connection, "BEGIN IMMEDIATE; PRAGMA user_version = 1; COMMIT;");
            return Run(connection, "SELECT count(*) FROM sqlite_master WHERE name = 'journal'") == "0" ? null : Chains(settings, file);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is SqliteCorrupt or SqliteNotADatabase)
        {
            return Corrupt(settings, file, e.Message);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            return $"journal {file}: it cannot be opened and written ({e.Message}): make room on its file system and see that this user may write there";
        }
    }

    private const int SqliteCorrupt = 11;
    private const int SqliteNotADatabase = 26;

    private static string? Chains(FailoverSettings settings, string file) => settings.Groups
        .Select(group => StoredJournal.Verify(JournalSetup.Database(settings), group.Name))
        .FirstOrDefault(verdict => !verdict.Ok) is { } broken
            ? Corrupt(settings, file, broken.Text)
            : null;

    private static string Corrupt(FailoverSettings settings, string file, string what) =>
        $"journal {file}: the database is damaged ({what}): move {Path.GetDirectoryName(file)} away and start again; "
        + $"this node then gets everything from {string.Join(", ", settings.Cluster.Peers.Keys)}. With no other node left, "
        + $"'sqlite3 {file} .recover' saves what can be read";

    private static string Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString() ?? "";
    }
}
