using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Control;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Control;

/// <summary>The socket itself: who may use it, what it bears, and that it gives up nothing.</summary>
public sealed class ControlSocketTests : ControlLab
{
    [Fact]
    public void The_socket_is_for_its_owner_alone_and_nothing_is_left_beside_it()
    {
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
        Assert.Equal([SocketPath], Directory.GetFileSystemEntries(Path.GetDirectoryName(SocketPath)!));
    }

    [Fact]
    public async Task A_second_daemon_does_not_take_the_socket_of_a_living_one()
    {
        var second = new ControlServer(SocketPath, () => throw new InvalidOperationException(), NullLogger<ControlServer>.Instance);
        var refused = await Assert.ThrowsAsync<ControlSocketException>(() => second.StartAsync(CancellationToken.None));
        Assert.Contains("another daemon listens", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await CtlAsync("status")).Code);
    }

    [Fact]
    public async Task A_socket_that_a_killed_daemon_left_is_replaced()
    {
        var path = SocketPath + ".left";
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(path + ".born"));
            File.Move(path + ".born", path);
        }
        Assert.True(File.Exists(path));
        var next = new ControlServer(path, () => throw new InvalidOperationException("not asked"), NullLogger<ControlServer>.Instance);
        await next.StartAsync(CancellationToken.None);
        using (var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await next.StopAsync(CancellationToken.None);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        var path = SocketPath + ".txt";
        await File.WriteAllTextAsync(path, "precious");
        var server = new ControlServer(path, () => throw new InvalidOperationException(), NullLogger<ControlServer>.Instance);
        var refused = await Assert.ThrowsAsync<ControlSocketException>(() => server.StartAsync(CancellationToken.None));
        Assert.Contains("is a file, not a socket", refused.Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(path));
        File.Delete(path);
    }

    /// <summary>Even where the file's mode would let it in.</summary>
    [Fact]
    public async Task Another_user_is_refused()
    {
        const UnixFileMode All = (UnixFileMode)0x1B6;
        File.SetUnixFileMode(SocketPath, All);
        for (var folder = Path.GetDirectoryName(SocketPath)!; folder != Path.GetTempPath().TrimEnd('/'); folder = Path.GetDirectoryName(folder)!)
            File.SetUnixFileMode(folder, All | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        const string Client = """my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "connect: $!"; print $s "{\"id\":1,\"argv\":[\"status\"]}\n"; print <$s>;""";
        using var nobody = Process.Start(new ProcessStartInfo(
            "setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "perl", "-MIO::Socket::UNIX", "-e", Client, SocketPath]) { RedirectStandardOutput = true })!;
        var answer = JsonNode.Parse(await nobody.StandardOutput.ReadToEndAsync())!;
        Assert.Equal(1, (int)answer["code"]!);
        Assert.Contains("nobody may not command this daemon", (string)answer["error"]!, StringComparison.Ordinal);
        Assert.Null(answer["data"]);
    }

    [Fact]
    public async Task A_line_that_is_too_long_ends_its_connection_and_no_other()
    {
        using var good = Connect();
        using (var bad = Connect())
        {
            var sending = bad.SendAsync(new string('x', ControlProtocol.MaxRequestBytes));
            Assert.Contains("a line may have at most 8388608 bytes", await bad.ReadAsync(), StringComparison.Ordinal);
            await Record.ExceptionAsync(() => sending);
            await Assert.ThrowsAnyAsync<IOException>(async () => Assert.Null(await bad.ReadAsync() ?? throw new IOException("closed")));
        }
        await good.SendAsync("""{"id":5,"argv":["cluster","is-active"]}""" + "\n");
        Assert.Equal("""{"id":5,"code":0,"data":{"group":"vpn","active":true,"role":"active"}}""", await good.ReadAsync());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"x","argv":["status"]}""")]
    [InlineData("""{"id":1,"argv":"status"}""")]
    [InlineData("""{"id":1,"argv":[null]}""")]
    [InlineData("""{"id":1,"argv":["status"],"data":"not base64!"}""")]
    public async Task A_line_that_is_no_request_is_answered_and_the_connection_goes_on(string line)
    {
        using var wire = Connect();
        await wire.SendAsync(line + "\n");
        Assert.Equal(64, (int)JsonNode.Parse((await wire.ReadAsync())!)!["code"]!);
        await wire.SendAsync("""{"id":2,"argv":["log","level"]}""" + "\n");
        Assert.Equal("""{"id":2,"code":0,"data":{"level":"information"}}""", await wire.ReadAsync());
    }

    [Fact]
    public async Task Requests_of_one_connection_reach_the_actor_in_their_order_and_answers_carry_their_numbers()
    {
        var seen = new List<string>();
        When<ChangeEntry>(change =>
        {
            seen.Add(change.Key);
            return new ChangeAcknowledged(change.Key, seen.Count, true);
        });
        using var wire = Connect();
        var sending = wire.SendAsync(string.Concat(Enumerable.Range(1, 1_000).Select(i => $"{{\"id\":{i},\"argv\":[\"config\",\"set\",\"k{i}\",\"v\"]}}\n")));
        var answers = new List<JsonNode>();
        for (var i = 0; i < 1_000; i++) answers.Add(JsonNode.Parse((await wire.ReadAsync())!)!);
        await sending;
        Assert.Equal(Enumerable.Range(1, 1_000).Select(i => $"k{i}"), seen);
        Assert.All(answers, answer => Assert.Equal($"k{answer["id"]}", (string)answer["data"]!["key"]!));
    }

    [Fact]
    public async Task An_option_that_wants_data_is_refused_without()
    {
        using var wire = Connect();
        await wire.SendAsync("""{"id":1,"argv":["config","set","key","--file","-"]}""" + "\n");
        Assert.Equal("""{"id":1,"code":64,"error":"--file: the request has no data"}""", await wire.ReadAsync());
    }

    [Fact]
    public async Task A_slow_request_does_not_hold_up_the_next()
    {
        When<GetElection>(_ => null);
        using var wire = Connect();
        await wire.SendAsync("""{"id":1,"argv":["group","explain"]}""" + "\n" + """{"id":2,"argv":["log","level"]}""" + "\n");
        Assert.StartsWith("""{"id":2,"code":0""", await wire.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("""{"id":1,"code":2""", await wire.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_has_closed_its_sending_side_still_gets_its_answers()
    {
        using var wire = Connect();
        await wire.SendAsync("""{"id":1,"argv":["service","show"]}""" + "\n");
        wire.EndSending();
        Assert.StartsWith("""{"id":1,"code":0""", await wire.ReadAsync(), StringComparison.Ordinal);
        Assert.Null(await wire.ReadAsync());
    }

    [Fact]
    public async Task A_watch_shows_events_until_its_client_goes()
    {
        var watchers = new TaskCompletionSource<Akka.Actor.IActorRef>();
        When<WatchGroup>(watch =>
        {
            watchers.SetResult(watch.Subscriber);
            return null;
        });
        using var wire = Connect();
        await wire.SendAsync("""{"id":3,"argv":["group","watch"],"output":"table"}""" + "\n");
        var subscriber = await watchers.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Akka.Actor.ActorRefImplicitSenderExtensions.Tell(subscriber, CannedPair.History[1]);
        Assert.Equal(
            """{"id":3,"code":0,"more":true,"view":[{"kind":"lines","lines":[{"text":"2026-03-29 08:16:03.625  alarm    cluster-link-lost: the link to b is down while its adverts arrive"}]}]}""",
            await wire.ReadAsync());
        wire.EndSending();
        Assert.Contains("the client has gone", await wire.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_thousand_clients_at_once_512_are_served_and_the_others_are_told()
    {
        var clients = new List<Wire>();
        for (var i = 0; i < 1_000; i++) clients.Add(Connect());
        var answers = await Task.WhenAll(clients.Select(async client =>
        {
            await Record.ExceptionAsync(() => client.SendAsync("""{"id":1,"argv":["log","level"]}""" + "\n"));
            return await client.ReadAsync();
        }));
        Assert.Equal(ControlServer.MaxConnections, answers.Count(answer => answer!.StartsWith("""{"id":1,"code":0""", StringComparison.Ordinal)));
        Assert.Equal(1_000 - ControlServer.MaxConnections, answers.Count(answer => answer!.Contains("512 clients are connected already", StringComparison.Ordinal)));
        clients.ForEach(client => client.Dispose());
        await Eventually(async () => (await CtlAsync("log level")).Code == 0);
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition()) await Task.Delay(10, bound.Token);
    }
}
