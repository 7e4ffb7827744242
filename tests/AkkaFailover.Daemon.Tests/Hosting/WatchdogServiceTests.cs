using AkkaFailover.Daemon.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Hosting;

public class WatchdogServiceTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("", null, null)]
    [InlineData("0", null, null)]
    [InlineData("9000000", null, 3000)]
    [InlineData("9000000", "1", null)]
    public void The_period_is_a_third_of_what_systemd_gives_to_this_process(string? microseconds, string? process, int? milliseconds)
    {
        var period = WatchdogService.Period(name => name == "WATCHDOG_USEC" ? microseconds : process);
        Assert.Equal(milliseconds, period?.TotalMilliseconds);
    }

    [Fact]
    public void This_process_is_meant_where_its_id_is_given() =>
        Assert.NotNull(WatchdogService.Period(name => name == "WATCHDOG_USEC" ? "3000000" : $"{Environment.ProcessId}"));

    [Fact]
    public async Task Systemd_is_fed_again_and_again_while_the_actors_answer()
    {
        var notifier = new Notifier(enough: 3);
        using var watchdog = Watchdog(notifier, () => Task.FromResult(true));

        await watchdog.StartAsync(CancellationToken.None);
        await notifier.Enough.WaitAsync(TimeSpan.FromSeconds(30));
        await watchdog.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("throws")]
    [InlineData("never")]
    public async Task Systemd_is_not_fed_while_the_actors_do_not_answer_and_is_again_when_they_do(string how)
    {
        var asked = 0;
        var notifier = new Notifier(enough: 1);
        using var watchdog = Watchdog(notifier, () =>
        {
            if (Interlocked.Increment(ref asked) > 3) return Task.FromResult(true);
            Assert.Equal(0, notifier.Count);
            return how switch
            {
                "no" => Task.FromResult(false),
                "throws" => throw new TimeoutException(),
                _ => new TaskCompletionSource<bool>().Task,
            };
        });

        await watchdog.StartAsync(CancellationToken.None);
        await notifier.Enough.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(asked > 3);
        await watchdog.StopAsync(CancellationToken.None);
    }

    private static WatchdogService Watchdog(Notifier notifier, Func<Task<bool>> answers) =>
        new(notifier, answers, NullLogger<WatchdogService>.Instance, TimeProvider.System, Period);

    private sealed class Notifier(int enough) : ISystemdNotifier
    {
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task Enough => _enough.Task;

        public int Count => Volatile.Read(ref _count);

        public bool IsEnabled => true;

        public void Notify(ServiceState state)
        {
            Assert.Equal("WATCHDOG=1", state.ToString());
            if (Interlocked.Increment(ref _count) == enough) _enough.SetResult();
        }
    }
}
