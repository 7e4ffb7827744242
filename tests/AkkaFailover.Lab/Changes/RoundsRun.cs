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
    private const int WritersCount = 8, MostFaultsTold = 10;
    private static readonly TimeSpan EqualTime = TimeSpan.FromSeconds(10);
    private readonly LabPair _pair;
    private readonly Random _random;
    private readonly LittleDisk _disk;
    private readonly List<Acknowledgement> _all = [];

    /// <summary>Begins with nothing on node b; node a's state is on the machine's own disk, b's on one that can be full.</summary>
    /// <param name="seed">Of the faults and their moments.</param>
    public RoundsRun(LabPair pair, int seed)
    {
        (_pair, _random) = (pair, new Random(seed));
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
        _all.AddRange(acknowledged);
        var faults = await Check(acknowledged);
        if (acknowledged.Count == 0) faults.Add("no change was acknowledged");
        return new RoundResult(disturbance.Name, acknowledged.Count, acknowledged.Count(change => !change.Replicated), faults);
    }

    /// <summary>Checks the changes of all rounds again.</summary>
    public async Task<IReadOnlyList<string>> CheckAll() => await Check(_all);

    /// <summary>Takes b's disk away; the pair is not to be used any more.</summary>
    public void Dispose()
    {
        _pair.Clear();
        _disk.Dispose();
    }

    private async Task<List<string>> Check(IReadOnlyList<Acknowledgement> acknowledged)
    {
        var faults = new List<string>();
        if (!await LabClock.Until(AtRest, EqualTime))
            faults.Add($"the nodes differ: {A.Status?.Config} and {B.Status?.Config}");
        faults.AddRange(acknowledged.GroupBy(change => change.Version).Where(same => same.Count() > 1)
            .Select(same => $"version {same.Key} was acknowledged for {string.Join(" and ", same.Select(change => change.Key))}"));
        faults.AddRange(acknowledged.GroupBy(change => change.Writer).SelectMany(OutOfOrder));
        var missing = await Task.WhenAll(Missing(A, acknowledged), Missing(B, acknowledged));
        faults.AddRange(missing.SelectMany(ofNode => ofNode));
        return faults;
    }

    private static IEnumerable<string> OutOfOrder(IGrouping<int, Acknowledgement> changes) => changes.Zip(changes.Skip(1))
        .Where(pair => pair.Second.Version <= pair.First.Version)
        .Select(pair => $"{pair.Second.Key} has version {pair.Second.Version}, and {pair.First.Key} before it {pair.First.Version}");

    /// <summary>The logs are equal, and the standby has been told that the last batch counts, which it is a moment later.</summary>
    private async Task<bool> AtRest() =>
        A.Status is { Config: var a } && B.Status is { Config: var b } && (a.Version, a.Digest) == (b.Version, b.Digest)
        && (_all.MaxBy(change => change.Version) is not { } last || ((await Missing(A, [last])).Count == 0 && (await Missing(B, [last])).Count == 0));

    private static async Task<IReadOnlyList<string>> Missing(AkkaNode node, IReadOnlyList<Acknowledgement> acknowledged)
    {
        using var client = await ControlClient.Connect(node.Socket);
        var missing = new List<string>();
        foreach (var change in acknowledged)
        {
            if (await client.Get(change.Key) is { } found && found == (change.Version, change.Value)) continue;
            missing.Add($"{node.Host.Name} does not have {change}");
            if (missing.Count == MostFaultsTold) break;
        }
        return missing;
    }
}
