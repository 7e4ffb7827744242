using AkkaFailover.Core.Settings;
using Google.Protobuf;
using LinqToDB;

namespace AkkaFailover.Daemon.Replica;

/// <summary>
/// A kind of database that keeps the journal. A new one is a class like those below, a line in <see cref="Of"/> and <see cref="IsDamage"/>, and a subclass of the
/// contract's test.
/// </summary>
internal abstract class JournalDatabase
{
    /// <summary>LinqToDB's name of the kind, which the journal plugin goes by too.</summary>
    public abstract string Provider { get; }

    /// <summary>Where it is, for people; without secrets.</summary>
    public abstract string Place { get; }

    /// <summary>How it is opened: whoever commits over these connections has it on disk.</summary>
    public abstract DataOptions Options { get; }

    /// <summary>The database that the configuration names.</summary>
    public static JournalDatabase Of(FailoverSettings settings) => settings.Journal.Provider switch
    {
        JournalProvider.Sqlite => new SqliteJournal(settings),
        JournalProvider.PostgreSql => new PostgreSqlJournal(settings),
        var other => throw new ArgumentOutOfRangeException(nameof(settings), other, null),
    };

    /// <summary>Makes what is missing, looks at the rest, and writes to it.</summary>
    /// <returns>One sentence with what is wrong, where, and what to do; null where nothing is.</returns>
    /// <exception cref="System.Data.Common.DbException">See <see cref="Explain"/>, as for all of these.</exception>
    public abstract string? Prepare();

    /// <summary>Whether a journal has been begun in it; makes nothing.</summary>
    public abstract bool Exists();

    /// <summary>Whether reading ended because of what is stored, and not for want of a disk or a server.</summary>
    public static bool IsDamage(Exception failure) =>
        failure is InvalidDataException or InvalidProtocolBufferException or FormatException || SqliteJournal.IsDamage(failure) || PostgreSqlJournal.IsDamage(failure);

    /// <summary>One sentence for a damaged journal.</summary>
    public abstract string Damaged(string what);

    /// <summary>One sentence for a failure to open, read or write it.</summary>
    public abstract string Explain(Exception failure);
}
