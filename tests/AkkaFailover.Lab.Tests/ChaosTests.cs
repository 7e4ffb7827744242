using AkkaFailover.Lab.Chaos;

namespace AkkaFailover.Lab.Tests;

/// <summary>A short run of random faults, each kind once; hours of it: <c>scripts/chaos.sh --minutes 240</c>.</summary>
public sealed class ChaosTests
{
    private const int Seed = 7;

    [Fact]
    public Task Random_faults_of_every_kind_break_no_promise() => Run(ChaosFaults.All.Count);

    [Fact]
    public Task A_daemon_without_its_ActorSystem_ends_at_once() => Run(2, "system-death");

    private static async Task Run(int faults, params string[] keys)
    {
        using var run = new ChaosRun(Seed, keys);
        for (var number = 1; number <= faults; number++)
        {
            var (result, story) = await run.Round(number);
            Assert.True(result.Violations.Count == 0, $"seed {Seed}, fault {number}, {result}\n{string.Join('\n', result.Violations)}\n{story}");
        }
        Assert.Empty(await run.CheckAll());
    }
}
