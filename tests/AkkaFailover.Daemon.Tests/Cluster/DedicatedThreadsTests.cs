using Akka.Dispatch;
using AkkaFailover.Daemon.Cluster;
using Xunit;

namespace AkkaFailover.Daemon.Tests.Cluster;

/// <summary>What is added to the queue is run, whoever adds it and whatever the threads are at.</summary>
public sealed class DedicatedThreadsTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly DedicatedThreads _threads = new("test", 2);

    public void Dispose() => _threads.Shutdown();

    [Fact]
    public void What_one_of_the_threads_adds_is_run()
    {
        using var done = new ManualResetEventSlim();
        _threads.Execute(new Work(() => _threads.Execute(new Work(done.Set))));
        Assert.True(done.Wait(Soon));
    }

    [Fact]
    public void What_somebody_else_adds_waits_neither_for_a_long_run_nor_for_what_it_has_added()
    {
        using var done = new CountdownEvent(2);
        using var added = new ManualResetEventSlim();
        using var end = new ManualResetEventSlim();
        _threads.Execute(new Work(() =>
        {
            _threads.Execute(new Work(() => done.Signal()));
            added.Set();
            end.Wait(Soon);
        }));
        Assert.True(added.Wait(Soon));
        _threads.Execute(new Work(() => done.Signal()));
        Assert.True(done.Wait(Soon));
        Assert.False(end.IsSet);
        end.Set();
    }

    [Fact]
    public void A_shutdown_runs_what_was_added_before_and_refuses_the_rest()
    {
        using var done = new CountdownEvent(100);
        for (var i = 0; i < 100; i++) _threads.Execute(new Work(() => done.Signal()));
        _threads.Shutdown();
        Assert.True(done.Wait(Soon));
        Assert.Throws<RejectedExecutionException>(() => _threads.Execute(new Work(() => { })));
    }

    [Fact]
    public async Task Work_that_comes_alone_wakes_a_thread_each_time()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var done = new TaskCompletionSource();
            _threads.Execute(new Work(done.SetResult));
            await done.Task.WaitAsync(Soon);
        }
    }

    /// <summary>Threads fall asleep and are woken all the time here: a wake-up that is lost leaves work behind.</summary>
    [Fact]
    public void Nothing_is_left_behind_whoever_adds_it_and_whenever()
    {
        const int producers = 4, each = 20_000;
        using var done = new CountdownEvent(producers * each * 2);
        Parallel.For(0, producers, new ParallelOptions { MaxDegreeOfParallelism = producers }, _ =>
        {
            for (var i = 0; i < each; i++)
            {
                _threads.Execute(new Work(() =>
                {
                    done.Signal();
                    _threads.Execute(new Work(() => done.Signal()));
                }));
                if (i % 16 == 0) Thread.Yield();
            }
        });
        Assert.True(done.Wait(Soon * 4), $"{done.CurrentCount} of {done.InitialCount} are left behind");
    }

    private sealed class Work(Action action) : IRunnable
    {
        public void Run() => action();

        public void Execute() => action();
    }
}
