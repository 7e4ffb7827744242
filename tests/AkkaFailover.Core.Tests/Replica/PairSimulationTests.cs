using AkkaFailover.Core.Settings;
using Xunit;

namespace AkkaFailover.Core.Tests.Replica;

public class PairSimulationTests
{
    private const int SeedsPerCase = 20;

    /// <summary>Seeds of each mode; REPLICA_SEEDS asks for more.</summary>
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("REPLICA_SEEDS") ?? "120");

    public static TheoryData<AcknowledgeMode, int> Cases()
    {
        var cases = new TheoryData<AcknowledgeMode, int>();
        for (var first = 0; first < Seeds; first += SeedsPerCase)
        {
            cases.Add(AcknowledgeMode.Both, first);
            cases.Add(AcknowledgeMode.BothOrRefuse, first);
        }
        return cases;
    }

    /// <summary>A failing seed is in the message, and reproduces.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Whatever_was_acknowledged_survives_crashes_cuts_and_full_disks(AcknowledgeMode acknowledge, int firstSeed)
    {
        var (acknowledged, snapshots, installed) = (0, 0, 0);
        for (var seed = firstSeed; seed < firstSeed + SeedsPerCase; seed++)
        {
            var world = new PairSimulation(seed, acknowledge);
            var failure = Record.Exception(() => world.Run(TimeSpan.FromSeconds(60)));
            Assert.True(failure is null, $"seed {seed}: {failure}");
            acknowledged += world.Acknowledgements;
            (snapshots, installed) = (snapshots + world.Snapshots.All, installed + world.Snapshots.Installed);
        }
        Assert.True(acknowledged > SeedsPerCase * 100, $"only {acknowledged} changes were acknowledged: the simulation does not test much");
        Assert.True(snapshots > SeedsPerCase * 10 && installed > SeedsPerCase / 10, $"only {snapshots} snapshots, {installed} of them from the other node");
    }
}
