using Akka.Configuration;
using Akka.Dispatch;

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
/// A queue and the threads that empty it. What one of these threads adds it does itself when it has done what it is at: waking
/// another one costs more than most messages. What was added waits for one message of one actor at most (throughput), so those are to be short,
/// and none may wait for another actor of the same threads.
/// </summary>
internal sealed class DedicatedThreads : ExecutorService
{
    [ThreadStatic]
    private static DedicatedThreads? s_own;

    private readonly Queue<IRunnable> _work = [];
    private bool _ended;

    public DedicatedThreads(string id, int threads)
        : base(id)
    {
        for (var i = 0; i < threads; i++) new Thread(Run) { IsBackground = true, Name = id }.Start();
    }

    /// <inheritdoc/>
    public override void Execute(IRunnable run)
    {
        lock (_work)
        {
            if (_ended) throw new RejectedExecutionException($"the dispatcher {Id} has ended");
            _work.Enqueue(run);
            if (s_own != this || _work.Count > 1) Monitor.Pulse(_work);
        }
    }

    /// <inheritdoc/>
    public override void Shutdown()
    {
        lock (_work)
        {
            _ended = true;
            Monitor.PulseAll(_work);
        }
    }

    private void Run()
    {
        s_own = this;
        while (Next() is { } work) work.Run();
    }

    private IRunnable? Next()
    {
        lock (_work)
        {
            while (_work.Count == 0)
            {
                if (_ended) return null;
                Monitor.Wait(_work);
            }
            return _work.Dequeue();
        }
    }
}
