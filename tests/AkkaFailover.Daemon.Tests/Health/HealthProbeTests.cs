using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Health;
using AkkaFailover.Daemon.Tests.Service;
using AkkaFailover.Linux.Programs;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Health;

/// <summary>Real sockets, real HTTP, real commands.</summary>
[Collection(Alone.Name)]
public sealed class HealthProbeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly Dictionary<string, string> Environment = new() { ["FAILOVER_CHECK"] = "test" };

    private readonly Scripts _scripts = new();
    private readonly HealthProbe _probe = new(new ProcessLauncher());

    [Fact]
    public async Task A_port_that_listens_is_good_and_one_that_does_not_is_bad()
    {
        using var listener = Listen();
        var check = new TcpCheck("port", new HostPort("127.0.0.1", PortOf(listener)));
        Assert.Equal(new ProbeAnswer(true, $"{check.Address} accepts connections"), await Try(check));
        listener.Stop();
        Assert.Equal(new ProbeAnswer(false, $"{check.Address} refuses connections"), await Try(check));
    }

    [Fact]
    public async Task A_port_that_never_answers_is_bad_after_the_timeout()
    {
        // A full backlog drops what comes.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var target = (IPEndPoint)full.LocalEndPoint!;
        using var first = new TcpClient();
        await first.ConnectAsync(target);
        var check = new TcpCheck("port", new HostPort("127.0.0.1", target.Port)) { Timeout = TimeSpan.FromMilliseconds(300) };
        var watch = Stopwatch.StartNew();
        Assert.Contains("did not answer within 0.3 s", (await Try(check)).Reason, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.3, 5);
    }

    [Fact]
    public async Task A_name_that_is_none_is_bad() =>
        Assert.False((await Try(new TcpCheck("port", new HostPort("no-such-host.invalid", 1)))).Good);

    [Theory]
    [InlineData("HTTP/1.1 200 OK", true, "answers 200")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/", true, "answers 302")]
    [InlineData("HTTP/1.1 404 Not Found", false, "answers 404")]
    [InlineData("HTTP/1.1 503 Service Unavailable", false, "answers 503")]
    [InlineData("no http at all", false, "invalid")]
    public async Task The_status_of_a_page_decides(string head, bool good, string reason)
    {
        using var server = Serve($"{head}\r\nContent-Length: 0\r\n\r\n");
        var answer = await Try(Page(server));
        Assert.True(good == answer.Good, answer.Reason);
        Assert.Contains(reason, answer.Reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_page_without_end_is_judged_by_its_status_and_not_read()
    {
        using var server = Serve("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", endless: true);
        var before = GC.GetTotalAllocatedBytes();
        Assert.True((await Try(Page(server))).Good);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
    }

    [Fact]
    public async Task Headers_without_end_are_bad()
    {
        using var server = Serve("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"X-{i}: {new string('x', 50)}\r\n")) + "\r\n");
        Assert.False((await Try(Page(server))).Good);
    }

    [Fact]
    public async Task A_page_that_never_comes_is_bad_after_the_timeout()
    {
        using var server = Serve("");
        var check = Page(server) with { Timeout = TimeSpan.FromMilliseconds(300) };
        Assert.Contains("did not answer within 0.3 s", (await Try(check)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_is_good_when_it_ends_with_0_and_says_why_it_is_not()
    {
        Assert.Equal(new ProbeAnswer(true, "exit code 0: test"), await Try(Command("echo first; echo $FAILOVER_CHECK")));
        Assert.Equal(new ProbeAnswer(false, "exit code 3: no route"), await Try(Command("echo no route >&2; exit 3")));
        Assert.Contains("/nonexistent/check", (await Try(new ExecCheck("own", ["/nonexistent/check"]))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_never_returns_is_killed_with_its_children_when_it_is_given_up()
    {
        var answered = false;
        var attempt = _probe.Begin(Command("trap '' TERM; sleep 600 & echo $! > child; wait"), Environment, _ => answered = true);
        var child = int.Parse(await _scripts.Written("child"));
        attempt.Dispose();
        await Gone(child);
        Assert.False(answered);
    }

    [Fact]
    public async Task What_a_command_leaves_in_its_group_ends_with_it()
    {
        Assert.True((await Try(Command("sleep 600 & echo $! > child"))).Good);
        await Gone(int.Parse(await _scripts.Written("child")));
    }

    [Fact]
    public async Task A_command_that_floods_its_output_costs_no_memory()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var answer = await Try(Command("yes 0123456789012345678901234567890123456789 2>/dev/null | head -c 200000000; exit 4"));
        // What head left of the last line: 200,000,000 is not a multiple of 41.
        Assert.Equal(new ProbeAnswer(false, "exit code 4: 01234567890123456789012345678901"), answer);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 20_000_000);
    }

    public void Dispose() => _scripts.Dispose();

    private ExecCheck Command(string script) => new("own", _scripts.Command(script));

    private async Task<ProbeAnswer> Try(HealthCheckSettings check)
    {
        var answer = new TaskCompletionSource<ProbeAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var attempt = _probe.Begin(check, Environment, answer.SetResult);
        return await answer.Task.WaitAsync(Patience);
    }

    private static HttpCheck Page(TcpListener server) => new("page", new Uri($"http://127.0.0.1:{PortOf(server)}/health")) { Timeout = TimeSpan.FromSeconds(10) };

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Answers each request with the same octets; an empty answer keeps the client waiting.</summary>
    private static TcpListener Serve(string answer, bool endless = false)
    {
        var listener = Listen();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                await stream.ReadAtLeastAsync(new byte[4096], 1);
                if (answer.Length == 0) await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
                while (endless) await stream.WriteAsync(new byte[65_536]);
            }
        });
        return listener;
    }

    private static async Task Gone(int pid)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Runs(pid)) await Task.Delay(10, patience.Token);
    }

    private static bool Runs(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }
}
