using System.Collections.Concurrent;
using System.Globalization;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Programs;
using Xunit;

namespace AkkaFailover.Linux.Tests.Programs;

public class ProcessLauncherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<int> _ended = new();

    [Fact]
    public async Task The_exit_code_and_both_outputs_are_known()
    {
        Start("echo out; echo err >&2; exit 7");
        Assert.Equal(7, await Ended());
        Assert.Equal(["err", "out"], _lines.Order());
    }

    [Fact]
    public async Task A_signal_shows_in_the_exit_code()
    {
        Start("sleep 60").Kill();
        Assert.Equal(128 + 9, await Ended());
    }

    [Fact]
    public async Task Standard_input_is_empty()
    {
        Start("cat; echo end");
        await Ended();
        Assert.Equal(["end"], _lines);
    }

    [Fact]
    public async Task Long_lines_are_cut_and_control_characters_do_not_reach_the_log()
    {
        Start("head -c 5000 /dev/zero | tr '\\0' x; echo; printf 'a\\033[2Jb\\n\\n  \\nno end'");
        await Ended();
        Assert.Equal([new string('x', 1000) + "…", "a [2Jb", "no end"], _lines);
    }

    [Fact]
    public async Task Somebody_who_keeps_the_output_open_does_not_delay_the_end()
    {
        var child = Start("sleep 60 & exit 0");
        Assert.Equal(0, await Ended());
        child.Kill();
    }

    [Fact]
    public async Task A_missing_program_ends_with_127_and_is_named()
    {
        new ProcessLauncher().Start(["/nonexistent/program"], new Dictionary<string, string>(), _lines.Enqueue, _ended.SetResult);
        Assert.Equal(127, await Ended());
        Assert.Contains("/nonexistent/program", Assert.Single(_lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_systemd_says_to_the_daemon_is_not_for_its_children()
    {
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", "/run/systemd/notify");
        Environment.SetEnvironmentVariable("WATCHDOG_USEC", "1000");
        try
        {
            Start("env | grep -c -e ^NOTIFY_SOCKET -e ^WATCHDOG; echo $FACT");
        }
        finally
        {
            Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
            Environment.SetEnvironmentVariable("WATCHDOG_USEC", null);
        }
        await Ended();
        Assert.Equal(["0", "a fact"], _lines);
    }

    /// <summary>The daemon puts itself before ordinary processes; what it starts is one of them.</summary>
    [Fact]
    public async Task The_priority_of_the_daemon_is_not_for_its_children()
    {
        Assert.True(Processes.TryNice(-5), "the tests run as root");
        try
        {
            Start("cut -d' ' -f19 /proc/$$/stat");
            await Ended();
            Assert.Equal(["0"], _lines);
            var own = 0;
            var thread = new Thread(() => own = int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(' ')[^34], CultureInfo.InvariantCulture));
            thread.Start();
            thread.Join();
            Assert.Equal(-5, own);
        }
        finally
        {
            _ = Processes.TryNice(0);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("boot 1 1")]
    [InlineData("boot -1 1")]
    public async Task An_identity_that_is_nobodys_ends_nobody(string identity)
    {
        var child = Start("sleep 60");
        new ProcessLauncher().KillLeftover(identity);
        new ProcessLauncher().KillLeftover(child.Identity + "0");
        Assert.False(_ended.Task.IsCompleted);
        new ProcessLauncher().KillLeftover(child.Identity);
        Assert.Equal(128 + 9, await Ended());
    }

    private IChildProcess Start(string script) => new ProcessLauncher().Start(
        ["/bin/sh", "-c", script], new Dictionary<string, string> { ["FACT"] = "a fact" }, _lines.Enqueue, _ended.SetResult);

    private Task<int> Ended() => _ended.Task.WaitAsync(Patience);
}
