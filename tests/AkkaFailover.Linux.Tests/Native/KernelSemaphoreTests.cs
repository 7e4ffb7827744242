using AkkaFailover.Linux.Native;
using Xunit;

namespace AkkaFailover.Linux.Tests.Native;

public sealed class KernelSemaphoreTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_unit_that_was_added_before_is_there()
    {
        using var semaphore = new KernelSemaphore();
        semaphore.Release();
        semaphore.Release();
        semaphore.Wait();
        semaphore.Wait();
    }

    [Fact]
    public void Each_unit_lets_one_thread_go_on()
    {
        using var semaphore = new KernelSemaphore();
        using var passed = new SemaphoreSlim(0);
        var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            semaphore.Wait();
            passed.Release();
        }) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        for (var unit = 0; unit < threads.Count; unit++)
        {
            Assert.Equal(0, passed.CurrentCount);
            semaphore.Release();
            Assert.True(passed.Wait(Soon));
        }
        Assert.All(threads, thread => Assert.True(thread.Join(Soon)));
    }
}
