using System.Text.Json;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Changes;

/// <summary>What a history of some length costs.</summary>
/// <param name="Entries">Keys in the replica, each set once.</param>
/// <param name="ClaimMs">From <c>replaying</c> to <c>active</c> at handovers, the median, in milliseconds.</param>
/// <param name="WorstClaimMs">The longest of them.</param>
/// <param name="StartSeconds">From the start of a standby until it is in sync and ready to take over.</param>
/// <param name="BytesPerEntry">Resident memory of that standby, less what it takes without entries, less keys and values.</param>
/// <param name="FilledPerSecond">Changes a second while the entries were made.</param>
internal sealed record HistoryCost(int Entries, double ClaimMs, double WorstClaimMs, double StartSeconds, double BytesPerEntry, double FilledPerSecond);

/// <summary>Fills a pair with entries, through its control socket as any program would, and measures claims, starts and memory.</summary>
internal sealed class HistoryRun(AkkaStore store)
{
    private const int Claims = 5, ValueLength = 32;

    // Longer than the daemon takes to give memory back that it needed for a moment.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(5), StopTime = TimeSpan.FromSeconds(30);
    private double _emptyBytes;
    private int _entries;

    /// <summary>Starts the pair without entries.</summary>
    public async Task Begin()
    {
        await store.Start();
        await RestartStandby();
        await Task.Delay(Rest);
        _emptyBytes = Resident(store.Standby);
    }

    /// <summary>Adds entries up to a number, and measures.</summary>
    public async Task<HistoryCost> Measure(int entries)
    {
        var began = LabClock.Now;
        var added = entries - _entries;
        var first = _entries;
        await Entries.Add(store.Active, first, entries, ValueLength);
        var perSecond = added / (LabClock.Now - began).TotalSeconds;
        _entries = entries;
        var claims = new List<double>();
        while (claims.Count < Claims) claims.Add(await Claim());
        var start = await RestartStandby();
        await Task.Delay(Rest);
        var content = Entries.Key(0).Length + ValueLength;
        var bytes = ((Resident(store.Standby) - _emptyBytes) / entries) - content;
        return new HistoryCost(entries, Statistics.Median(claims), claims.Max(), start.TotalSeconds, bytes, perSecond);
    }

    private async Task<double> Claim()
    {
        var next = store.Standby;
        store.Active.Ask("group", "handover", "--wait");
        var events = JsonDocument.Parse(next.History).RootElement.GetProperty("events").EnumerateArray().ToList();
        await store.Pair.ExpectRest();
        return (Last(events, "active") - Last(events, "replaying")).TotalMilliseconds;
    }

    private static DateTimeOffset Last(List<JsonElement> events, string role) =>
        events.Last(happened => happened.TryGetProperty("to", out var to) && to.GetString() == role).GetProperty("at").GetDateTimeOffset();

    private async Task<TimeSpan> RestartStandby()
    {
        var standby = store.Standby;
        standby.Terminate();
        await standby.Process!.Exit(StopTime);
        standby.Clear();
        var began = LabClock.Now;
        standby.Start();
        await store.Pair.Expect(() => standby.IsReady(holder: false), StartTime, "the standby is ready");
        return LabClock.Now - began;
    }

    private static double Resident(AkkaNode node) => node.DaemonProcesses().Sum(LabHost.ResidentBytes);
}
