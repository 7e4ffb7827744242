using AkkaFailover.Lab.Changes;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Commands;

/// <summary>Disturbs a pair under clients that write; exit code 1 where anything acknowledged was lost.</summary>
/// <param name="Rounds">How often.</param>
/// <param name="Seed">Of the faults and their moments.</param>
internal sealed record RoundsCommand(int Rounds, int Seed)
{
    public async Task<int> Run(CancellationToken stop)
    {
        using var lab = LabNetwork.Create();
        using var observer = new Observer(lab);
        PairConfiguration.Write(lab, Timing.Default);
        using var run = new RoundsRun(new LabPair(lab, observer, new AkkaNode(lab.A), new AkkaNode(lab.B)), Seed);
        var broken = 0;
        Console.WriteLine($"{Rounds} rounds, seed {Seed}");
        for (var round = 1; round <= Rounds; round++)
        {
            stop.ThrowIfCancellationRequested();
            var result = await run.Round(round);
            Console.WriteLine($"{round}/{Rounds} {result.Disturbance}: {result.Acknowledged} acknowledged, {result.Alone} of them by one node");
            broken += Tell(result.Faults);
        }
        broken += Tell(await run.CheckAll());
        Console.WriteLine(broken == 0 ? "Nothing acknowledged was lost." : $"{broken} FAULTS");
        return broken == 0 ? 0 : 1;
    }

    private static int Tell(IReadOnlyList<string> faults)
    {
        foreach (var fault in faults) Console.WriteLine($"  NOT AS PROMISED: {fault}");
        return faults.Count;
    }
}
