using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Tests;

/// <summary>
/// Faults that last, measured for all ways to the server at the same time: what counts here is how often clients were interrupted and who is active in
/// the end, not tenths of a second.
/// </summary>
public sealed class VpnLongFaults : IAsyncLifetime
{
    private readonly Dictionary<(string Variant, string Fault), VpnMeasurement> _measured = [];
    private readonly List<VpnLab> _labs = [];

    public VpnMeasurement Of(VpnVariant variant, VpnFault fault) => _measured[(variant.Key, fault.Key)];

    /// <summary>The client that waits for its own time-out.</summary>
    public VpnMeasurement WithoutKick { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var results = await Task.WhenAll(
            Measure(new UnassistedLab(), VpnFault.HostDeath),
            Measure(new KickLab(), VpnFault.Freeze, VpnFault.CableCut),
            Measure(new ShortUdpLab(), VpnFault.Freeze, VpnFault.CableCut),
            Measure(new TcpLab(), VpnFault.Freeze, VpnFault.CableCut));
        WithoutKick = results[0].Single();
        foreach (var run in results.Skip(1).SelectMany(runs => runs)) _measured.Add((run.Variant, run.Fault), run);
    }

    public Task DisposeAsync()
    {
        _labs.ForEach(lab => lab.Dispose());
        return Task.CompletedTask;
    }

    private async Task<List<VpnMeasurement>> Measure(VpnLab lab, params VpnFault[] faults)
    {
        _labs.Add(lab);
        var runs = new List<VpnMeasurement>();
        foreach (var fault in faults)
        {
            runs.Add(await VpnFaultRun.Measure(lab.Rig, fault));
            lab.ExpectContinued(runs[^1]);
        }
        return runs;
    }

    private sealed class UnassistedLab() : VpnLab(VpnContender.Ours, VpnVariant.Udp);
}

/// <summary>A client is interrupted once, and the old node returns as standby.</summary>
public sealed class VpnLongFaultTests(VpnLongFaults faults) : IClassFixture<VpnLongFaults>
{
    public static TheoryData<string> Variants => [.. VpnVariant.All.Select(variant => variant.Key)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_daemon_that_hung_interrupts_once(string variant) => Assert.Equal(1, Of(variant, VpnFault.Freeze).Interruptions);

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_cable_that_was_cut_for_a_while_interrupts_once(string variant) => Assert.Equal(1, Of(variant, VpnFault.CableCut).Interruptions);

    [Fact]
    public void A_client_that_nobody_kicks_is_back_after_its_own_time_out() => Assert.InRange(faults.WithoutKick.OutageMs, 0, 62_000);

    private VpnMeasurement Of(string variant, VpnFault fault) => faults.Of(VpnVariant.All.Single(each => each.Key == variant), fault);
}
