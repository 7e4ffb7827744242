using Microsoft.Extensions.Hosting;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>
/// Gives memory that the allocator keeps for later back to the host: what start, compilation and large changes of the
/// configuration needed for a moment. Stops no thread, unlike a collection of the managed heap.
/// </summary>
/// <param name="returnMemory">Does it.</param>
/// <param name="time">Time.</param>
/// <param name="period">Between two times.</param>
internal sealed class MemoryService(Action returnMemory, TimeProvider time, TimeSpan period) : BackgroundService
{
    /// <summary>What a daemon takes.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) returnMemory();
    }
}
