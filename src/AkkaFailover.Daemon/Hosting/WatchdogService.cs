using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>
/// Feeds systemd's watchdog, only while <paramref name="answers"/> says that the actors still answer: a daemon whose
/// threads live but whose actors hang, or are not woken for their deadlines, is restarted.
/// </summary>
/// <param name="notifier">The way to systemd.</param>
/// <param name="answers">Asks the actors; may take its time or fail, either counts as no.</param>
/// <param name="logger">Says when a keep-alive is left out.</param>
/// <param name="time">Clock of the period.</param>
/// <param name="period">Time between two questions; see <see cref="Period"/>.</param>
public sealed class WatchdogService(ISystemdNotifier notifier, Func<Task<bool>> answers, ILogger<WatchdogService> logger, TimeProvider time, TimeSpan period) : BackgroundService
{
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await Tick(timer, stoppingToken)) await FeedAsync();
    }

    /// <summary>A third of systemd's limit, so that one late answer does no harm; null where no watchdog waits for this process.</summary>
    /// <param name="environment">The process's environment.</param>
    public static TimeSpan? Period(Func<string, string?> environment)
    {
        if (!long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) || microseconds <= 0) return null;
        var process = environment("WATCHDOG_PID");
        return string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
            ? TimeSpan.FromMicroseconds(microseconds / 3)
            : null;
    }

    private async Task FeedAsync()
    {
        try
        {
            if (await answers().WaitAsync(period, time)) notifier.Notify(Alive);
            else logger.LogWarning("An election is not woken any more: systemd's watchdog is not fed");
        }
        // Whatever keeps the actors from answering is for systemd to end; this loop must outlive it to say so.
        catch (Exception e)
        {
            logger.LogWarning(e, "The actors do not answer: systemd's watchdog is not fed");
        }
    }

    private static async Task<bool> Tick(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
