using System.Text.Json;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Tests;

/// <summary>Configuration changes across failures.</summary>
public sealed class ReplicationTests(DefaultLab lab) : IClassFixture<DefaultLab>
{
    [Fact]
    public async Task A_change_is_on_both_nodes_and_the_standby_refuses_changes()
    {
        await lab.Pair.Settle();
        Assert.True(Set(lab.Active, "server/port", "1194"));
        // On disk at once; that it is committed the standby learns a moment later.
        await lab.Pair.Expect(() => lab.Standby.Ctl("config", "get", "server/port").Output == "1194", TimeSpan.FromSeconds(1), "the change on the standby");
        Assert.Equal(lab.Active.Status!.Config.Digest, lab.Standby.Status!.Config.Digest);
        var refused = lab.Standby.Ctl("config", "set", "server/port", "1195");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"{lab.Active.Host.Name}", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_was_away_catches_up()
    {
        await lab.Pair.Settle();
        var standby = lab.Standby;
        standby.KillDaemon();
        await lab.Pair.Expect(() => lab.Active.Ctl("config", "set", "while/away", "1") is { ExitCode: 0 }, TimeSpan.FromSeconds(30), "a change alone");
        await lab.Pair.Settle();
        Assert.Equal("1", standby.Ask("config", "get", "while/away"));
        Assert.Equal(lab.Active.Status!.Config.Digest, standby.Status!.Config.Digest);
    }

    [Fact]
    public async Task Five_hundred_acknowledged_changes_survive_crashes_of_the_active()
    {
        const int changes = 500, crashes = 5;
        await lab.Pair.Settle();
        lab.Observer.Reset();
        var killing = KillTheActiveAtRandom(crashes, new Random(Seed: 20));
        var acknowledged = 0;
        for (; acknowledged < changes || !killing.IsCompleted; acknowledged++)
        {
            var key = acknowledged;
            await lab.Pair.Expect(() => Holder is { } node && Set(node, $"key/{key}", $"value {key}"), TimeSpan.FromSeconds(40), $"key {key} on both nodes");
        }
        await killing;
        var survivor = lab.Active;
        for (var key = 0; key < acknowledged; key++) Assert.Equal($"value {key}", survivor.Ask("config", "get", $"key/{key}"));
        ExpectReplayBeforeClaim(survivor);
        lab.ExpectNeverBoth();
        Assert.Equal(survivor.Status!.Config.Digest, lab.Standby.Status!.Config.Digest);
    }

    private AkkaNode? Holder => lab.Observer.Holders is [var name] ? name == lab.A.Host.Name ? lab.A : lab.B : null;

    // Whatever the changes are doing; ends with a pair at rest.
    private async Task KillTheActiveAtRandom(int crashes, Random random)
    {
        for (var crash = 0; crash < crashes; crash++)
        {
            await Task.Delay(random.Next(200, 1500));
            var active = lab.Active;
            active.KillDaemon();
            await lab.Pair.Expect(() => Holder is { } holder && holder != active, TimeSpan.FromSeconds(5), "the other node claimed");
            await lab.Pair.Settle();
        }
    }

    private static bool Set(AkkaNode node, string key, string value)
    {
        var answer = node.Ctl("config", "set", key, value, "--output", "json");
        return answer.ExitCode == 0 && JsonDocument.Parse(answer.Output).RootElement.GetProperty("replicated").GetBoolean();
    }

    private static void ExpectReplayBeforeClaim(AkkaNode node)
    {
        var events = JsonDocument.Parse(node.History).RootElement.GetProperty("events").EnumerateArray().ToList();
        var active = events.FindLastIndex(happened => happened.TryGetProperty("to", out var to) && to.GetString() == "active");
        var replay = events.FindLastIndex(active, happened => happened.GetProperty("kind").GetString() == "replay");
        var claiming = events.FindLastIndex(active, happened => happened.TryGetProperty("to", out var to) && to.GetString() == "claiming");
        Assert.InRange(replay, 0, claiming);
        Assert.Contains("digest", events[replay].GetProperty("text").GetString(), StringComparison.Ordinal);
    }
}
