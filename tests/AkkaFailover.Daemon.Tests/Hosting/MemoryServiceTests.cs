using AkkaFailover.Daemon.Hosting;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Hosting;

public class MemoryServiceTests
{
    [Fact]
    public async Task Memory_is_given_back_again_and_again_until_the_daemon_stops()
    {
        using var returned = new CountdownEvent(3);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var service = new MemoryService(Return, TimeProvider.System, TimeSpan.FromMilliseconds(10));
        await service.StartAsync(CancellationToken.None);
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await service.StopAsync(CancellationToken.None);

        void Return()
        {
            if (!returned.IsSet && returned.Signal()) enough.SetResult();
        }
    }
}
