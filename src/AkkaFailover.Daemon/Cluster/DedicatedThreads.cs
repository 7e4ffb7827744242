using Akka.Configuration;
using Akka.Dispatch;
using AkkaFailover.Linux.Native;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// Makes the executor of a dispatcher whose actors run on a few threads of their own, which sleep while there is nothing
/// to do. Akka's own fork-join executor spins before it sleeps, which costs an idle daemon more than all its work.
/// </summary>
/// <param name="config">The dispatcher's section; <c>threads</c> says how many.</param>
/// <param name="prerequisites">Akka's.</param>
internal sealed class DedicatedThreadsConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    /// <inheritdoc/>
    public override ExecutorService Produce(string id) => new DedicatedThreads(id, Config.GetInt("threads"));
}

/// <summary>
/// A queue and the threads that empty it. What one of these threads adds it does itself when it has done what it is at, and no more threads are
/// woken than there is work for: waking one costs more than most messages. What was added waits for one run of one actor at most (throughput), so
/// those are to be short, and none may wait for another actor of the same threads.
/// </summary>
internal sealed class DedicatedThreads : ExecutorService
{
    [ThreadStatic]
    private static DedicatedThreads? s_own;

    private readonly Lock _lock = new();
    private readonly Queue<IRunnable> _work = [];
    private readonly KernelSemaphore _wakeUps = new();
    private int _running;
    private int _asleep;
    private int _waking;
    private bool _ended;

    public DedicatedThreads(string id, int threads)
        : base(id)
    {
        _running = threads;
        for (var i = 0; i < threads; i++) new Thread(Run) { IsBackground = true, Name = id }.Start();
    }

    /// <inheritdoc/>
    public override void Execute(IRunnable run)
    {
        lock (_lock)
        {
            if (_ended) throw new RejectedExecutionException($"the dispatcher {Id} has ended");
            _work.Enqueue(run);
            var onTheirWay = _waking + (s_own == this ? 1 : 0);
            if (_work.Count <= onTheirWay || _asleep == 0) return;
            (_asleep, _waking) = (_asleep - 1, _waking + 1);
        }
        _wakeUps.Release();
    }

    /// <inheritdoc/>
    public override void Shutdown()
    {
        int asleep;
        lock (_lock)
        {
            _ended = true;
            asleep = _asleep;
            (_asleep, _waking) = (0, _waking + asleep);
        }
        for (; asleep > 0; asleep--) _wakeUps.Release();
    }

    private void Run()
    {
        s_own = this;
        while (Next() is { } work) work.Run();
        if (Interlocked.Decrement(ref _running) == 0) _wakeUps.Dispose();
    }

    private IRunnable? Next()
    {
        for (var slept = false; ; slept = true)
        {
            lock (_lock)
            {
                if (slept) _waking--;
                if (_work.TryDequeue(out var work)) return work;
                if (_ended) return null;
                _asleep++;
            }
            _wakeUps.Wait();
        }
    }
}
