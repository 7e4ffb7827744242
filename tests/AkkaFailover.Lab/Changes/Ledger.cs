using System.Text.Json;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Changes;

/// <summary>All changes that a pair has acknowledged, to be found again on both nodes whenever it is at rest.</summary>
internal sealed class Ledger(AkkaNode a, AkkaNode b)
{
    private const int MostFaultsTold = 10;
    private static readonly TimeSpan EqualTime = TimeSpan.FromSeconds(10), RetryAfter = TimeSpan.FromMilliseconds(200);
    private readonly List<Acknowledgement> _all = [];

    /// <summary>Remembers changes and looks for them on both nodes, which are at rest.</summary>
    /// <returns>What is not as promised; empty where everything is.</returns>
    public async Task<List<string>> Add(IReadOnlyList<Acknowledgement> acknowledged)
    {
        _all.AddRange(acknowledged);
        return await Check(acknowledged);
    }

    /// <summary>Looks for changes that one node acknowledged alone: each is an entry or a conflict.</summary>
    /// <returns>What is neither; empty where nothing is.</returns>
    public async Task<IReadOnlyList<string>> CheckAlone(IReadOnlyList<Acknowledgement> acknowledged)
    {
        IReadOnlyList<Acknowledgement> lost = acknowledged;
        // A conflict is handed to the active within a second or two.
        for (var end = LabClock.Now + EqualTime; lost.Count > 0 && LabClock.Now < end; await Task.Delay(RetryAfter)) lost = await Lost(lost);
        return [.. lost.Take(MostFaultsTold).Select(change => $"{change} is neither an entry nor a conflict")];
    }

    private async Task<IReadOnlyList<Acknowledgement>> Lost(IReadOnlyList<Acknowledgement> acknowledged)
    {
        using var client = await ControlClient.Connect(a.Socket);
        using var listed = JsonDocument.Parse(a.Ask("config", "conflicts", "--output", "json"));
        var conflicts = listed.RootElement.GetProperty("conflicts").EnumerateArray().Select(conflict => conflict.GetProperty("key").GetString()).ToHashSet();
        var lost = new List<Acknowledgement>();
        foreach (var change in acknowledged)
        {
            if (!conflicts.Contains(change.Key) && (await client.Get(change.Key))?.Value != change.Value) lost.Add(change);
        }
        return lost;
    }

    /// <summary>Looks for all changes again.</summary>
    public async Task<IReadOnlyList<string>> CheckAll() => await Check(_all);

    private async Task<List<string>> Check(IReadOnlyList<Acknowledgement> acknowledged)
    {
        var faults = new List<string>();
        if (!await LabClock.Until(AtRest, EqualTime))
            faults.Add($"the nodes differ: {a.Status?.Config} and {b.Status?.Config}");
        faults.AddRange(acknowledged.GroupBy(change => change.Version).Where(same => same.Count() > 1)
            .Select(same => $"version {same.Key} was acknowledged for {string.Join(" and ", same.Select(change => change.Key))}"));
        faults.AddRange(acknowledged.GroupBy(change => change.Writer).SelectMany(OutOfOrder));
        var missing = await Task.WhenAll(Missing(a, acknowledged), Missing(b, acknowledged));
        faults.AddRange(missing.SelectMany(ofNode => ofNode));
        return faults;
    }

    private static IEnumerable<string> OutOfOrder(IGrouping<int, Acknowledgement> changes) => changes.Zip(changes.Skip(1))
        .Where(pair => pair.Second.Version <= pair.First.Version)
        .Select(pair => $"{pair.Second.Key} has version {pair.Second.Version}, and {pair.First.Key} before it {pair.First.Version}");

    /// <summary>The logs are equal, and the standby has been told that the last batch counts, which it is a moment later.</summary>
    private async Task<bool> AtRest() =>
        a.Status is { Config: var ofA } && b.Status is { Config: var ofB } && (ofA.Version, ofA.Digest) == (ofB.Version, ofB.Digest)
        && (_all.MaxBy(change => change.Version) is not { } last || ((await Missing(a, [last])).Count == 0 && (await Missing(b, [last])).Count == 0));

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
