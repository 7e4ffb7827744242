using System.Diagnostics;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Configuration;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Tests.Configuration;
using AkkaFailover.Daemon.Tests.Replica;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Hosting;

/// <summary>The daemon's program, run as a process of its own.</summary>
public sealed class DaemonProcessTests : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "akka-failover");
    private readonly ConfigurationFolder _folder = new();

    [Fact]
    public async Task A_check_of_a_good_file_exits_with_0()
    {
        var (code, output, _) = await RunAsync(Program, "--check", _folder.File("akka-failover.conf"), "--output", "json");
        Assert.Equal(0, code);
        Assert.Contains("\"valid\":true", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_configuration_ends_the_daemon_with_2_and_all_errors_on_stderr()
    {
        var file = _folder.Write("bad.conf", ConfigurationFolder.WithGroupKeys("preempt = on\nwitness = []"));
        foreach (var option in new[] { "--config", "--release" })
        {
            var (code, output, error) = await RunAsync(Program, option, file);
            Assert.Equal(2, code);
            Assert.Empty(output);
            Assert.Contains("failover.groups.vpn.preempt = on", error, StringComparison.Ordinal);
            Assert.Contains("did you mean 'witnesses'?", error, StringComparison.Ordinal);
        }
        Assert.Equal(2, (await RunAsync(Program, "--check", file)).Code);
    }

    [Fact]
    public async Task Missing_capabilities_end_the_daemon_with_2()
    {
        var file = _folder.Write("here.conf", ConfigurationFolder.With("node = \"a\"", $"node = \"a\"\nstate-dir = \"{_folder.File("state")}\""));
        var (code, _, error) = await RunAsync("setpriv", "--bounding-set", "-net_admin,-net_raw,-sys_nice", Program, "--config", file);

        Assert.Equal(2, code);
        Assert.Contains("error: capability = CAP_NET_ADMIN", error, StringComparison.Ordinal);
        Assert.Contains("error: capability = CAP_NET_RAW", error, StringComparison.Ordinal);
        Assert.Contains("warning: capability = CAP_SYS_NICE", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--config")]
    [InlineData("--config a --check b")]
    [InlineData("--conf a")]
    [InlineData("--check a --output xml")]
    public async Task A_wrong_usage_exits_with_64(string arguments)
    {
        var (code, _, error) = await RunAsync(Program, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(64, code);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task A_release_of_what_is_not_there_is_done()
    {
        var file = _folder.Write("here.conf", ConfigurationFolder.With("node = \"a\"", $"node = \"a\"\nstate-dir = \"{_folder.File("state")}\""));
        Assert.Equal(0, (await RunAsync(Program, "--release", file)).Code);
    }

    [Fact]
    public async Task A_release_is_refused_while_a_daemon_runs()
    {
        var state = Directory.CreateDirectory(_folder.File("state")).FullName;
        var file = _folder.Write("here.conf", ConfigurationFolder.With("node = \"a\"", $"node = \"a\"\nstate-dir = \"{state}\""));
        using (new FileStream(Path.Combine(state, "lock"), FileMode.OpenOrCreate, FileAccess.Read, FileShare.None))
        {
            var (code, _, error) = await RunAsync(Program, "--release", file);
            Assert.Equal(1, code);
            Assert.Contains("nothing was released", error, StringComparison.Ordinal);
            Assert.Contains($"{state}: another akka-failover uses it", error, StringComparison.Ordinal);
        }
        Assert.Equal(0, (await RunAsync(Program, "--release", file)).Code);
    }

    [Fact]
    public async Task A_journal_is_verified_without_a_daemon()
    {
        var file = _folder.Write("here.conf", ConfigurationFolder.With("node = \"a\"", $"node = \"a\"\nstate-dir = \"{_folder.File("state")}\""));
        var (none, _, nothing) = await RunAsync(Program, "--verify", file);
        Assert.Equal(1, none);
        Assert.Contains("there is none", nothing, StringComparison.Ordinal);

        var settings = ConfigurationLoader.Load(file).Settings!;
        Assert.Null(JournalCheck.Open(settings));
        await using (var journal = new JournalUser(settings))
        {
            await journal.Open();
            await journal.Write(new Committed(new Term(1), DateTimeOffset.UnixEpoch, "a", 0, Replicated: false));
        }
        var (code, output, _) = await RunAsync(Program, "--verify", file, "--group", "vpn", "--output", "json");
        Assert.Equal((0, """{"group":"vpn","ok":true,"events":1,"version":0,"digest":"0000000000000000000000000000000000000000000000000000000000000000","text":"1 events, 0 versions, the hash chain is unbroken"}""" + "\n"), (code, output));
        Assert.Equal(64, (await RunAsync(Program, "--verify", file, "--group", "web")).Code);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<(int Code, string Output, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
