using System.Globalization;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Replica;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

public sealed class SqliteJournalTests : JournalContract
{
    private readonly SmallDisk _disk = new(16);

    protected override JournalSettings Journal { get; } = new(JournalProvider.Sqlite, null);

    protected override string Folder => _disk.Folder;

    protected override void Break() => _disk.Fill();

    protected override void Mend() => _disk.MakeRoom();

    protected override string IndexesSql => "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'journal'";

    protected override void Tamper(string from, string to)
    {
        using var connection = OpenFile();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE journal SET message = CAST(replace(CAST(message AS TEXT), $from, $to) AS BLOB) WHERE instr(message, CAST($from AS BLOB)) > 0";
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$to", to);
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    protected override int Execute(string sql)
    {
        using var connection = OpenFile();
        using var command = connection.CreateCommand();
        command.CommandText = string.Format(CultureInfo.InvariantCulture, sql, "journal");
        return command.ExecuteNonQuery();
    }

    private SqliteConnection OpenFile()
    {
        var connection = new SqliteConnection($"Data Source={JournalSetup.FileOf(Settings())}");
        connection.Open();
        return connection;
    }

    public override void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _disk.Dispose();
        base.Dispose();
    }
}
