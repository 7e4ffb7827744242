using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Groups;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Groups;

/// <summary>A machine that is not woken is a node that never claims: whatever the lateness, the next wake-up comes.</summary>
public sealed class WakeThreadTests
{
    private static readonly Moment Now = new(1_000_000_000_000);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // -1 ms is Timeout.Infinite: a thread that looked exactly that late once waited for ever.
    public static readonly TheoryData<long> LateByMicroseconds = [0, 1, 999, 1000, 1001, 1_000_000];

    [Theory]
    [MemberData(nameof(LateByMicroseconds))]
    public void It_wakes_however_late_it_looks(long microseconds)
    {
        using var woken = new SemaphoreSlim(0);
        using var thread = new WakeThread(new StandingClock(), () => woken.Release(), "wake-test");
        for (var time = 0; time < 3; time++)
        {
            thread.At(Now - TimeSpan.FromMicroseconds(microseconds));
            Assert.True(woken.Wait(Patience), $"not woken at time {time + 1}");
        }
    }

    [Fact]
    public void A_sooner_moment_replaces_the_one_that_never_comes()
    {
        using var woken = new SemaphoreSlim(0);
        using var thread = new WakeThread(new StandingClock(), () => woken.Release(), "wake-test");
        thread.At(Moment.Never);
        thread.At(Now);
        Assert.True(woken.Wait(Patience));
    }

    private sealed class StandingClock : IMonotonicClock
    {
        public Moment Now => WakeThreadTests.Now;
    }
}
