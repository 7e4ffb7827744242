using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Replica;
using Npgsql;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

public sealed class PostgreSqlJournalTests : JournalContract, IClassFixture<PostgresServer>
{
    private readonly PostgresServer _server;
    private readonly string _database;

    public PostgreSqlJournalTests(PostgresServer server)
    {
        (_server, _database) = (server, server.NewDatabase());
        Journal = At(server.ConnectionString(_database));
    }

    protected override JournalSettings Journal { get; }

    protected override void Break() => _server.Kill();

    protected override void Mend() => _server.Start();

    protected override string IndexesSql => "SELECT indexname FROM pg_indexes WHERE tablename = 'journal'";

    protected override void Tamper(string from, string to) => Assert.Equal(1, _server.Execute(_database, $"""
        UPDATE failover_a.journal SET message = overlay(message PLACING '{to}'::bytea FROM position('{from}'::bytea IN message))
        WHERE position('{from}'::bytea IN message) > 0
        """));

    protected override int Execute(string sql) => _server.Execute(_database, string.Format(CultureInfo.InvariantCulture, sql, "failover_a.journal"));

    [Fact]
    public async Task A_pair_keeps_its_changes_through_a_power_cut_of_the_server()
    {
        await using var a = new TestNode("a", "b", Folder, journal: Journal);
        await using var b = new TestNode("b", "a", Folder, journal: Journal);
        a.Start();
        b.Start();
        a.Connect(b);
        await a.Lead(1);
        await b.Reports(r => r.Position.InSync);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i => Assert.True((await a.Acknowledged($"key-{i}", [1])).Replicated)));

        Break();
        await a.Refused("lost", [2]);
        await a.Told<LocalFault>(_ => true);
        Mend();
        await a.Told<ClearAlarm>(c => c.Kind == AlarmKind.Storage);
        a.Replica.Tell(new FollowReplica());
        await a.Lead(2);
        Assert.Equal(201, (await a.Acknowledged("after", [3])).Version);
        Assert.True((await a.Query<JournalVerdict>(new VerifyJournal())).Ok);
    }

    [Fact]
    public void A_commit_is_fsynced_whatever_the_server_s_default_is()
    {
        _server.Execute("postgres", $"ALTER DATABASE {_database} SET synchronous_commit = off");
        Assert.Null(JournalCheck.Open(Settings()));
        using var connection = new NpgsqlConnection(JournalDatabase.Of(Settings()).Options.ConnectionOptions.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand("SHOW synchronous_commit", connection);
        Assert.Equal("on", command.ExecuteScalar());
    }

    [Fact]
    public void A_server_without_fsync_is_refused()
    {
        _server.Kill();
        _server.Start("-c fsync=off");
        try
        {
            Assert.Contains("set fsync = on", JournalCheck.Open(Settings()), StringComparison.Ordinal);
        }
        finally
        {
            _server.Kill();
            _server.Start();
        }
    }

    [Theory]
    [InlineData("wrong password", "password authentication failed for user \"failover\"")]
    [InlineData("no database", "database \"nowhere\" does not exist")]
    [InlineData("no server", "Connection refused")]
    public void A_server_that_does_not_serve_is_named_with_what_to_do_and_without_the_password(string trouble, string reason)
    {
        var settings = Settings() with
        {
            Journal = At(trouble switch
            {
                "wrong password" => _server.ConnectionString(_database, "Wrong-" + PostgresServer.Password),
                "no database" => _server.ConnectionString("nowhere"),
                _ => _server.ConnectionString(_database) + ";Port=1",
            }),
        };
        var problem = JournalCheck.Open(settings)!;
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.Contains("see that the server runs", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, problem, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, settings.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Whatever the journal plugin, the database library and the actors say while it works and while it fails, at the most talkative level.</summary>
    [Fact]
    public async Task The_password_is_in_no_line_of_the_log()
    {
        Assert.Null(JournalCheck.Open(Settings()));
        var lines = new ConcurrentQueue<string>();
        await using (var journal = new JournalUser(Settings(), lines))
        {
            await journal.Open();
            await journal.Write(new InSyncSet(new Term(1), DateTimeOffset.UnixEpoch, "a", [], 0));
            Break();
            journal.Begin(new InSyncSet(new Term(1), DateTimeOffset.UnixEpoch, "a", [], 0));
            await journal.Told<JournalBroken>();
        }
        await using (var journal = new JournalUser(Settings(), lines))
            await Assert.ThrowsAnyAsync<Exception>(journal.Open);
        Mend();
        Assert.NotEmpty(lines);
        Assert.DoesNotContain(lines, line => line.Contains(PostgresServer.Password, StringComparison.Ordinal));
    }

    private static JournalSettings At(string connectionString) => new(JournalProvider.PostgreSql, new Secret(Encoding.UTF8.GetBytes(connectionString)));
}
