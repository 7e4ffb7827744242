using System.Diagnostics;

namespace AkkaFailover.Lab.Changes;

/// <summary>What some clients measured together.</summary>
/// <param name="Clients">How many there were, each with one change under way.</param>
/// <param name="Changes">Acknowledged in the measured time.</param>
/// <param name="P50Ms">Median time to the acknowledgement, in milliseconds.</param>
/// <param name="P99Ms">99 of 100 were faster.</param>
/// <param name="PerSecond">Acknowledged per second by all of them.</param>
internal sealed record Throughput(int Clients, int Changes, double P50Ms, double P99Ms, double PerSecond);

/// <summary>Clients that send a change as soon as their last one is acknowledged.</summary>
internal static class ClosedLoop
{
    /// <summary>Bytes of a value.</summary>
    public const int ValueLength = 1024;

    /// <summary>Keys of a client, used in turn: a configuration has many keys, and each is changed many times.</summary>
    private const int KeysPerClient = 64;

    /// <summary>Lets all clients run, and measures after a warm-up.</summary>
    /// <exception cref="LabException">A change was refused or is not on both nodes.</exception>
    public static async Task<Throughput> Measure(IReadOnlyList<IChangeClient> clients, TimeSpan warmUp, TimeSpan duration)
    {
        var begin = LabClock.Now + warmUp;
        var end = begin + duration;
        var times = await Task.WhenAll(clients.Select((client, number) => Task.Factory.StartNew(() => Loop(client, number, begin, end), CancellationToken.None,
            client.Blocks ? TaskCreationOptions.LongRunning : TaskCreationOptions.DenyChildAttach, TaskScheduler.Default).Unwrap()));
        var sorted = times.SelectMany(each => each).ToArray();
        if (sorted.Length == 0) throw new LabException("no change was acknowledged in the measured time");
        Array.Sort(sorted);
        return new Throughput(clients.Count, sorted.Length, Percentile(sorted, 0.5), Percentile(sorted, 0.99), sorted.Length / duration.TotalSeconds);
    }

    private static async Task<List<long>> Loop(IChangeClient client, int number, Moment begin, Moment end)
    {
        var random = new Random(number);
        var keys = Enumerable.Range(0, KeysPerClient).Select(key => $"bench/{number}/{key}").ToArray();
        var values = Enumerable.Range(0, 16).Select(_ => Text(random)).ToArray();
        var times = new List<long>(100_000);
        for (var turn = 0; ; turn++)
        {
            var sent = Stopwatch.GetTimestamp();
            await client.Put(keys[turn % keys.Length], values[turn % values.Length]);
            var now = Stopwatch.GetTimestamp();
            if (new Moment(now) >= end) return times;
            if (new Moment(sent) >= begin) times.Add(now - sent);
        }
    }

    private static string Text(Random random) => new(random.GetItems("abcdefghijklmnopqrstuvwxyz0123456789".AsSpan(), ValueLength));

    // Stopwatch counts nanoseconds on Linux.
    private static double Percentile(long[] sorted, double share) => sorted[(int)((sorted.Length - 1) * share)] / 1e6;
}
