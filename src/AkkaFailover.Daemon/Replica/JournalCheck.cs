using System.Data.Common;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Replica;

/// <summary>Looks at the journal's database before anything depends on it.</summary>
public static class JournalCheck
{
    /// <summary>Opens or creates the database, checks its structure, and writes to it. What it holds is checked as it is read.</summary>
    /// <returns>One sentence with what is wrong, where, and what to do; null where nothing is.</returns>
    public static string? Open(FailoverSettings settings)
    {
        var database = JournalDatabase.Of(settings);
        try
        {
            return database.Prepare();
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            return database.Explain(e);
        }
    }

    /// <summary>Reads a group's journal back without a daemon.</summary>
    /// <returns>What was found; a journal that is not there or cannot be read is no whole one.</returns>
    public static JournalVerdict Verify(FailoverSettings settings, GroupSettings group)
    {
        var database = JournalDatabase.Of(settings);
        try
        {
            return database.Exists()
                ? StoredJournal.Verify(database.Options, group.Name)
                : new JournalVerdict(false, 0, 0, "", $"journal {database.Place}: there is none");
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
        {
            return new JournalVerdict(false, 0, 0, "", database.Explain(e));
        }
    }
}
