using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Changes;

/// <summary>What one round showed.</summary>
/// <param name="Disturbance">What happened.</param>
/// <param name="Acknowledged">How many changes were acknowledged in it.</param>
/// <param name="Alone">By one node, while the other was away.</param>
/// <param name="Faults">What was not as promised; empty where everything was.</param>
internal sealed record RoundResult(string Disturbance, int Acknowledged, int Alone, IReadOnlyList<string> Faults);

/// <summary>
/// Rounds of disturbances under clients that write. After each the pair must come to rest, both nodes must have every change that was
/// acknowledged, under its version, and both digests must be equal.
/// </summary>
internal sealed class RoundsRun : IDisposable
{
    private const int WritersCount = 8;
    private readonly LabPair _pair;
    private readonly Random _random;
    private readonly LittleDisk _disk;
    private readonly Ledger _ledger;

    /// <summary>Begins with nothing on node b; node a's state is on the machine's own disk, b's on one that can be full.</summary>
    /// <param name="seed">Of the faults and their moments.</param>
    public RoundsRun(LabPair pair, int seed)
    {
        (_pair, _random) = (pair, new Random(seed));
        _ledger = new Ledger(A, B);
        pair.Clear();
        _disk = new LittleDisk(B.StateDirectory);
    }

    private AkkaNode A => (AkkaNode)_pair.A;

    private AkkaNode B => (AkkaNode)_pair.B;

    /// <summary>One round; the pair is at rest before and after it.</summary>
    /// <exception cref="LabException">The pair did not come to rest.</exception>
    public async Task<RoundResult> Round(int number)
    {
        if (number == 1) await _pair.Settle();
        var disturbance = Disturbance.All[_random.Next(Disturbance.All.Count)];
        IReadOnlyList<Acknowledgement> acknowledged;
        await using (var writers = new Writers(WritersCount, $"round/{number}", A, B))
        {
            await Task.Delay(_random.Next(100, 500));
            await disturbance.Cause(_pair, _disk, _random);
            await Task.Delay(_random.Next(0, 500));
            _disk.Empty();
            await _pair.Settle();
            acknowledged = await writers.Stop();
        }
        var faults = await _ledger.Add(acknowledged);
        if (acknowledged.Count == 0) faults.Add("no change was acknowledged");
        return new RoundResult(disturbance.Name, acknowledged.Count, acknowledged.Count(change => !change.Replicated), faults);
    }

    /// <summary>Checks the changes of all rounds again.</summary>
    public Task<IReadOnlyList<string>> CheckAll() => _ledger.CheckAll();

    /// <summary>Takes b's disk away; the pair is not to be used any more.</summary>
    public void Dispose()
    {
        _pair.Clear();
        _disk.Dispose();
    }
}
