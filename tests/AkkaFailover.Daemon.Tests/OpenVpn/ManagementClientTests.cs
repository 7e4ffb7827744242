using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Daemon.OpenVpn;
using Xunit;

namespace AkkaFailover.Daemon.Tests.OpenVpn;

/// <summary>A program behind the socket that is no OpenVPN server, or one that does as it likes; the real one is in the lab's tests.</summary>
public sealed class ManagementClientTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("management-");

    private string SocketPath => Path.Combine(_folder.FullName, "m.sock");

    private ManagementPlace Place => new(SocketPath, null, 0, null);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_it_tells_by_itself_is_no_answer()
    {
        using var server = Serve(">INFO:OpenVPN Management Interface Version 5\r\n", ">LOG:1,I,something\r\nCLIENT_LIST\ta\r\n>LOG:2,I,more\r\nEND\r\n");
        using var client = await ManagementClient.ConnectAsync(Place);
        Assert.Equal(["CLIENT_LIST\ta"], await client.ListAsync("status 3"));
    }

    [Fact]
    public async Task A_refusal_leaves_the_connection_in_order()
    {
        using var server = Serve("", "ERROR: client-kill command failed\r\n", "SUCCESS: client-kill command succeeded\r\n");
        using var client = await ManagementClient.ConnectAsync(Place);
        Assert.Contains("it refused 'client-kill 7 RESTART'", (await Assert.ThrowsAsync<ManagementRefusedException>(() => client.DoAsync("client-kill 7 RESTART"))).Message, StringComparison.Ordinal);
        await client.DoAsync("client-kill 8 RESTART");
    }

    [Fact]
    public async Task A_password_is_given_when_the_configuration_names_its_file()
    {
        var password = Path.Combine(_folder.FullName, "pw");
        await File.WriteAllTextAsync(password, "secret\n");
        using var server = Serve("ENTER PASSWORD:", "SUCCESS: password is correct\r\n", "END\r\n");
        using var client = await ManagementClient.ConnectAsync(Place with { PasswordFile = password });
        await client.ListAsync("state");
        Assert.Equal(["secret", "state"], await server.Heard);
    }

    [Fact]
    public async Task Nobody_there() => await Assert.ThrowsAsync<IOException>(() => ManagementClient.ConnectAsync(Place));

    [Fact]
    public async Task A_path_that_no_socket_can_have() =>
        await Assert.ThrowsAsync<IOException>(() => ManagementClient.ConnectAsync(Place with { UnixPath = "/" + new string('x', 200) }));

    [Theory]
    [InlineData("silent", "did not answer 'status 3' within 2 s")]
    [InlineData("long line", "a line of more than 4096 bytes")]
    [InlineData("many lines", "has more than")]
    [InlineData("gone", "it closed the connection")]
    public async Task One_that_does_as_it_likes_is_bounded_and_named(string kind, string expected)
    {
        using var server = Serve("", kind switch
        {
            "silent" => "half an answer",
            "long line" => new string('x', 5000),
            "many lines" => string.Concat(Enumerable.Repeat("CLIENT_LIST\n", 20_000)),
            _ => Server.Hangup,
        });
        using var client = await ManagementClient.ConnectAsync(Place);
        var watch = Stopwatch.StartNew();
        Assert.Contains(expected, (await Assert.ThrowsAsync<IOException>(() => client.ListAsync("status 3"))).Message, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < ManagementClient.Patience + TimeSpan.FromSeconds(3), $"it took {watch.Elapsed}");
    }

    private Server Serve(string greeting, params string[] answers) => new(SocketPath, greeting, answers);

    /// <summary>Greets, and answers one line after the other.</summary>
    private sealed class Server : IDisposable
    {
        public const string Hangup = "\0";

        private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        public Server(string path, string greeting, string[] answers)
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen();
            Heard = Task.Run(() => AnswerAsync(greeting, answers));
        }

        public Task<List<string>> Heard { get; }

        public void Dispose() => _listener.Dispose();

        private async Task<List<string>> AnswerAsync(string greeting, string[] answers)
        {
            var heard = new List<string>();
            var socket = await _listener.AcceptAsync();
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            using var reader = new StreamReader(stream);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(greeting));
            foreach (var answer in answers)
            {
                if (await reader.ReadLineAsync() is not { } line) break;
                heard.Add(line);
                if (answer == Hangup) return heard;
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            }
            // Whoever left off in the middle keeps the connection: only the other side's patience ends it.
            if (answers is [.., "half an answer"]) await reader.ReadLineAsync();
            return heard;
        }
    }
}
