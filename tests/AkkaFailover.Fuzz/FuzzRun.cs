using System.Collections.Concurrent;
using System.Diagnostics;

namespace AkkaFailover.Fuzz;

/// <summary>An input for which a decoder failed.</summary>
/// <param name="Seed">Makes it again.</param>
/// <param name="Input">It.</param>
/// <param name="Why">What happened.</param>
public sealed record FuzzFailure(long Seed, byte[] Input, string Why);

/// <summary>Many inputs for one target, on all processors. Each has a seed of its own, so that one can be tried again alone.</summary>
/// <param name="target">The decoder.</param>
/// <param name="first">The seed of the first input.</param>
/// <param name="count">How many.</param>
public sealed class FuzzRun(FuzzTarget target, long first, long count)
{
    /// <summary>No input may take longer; that it takes less is seen by another thread.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromSeconds(10);

    /// <summary>What may be left of all inputs together, after a collection: more is a leak.</summary>
    public const long MostKeptBytes = 8 << 20;

    /// <summary>What one input may make its decoder allocate, for each of its octets that is read and beside.</summary>
    public const long MostAllocatedPerOctet = 1 << 10, MostAllocatedBeside = 256 << 10;

    private const int Chunk = 1024;
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private readonly Worker[] _workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Worker())];
    private readonly Stopwatch _watch = new();

    // What a decoder keeps from one input to the next must still be there when it is measured.
    private readonly ConcurrentBag<Action<byte[], ulong>> _runners = [];
    private long _next;
    private volatile FuzzFailure? _failure;

    /// <summary>Inputs tried.</summary>
    public long Inputs => _workers.Sum(worker => Volatile.Read(ref worker.Inputs));

    /// <summary>Time taken.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Managed memory that is left, in bytes.</summary>
    public long Kept { get; private set; }

    /// <summary>Makes an input again.</summary>
    public static byte[] InputOf(FuzzTarget target, long seed, out ulong decision)
    {
        var random = new Randomness((ulong)seed);
        var input = Mutator.Make(target.Good, ref random);
        decision = random.Next();
        return input;
    }

    /// <summary>Tries all of them, or until one fails.</summary>
    /// <returns>The failure; null for none.</returns>
    public FuzzFailure? Run(CancellationToken stop = default)
    {
        // What a decoder makes once is no leak.
        var warm = NewRunner();
        for (var seed = first; seed < first + Math.Min(count, Chunk) && Try(warm, seed, new Worker()) is { } found; seed++)
            if (found.Why.Length > 0) return found;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        _watch.Start();
        var threads = _workers.Select(worker => new Thread(() => Work(worker, stop)) { IsBackground = true }).ToList();
        threads.ForEach(thread => thread.Start());
        while (threads.Exists(thread => !thread.Join(LookInterval)) && _failure is null) _failure = Hanging();
        _watch.Stop();
        if (_failure is not null) return _failure;
        Kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(_runners);
        return Kept <= MostKeptBytes ? null : new FuzzFailure(first, [], $"{Kept:N0} bytes are left of {Inputs:N0} inputs");
    }

    private Action<byte[], ulong> NewRunner()
    {
        var runner = target.NewRunner();
        _runners.Add(runner);
        return runner;
    }

    private void Work(Worker worker, CancellationToken stop)
    {
        var runner = NewRunner();
        while (_failure is null && !stop.IsCancellationRequested)
        {
            var from = Interlocked.Add(ref _next, Chunk) - Chunk;
            if (from >= count) return;
            for (var i = from; i < Math.Min(from + Chunk, count); i++)
            {
                var tried = Try(runner, first + i, worker);
                if (tried.Why.Length > 0)
                {
                    _failure = tried;
                    return;
                }
            }
        }
    }

    private FuzzFailure Try(Action<byte[], ulong> runner, long seed, Worker worker)
    {
        var input = InputOf(target, seed, out var decision);
        Volatile.Write(ref worker.Seed, seed);
        Volatile.Write(ref worker.Since, Environment.TickCount64);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            runner(input, decision);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Volatile.Write(ref worker.Inputs, worker.Inputs + 1);
            var most = MostAllocatedBeside + (MostAllocatedPerOctet * input.Length * target.Readings(input));
            return new FuzzFailure(seed, input, allocated <= most ? "" : $"{allocated:N0} bytes were allocated for {input.Length}");
        }
        catch (Exception e)
        {
            // Whatever comes out of a decoder is what is looked for.
            return new FuzzFailure(seed, input, e.ToString());
        }
    }

    private FuzzFailure? Hanging()
    {
        var now = Environment.TickCount64;
        var hanging = _workers.FirstOrDefault(worker => Volatile.Read(ref worker.Since) is > 0 and var since && now - since > MostTime.TotalMilliseconds);
        return hanging is null || Inputs >= count ? null
            : new FuzzFailure(hanging.Seed, InputOf(target, hanging.Seed, out _), $"it took more than {MostTime.TotalSeconds:0} s");
    }

    private sealed class Worker
    {
        public long Inputs;
        public long Seed;
        public long Since;
    }
}
