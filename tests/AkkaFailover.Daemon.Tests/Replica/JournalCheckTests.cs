using System.Text;
using Akka.Actor;
using AkkaFailover.Core.Election;
using AkkaFailover.Daemon.Replica;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

public sealed class JournalCheckTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("journal-");
    private readonly TestNode _node;
    private readonly string _file;

    public JournalCheckTests()
    {
        _node = new TestNode("a", "b", _folder.FullName);
        _file = JournalSetup.FileOf(_node.Settings);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_new_journal_is_made_for_its_owner_alone()
    {
        Assert.Null(JournalCheck.Open(_node.Settings));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new FileInfo(_file).Directory!.UnixFileMode);
    }

    [Fact]
    public void A_journal_s_folder_that_others_could_look_into_is_closed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        File.SetUnixFileMode(Path.GetDirectoryName(_file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Assert.Null(JournalCheck.Open(_node.Settings));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new FileInfo(_file).Directory!.UnixFileMode);
    }

    [Fact]
    public void Something_that_is_no_database_is_named_with_what_to_do()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        File.WriteAllText(_file, new string('x', 8192));
        var problem = JournalCheck.Open(_node.Settings);
        Assert.Contains(_file, problem, StringComparison.Ordinal);
        Assert.Contains("the database is damaged", problem, StringComparison.Ordinal);
        Assert.Contains("this node then gets everything from b", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_without_room_is_named_with_what_to_do()
    {
        using var disk = new SmallDisk(1);
        var node = new TestNode("a", "b", disk.Folder);
        disk.Fill();
        Assert.Contains("make room", JournalCheck.Open(node.Settings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_disk_is_named_with_what_to_do()
    {
        using var disk = new SmallDisk(1);
        var node = new TestNode("a", "b", disk.Folder);
        Assert.Null(JournalCheck.Open(node.Settings));
        SqliteConnection.ClearAllPools();
        disk.MakeReadOnly();
        Assert.Contains("cannot be opened and written", JournalCheck.Open(node.Settings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_event_is_found_by_the_verifier_and_at_the_next_start()
    {
        await Acknowledge("value", "other");
        Tamper("value", "forged");
        var verdict = await _node.Query<JournalVerdict>(new VerifyJournal());
        Assert.False(verdict.Ok);
        Assert.Contains("the hash chain is broken at version 1", verdict.Text, StringComparison.Ordinal);
        await _node.Kill();
        _node.Start();
        Assert.Contains("the hash chain is broken at version 1", (await _node.Told<LocalFault>(_ => true)).Reason, StringComparison.Ordinal);
        Assert.Contains("the hash chain is broken at version 1", (await _node.Told<JournalDamaged>(_ => true)).What, StringComparison.Ordinal);
        await _node.Kill();
    }

    [Fact]
    public async Task Damage_that_shows_after_the_start_is_a_fault_of_the_node_and_does_not_end_the_daemon()
    {
        await Acknowledge("value");
        Tamper("value", "forged");
        // As after a write that failed: the journal is read again.
        _node.Replica.Tell(new JournalBroken("a test's disk"));
        var told = new List<object>();
        // The second time too: whatever followed from the first has been told by then.
        for (var time = 0; time < 2; time++)
            await _node.Told<LocalFault>(fault => fault.Reason.Contains("the hash chain is broken at version 1", StringComparison.Ordinal), told);
        Assert.DoesNotContain(told, message => message is JournalDamaged);
        await _node.Kill();
    }

    /// <summary>Starts the node, alone, and has it acknowledge some values.</summary>
    private async Task Acknowledge(params string[] values)
    {
        _node.Start();
        await _node.Lead(1);
        _node.Replica.Tell(new LinkChanged(LinkStatus.Refused, ""));
        foreach (var value in values) await _node.Acknowledged("k", Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Changes bytes of the same number in a stored event, as a bad disk or a bad administrator might.</summary>
    private void Tamper(string from, string to)
    {
        using var connection = new SqliteConnection($"Data Source={_file}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE journal SET message = CAST(replace(CAST(message AS TEXT), $from, $to) AS BLOB) WHERE instr(message, CAST($from AS BLOB)) > 0";
        command.Parameters.AddWithValue("$from", from);
        command.Parameters.AddWithValue("$to", to[..from.Length]);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
