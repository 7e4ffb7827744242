using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Linux.Time;
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

    // One in 5,000 looks of such threads was exactly 1 ms late on an idle machine with two cores.
    [Fact]
    public void Of_many_wake_ups_none_is_lost()
    {
        const int threads = 64, times = 200;
        var lost = new int[threads];
        var clock = BootClock.Instance;
        var all = Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            var random = new Random(number);
            using var woken = new SemaphoreSlim(0);
            using var thread = new WakeThread(clock, () => woken.Release(), $"wake-test-{number}");
            for (var time = 0; time < times && lost[number] == 0; time++)
            {
                thread.At(clock.Now + TimeSpan.FromMilliseconds(30 * random.NextDouble()));
                if (!woken.Wait(Patience)) lost[number]++;
            }
        })).ToList();
        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());
        Assert.Equal(0, lost.Sum());
    }

    private sealed class StandingClock : IMonotonicClock
    {
        public Moment Now => WakeThreadTests.Now;
    }
}
