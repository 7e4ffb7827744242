using AkkaFailover.Lab.Changes;
using Xunit.Abstractions;

namespace AkkaFailover.Lab.Tests;

/// <summary>How far a standby is behind.</summary>
public sealed class StandbyLagTests(DefaultLab lab, ITestOutputHelper output) : IClassFixture<DefaultLab>
{
    /// <summary>The note that a change counts is due after 50 ms; beats tell it each second in any case.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_standby_shows_a_change_a_moment_after_it_counts()
    {
        await lab.Pair.Settle();
        using var active = await ControlClient.Connect(lab.Active.Socket);
        using var standby = await ControlClient.Connect(lab.Standby.Socket);
        var lags = new List<TimeSpan>();
        for (var change = 0; change < 60; change++)
        {
            var answer = await active.Change("some/key", $"{change}");
            var counts = LabClock.Now;
            while (await standby.Get("some/key") is not { } found || found.Version != answer.Version)
            {
                Assert.True(LabClock.Now - counts < Longest, $"change {change} is not on the standby after {LabClock.Now - counts}");
                await Task.Delay(2);
            }
            lags.Add(LabClock.Now - counts);
        }
        output.WriteLine($"median {Statistics.Median(lags.Select(lag => lag.TotalMilliseconds)):0} ms, worst {lags.Max().TotalMilliseconds:0} ms");
        Assert.InRange(Statistics.Median(lags.Select(lag => lag.TotalMilliseconds)), 0, Promised.TotalMilliseconds);
    }
}
