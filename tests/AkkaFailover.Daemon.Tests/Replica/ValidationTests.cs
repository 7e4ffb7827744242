using System.Diagnostics;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Tests.Service;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Replica;

/// <summary>A real command judges changes of a real pair.</summary>
public sealed class ValidationTests : IAsyncLifetime
{
    private readonly Scripts _scripts = new();
    private TestNode _a = null!;
    private TestNode _b = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        _scripts.Dispose();
    }

    [Fact]
    public async Task A_refused_change_comes_back_with_the_command_s_words_and_is_on_neither_node()
    {
        await Pair("""if grep -qx 0 "$FAILOVER_CONFIG/server/port"; then echo "port 0 is no port"; echo "look at server/port" >&2; exit 3; fi""");
        Assert.True((await _a.Acknowledged("server/port", "1194"u8.ToArray())).Replicated);
        var refused = await _a.Refused("server/port", "0"u8.ToArray());
        Assert.StartsWith("config.validate refuses it (exit code 3):\n", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("port 0 is no port", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("look at server/port", refused.Reason, StringComparison.Ordinal);
        Assert.False(refused.Uncertain);
        Assert.Equal(2, (await _a.Acknowledged("other", [1])).Version);
        await _b.Reports(r => r.Position.Version == 2 && r.Entries == 2);
        Assert.Equal("1194"u8.ToArray(), (await _b.Query<EntryFound>(new GetEntry("server/port"))).Value);
    }

    [Fact]
    public async Task The_command_sees_the_whole_proposal_and_nothing_is_left_of_it()
    {
        await Pair("""(cat "$FAILOVER_CHANGED"; cd "$FAILOVER_CONFIG" && find . -type f | sort; echo "$FAILOVER_GROUP $FAILOVER_NODE $FAILOVER_BY"; stat -c %a . ) > seen.tmp; mv seen.tmp "seen$(ls | grep -c seen)" """);
        await _a.Acknowledged("server/port", [1]);
        await _a.Acknowledged("../escape", [2]);
        await _a.Query<PlanDone>(new ImportEntries(new Dictionary<string, byte[]> { ["one"] = [1], ["two"] = [2] }, Exact: true, "anna (import)", DryRun: false));
        Assert.Equal("server/port\n./server/port\nvpn a test\n700\n", await File.ReadAllTextAsync(_scripts.Path("seen1")));
        Assert.Equal("../escape\n./%2E%2E/escape\n./server/port\nvpn a test\n700\n", await File.ReadAllTextAsync(_scripts.Path("seen2")));
        Assert.Equal("../escape\none\nserver/port\ntwo\n./one\n./two\nvpn a anna (import)\n700\n", await File.ReadAllTextAsync(_scripts.Path("seen3")));
        var left = Path.Combine(_a.Settings.StateDir, "vpn.proposed");
        for (var i = 0; i < 1000 && Directory.Exists(left) && Directory.EnumerateFileSystemEntries(left).Any(); i++)
            await Task.Delay(10);
        Assert.Empty(Directory.EnumerateFileSystemEntries(left));
    }

    [Fact]
    public async Task A_command_that_hangs_is_ended_and_the_replica_goes_on_meanwhile()
    {
        await Pair("if grep -q slow \"$FAILOVER_CHANGED\"; then sleep 1000; fi", TimeSpan.FromSeconds(1));
        var begun = Stopwatch.GetTimestamp();
        var slow = _a.Set("slow", [1]);
        for (var asked = 0; asked < 20; asked++)
            await _a.Query<ReplicaReport>(new GetReplica());
        Assert.False(slow.IsCompleted);
        var refused = Assert.IsType<ChangeRefused>(await slow);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.9, 15);
        Assert.Contains("config.validate did not end within 1 s and was ended", refused.Reason, StringComparison.Ordinal);
        Assert.True((await _a.Acknowledged("quick", [1])).Replicated);
    }

    [Fact]
    public async Task Changes_keep_their_order_and_one_too_many_is_refused()
    {
        await Pair("true");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _a.Acknowledged("counter", BitConverter.GetBytes(i))));
        Assert.Equal(Enumerable.Range(1, 40).Select(i => (long)i), answers.Select(answer => answer.Version));
    }

    [Fact]
    public async Task A_standby_refuses_without_asking_the_command()
    {
        await Pair("exit 1");
        Assert.Contains("this node is standby", (await _b.Refused("k", [1])).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_not_there_refuses_every_change()
    {
        await Pair(null);
        Assert.Contains("exit code 127", (await _a.Refused("k", [1])).Reason, StringComparison.Ordinal);
    }

    private async Task Pair(string? script, TimeSpan? timeout = null)
    {
        var validation = new ValidationSettings(script is null ? ["/no/such/judge"] : _scripts.Command(script), timeout ?? TimeSpan.FromSeconds(10));
        (_a, _b) = (new TestNode("a", "b", _scripts.StateDir, validation: validation), new TestNode("b", "a", _scripts.StateDir, validation: validation));
        _a.Start();
        _b.Start();
        _a.Connect(_b);
        await _a.Lead(1);
        await _b.Reports(r => r.Position.InSync);
    }
}
