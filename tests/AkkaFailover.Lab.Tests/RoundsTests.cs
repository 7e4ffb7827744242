using AkkaFailover.Lab.Changes;

namespace AkkaFailover.Lab.Tests;

/// <summary>Whatever was acknowledged survives: daemons killed and links cut under clients that write.</summary>
public sealed class RoundsTests(DefaultLab lab) : IClassFixture<DefaultLab>
{
    private const int Rounds = 30;

    [Fact]
    public async Task Random_disturbances_lose_nothing_acknowledged()
    {
        var seed = Environment.TickCount;
        using var run = new RoundsRun(lab.Pair, seed);
        for (var round = 1; round <= Rounds; round++)
        {
            var result = await run.Round(round);
            Assert.True(result.Faults.Count == 0, $"seed {seed}, round {round}, {result.Disturbance}: {string.Join('\n', result.Faults)}");
        }
        Assert.Empty(await run.CheckAll());
        lab.ExpectNeverBoth();
    }
}
