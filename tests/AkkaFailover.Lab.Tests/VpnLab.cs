using AkkaFailover.Lab.Vpn;

namespace AkkaFailover.Lab.Tests;

/// <summary>A VPN gateway on a pair of ours, for the tests of one class.</summary>
public abstract class VpnLab(VpnContender contender, VpnVariant variant) : IDisposable
{
    // What the table promises is promised of daemons and OpenVPN; so much is the machine's that measures it.
    public static readonly TimeSpan MachineNoise = TimeSpan.FromMilliseconds(200);

    public VpnRig Rig { get; } = VpnRig.Create(contender, variant);

    /// <summary>Runs of one fault: the median keeps a promise, the worst another one, and in each every session was continued.</summary>
    public async Task Keeps(VpnFault fault, int runs, TimeSpan median, TimeSpan worst)
    {
        var measured = new List<VpnMeasurement>();
        for (var run = 0; run < runs; run++)
        {
            measured.Add(await VpnFaultRun.Measure(Rig, fault));
            ExpectContinued(measured[^1]);
        }
        var outages = measured.Select(run => run.OutageMs).Order().ToList();
        Assert.True(outages[(outages.Count - 1) / 2] <= (median + MachineNoise).TotalMilliseconds && outages[^1] <= (worst + MachineNoise).TotalMilliseconds,
            $"{fault.Key}: promised {median.TotalSeconds:0.0} s, worst {worst.TotalSeconds:0.0} s; {Words(measured)}");
    }

    /// <summary>One run of one fault whose worst is promised.</summary>
    public Task Keeps(VpnFault fault, TimeSpan worst) => Keeps(fault, runs: 1, worst, worst);

    /// <summary>The role moved, was never on both, and clients came back as the document of the product says.</summary>
    private void ExpectContinued(VpnMeasurement run) => Assert.True(run.IsContinued, Words([run]));

    public void Dispose()
    {
        Rig.Dispose();
        GC.SuppressFinalize(this);
    }

    private string Words(IEnumerable<VpnMeasurement> runs) => $"{string.Join('\n', runs)}\n{Rig.Describe()}";
}

/// <summary>UDP, keepalive 10 60; after a claim clients are made to connect anew.</summary>
public sealed class KickLab() : VpnLab(VpnContender.OursWithKick, VpnVariant.Udp)
{
    /// <summary>The collection of the test classes that share one.</summary>
    public const string Shared = "VPN with kick";
}

/// <summary>Starting pair, servers and clients once is enough.</summary>
[CollectionDefinition(KickLab.Shared)]
public sealed class KickLabCollection : ICollectionFixture<KickLab>;

/// <summary>UDP, keepalive 10 60; clients find out for themselves.</summary>
public sealed class UnassistedLab() : VpnLab(VpnContender.Ours, VpnVariant.Udp);

/// <summary>UDP, keepalive 1 3.</summary>
public sealed class ShortUdpLab() : VpnLab(VpnContender.Ours, VpnVariant.ShortUdp);

/// <summary>TCP.</summary>
public sealed class TcpLab() : VpnLab(VpnContender.Ours, VpnVariant.OverTcp)
{
    /// <summary>The collection of the test classes that share one.</summary>
    public const string Shared = "VPN over TCP";
}

/// <inheritdoc cref="KickLabCollection"/>
[CollectionDefinition(TcpLab.Shared)]
public sealed class TcpLabCollection : ICollectionFixture<TcpLab>;
