using System.Collections.Concurrent;
using System.Net.Sockets;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Changes;

/// <summary>A change that the daemon acknowledged.</summary>
/// <param name="Replicated">By both nodes.</param>
internal sealed record Acknowledgement(int Writer, string Key, string Value, long Version, bool Replicated);

/// <summary>
/// Clients that change keys all the time, on whichever node takes changes, and remember what was acknowledged. A key is used once: what
/// became of a change without an answer is not known, so nothing is expected of it.
/// </summary>
internal sealed class Writers : IAsyncDisposable
{
    // Between two changes of a writer, so that a thousand rounds fit into memory and two pairs onto two processors.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25), RetryAfter = TimeSpan.FromMilliseconds(20);

    // Longer than an active waits for its standby before it acknowledges alone.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private readonly AkkaNode[] _nodes;
    private readonly TimeSpan _pace;
    private readonly CancellationTokenSource _enough = new();
    private readonly ConcurrentQueue<Acknowledgement> _acknowledged = new();
    private readonly Task[] _running;

    /// <summary>They begin.</summary>
    public Writers(int count, string name, params AkkaNode[] nodes) : this(count, name, Pace, nodes)
    {
    }

    /// <summary>They begin.</summary>
    /// <param name="count">How many there are.</param>
    /// <param name="name">What all their keys begin with.</param>
    /// <param name="pace">Between two changes of a writer.</param>
    /// <param name="nodes">Where they try.</param>
    public Writers(int count, string name, TimeSpan pace, params AkkaNode[] nodes)
    {
        (_nodes, _pace) = (nodes, pace);
        _running = [.. Enumerable.Range(0, count).Select(writer => Task.Run(() => Write(writer, name)))];
    }

    /// <summary>How many changes have been acknowledged so far.</summary>
    public int Count => _acknowledged.Count;

    /// <summary>Ends them.</summary>
    /// <returns>What was acknowledged, of each writer in its order.</returns>
    public async Task<IReadOnlyList<Acknowledgement>> Stop()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_running);
        return [.. _acknowledged];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Stop();
        _enough.Dispose();
    }

    private async Task Write(int writer, string name)
    {
        var number = 0;
        for (var turn = writer; !_enough.IsCancellationRequested; turn++)
        {
            try
            {
                using var client = await ControlClient.Connect(_nodes[turn % _nodes.Length].Socket).WaitAsync(Patience);
                while (!_enough.IsCancellationRequested && await WriteOne(client, writer, $"{name}/{writer}/{number++}")) await Task.Delay(_pace);
            }
            catch (Exception gone) when (gone is IOException or SocketException or TimeoutException)
            {
                // The daemon is away or hangs; the other one may take changes.
            }
            await Task.Delay(RetryAfter);
        }
    }

    private async Task<bool> WriteOne(ControlClient client, int writer, string key)
    {
        var value = $"{key} {LabClock.Now.Nanoseconds}";
        var answer = await client.Change(key, value).WaitAsync(Patience);
        if (answer.IsAcknowledged) _acknowledged.Enqueue(new Acknowledgement(writer, key, value, answer.Version, answer.Replicated));
        return answer.IsAcknowledged;
    }
}
