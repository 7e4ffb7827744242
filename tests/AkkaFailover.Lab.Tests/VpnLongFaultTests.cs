using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Tests;

/// <summary>
/// Faults that last, measured for all ways to the server at the same time: what counts here is how often clients were interrupted and who is active in
/// the end, not tenths of a second.
/// </summary>
public sealed class VpnLongFaults : IDisposable
{
    private readonly List<VpnLab> _labs = [];
    private readonly Dictionary<string, Task<List<(VpnMeasurement Run, string Evidence)>>> _runs;
    private readonly Task<List<(VpnMeasurement Run, string Evidence)>> _unassisted;

    public VpnLongFaults()
    {
        _unassisted = Measure(new UnassistedLab(), VpnFault.HostDeath);
        _runs = new()
        {
            [VpnVariant.Udp.Key] = Measure(new KickLab(), VpnFault.Freeze, VpnFault.CableCut),
            [VpnVariant.ShortUdp.Key] = Measure(new ShortUdpLab(), VpnFault.Freeze, VpnFault.CableCut),
            [VpnVariant.OverTcp.Key] = Measure(new TcpLab(), VpnFault.Freeze, VpnFault.CableCut),
        };
    }

    /// <summary>What clients saw of a fault, and what everybody wrote.</summary>
    public async Task<(VpnMeasurement Run, string Evidence)> Of(string variant, VpnFault fault) => (await _runs[variant]).Single(measured => measured.Run.Fault == fault.Key);

    /// <summary>Host death, for a client that waits for its own time-out.</summary>
    public async Task<(VpnMeasurement Run, string Evidence)> Unassisted() => (await _unassisted).Single();

    public void Dispose()
    {
        // What a filter has left running; how it went was of interest to nobody.
        ((Task)Task.WhenAll([_unassisted, .. _runs.Values])).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        _labs.ForEach(lab => lab.Dispose());
    }

    private async Task<List<(VpnMeasurement Run, string Evidence)>> Measure(VpnLab lab, params VpnFault[] faults)
    {
        _labs.Add(lab);
        var runs = new List<(VpnMeasurement, string)>();
        foreach (var fault in faults) runs.Add((await VpnFaultRun.Measure(lab.Rig, fault), lab.Rig.Describe()));
        return runs;
    }
}

/// <summary>A client is interrupted once, and the old node returns as standby.</summary>
public sealed class VpnLongFaultTests(VpnLongFaults faults) : IClassFixture<VpnLongFaults>
{
    public static TheoryData<string> Variants => [.. VpnVariant.All.Select(variant => variant.Key)];

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task A_daemon_that_hung_interrupts_once(string variant) => ExpectOneInterruption(await faults.Of(variant, VpnFault.Freeze));

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task A_cable_that_was_cut_for_a_while_interrupts_once(string variant) => ExpectOneInterruption(await faults.Of(variant, VpnFault.CableCut));

    [Fact]
    public async Task A_client_that_nobody_kicks_is_back_after_its_own_time_out()
    {
        var (run, evidence) = await faults.Unassisted();
        Assert.True(run is { IsContinued: true, OutageMs: <= 62_000 }, $"{run}\n{evidence}");
    }

    private static void ExpectOneInterruption((VpnMeasurement Run, string Evidence) measured) =>
        Assert.True(measured.Run is { IsContinued: true, Interruptions: 1 }, $"{measured.Run}\n{measured.Evidence}");
}
