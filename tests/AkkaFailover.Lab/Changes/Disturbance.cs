using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Changes;

/// <summary>Something that happens to a pair while clients write; whatever it breaks is mended afterwards.</summary>
/// <param name="Name">For people.</param>
/// <param name="Cause">Causes it, on the pair or on node b's disk; returns when all of it has been done.</param>
internal sealed record Disturbance(string Name, Func<LabPair, LittleDisk, Random, Task> Cause)
{
    // Longer than the active waits before it acknowledges alone.
    private static readonly TimeSpan LongCut = TimeSpan.FromSeconds(4);

    /// <summary>
    /// All of them. After each, everything acknowledged must be there: none loses for good the only node that has a change, and the one that
    /// moves the role in a cut does it before the old active may acknowledge alone.
    /// </summary>
    public static readonly IReadOnlyList<Disturbance> All =
    [
        new("kill -9 of the active", (pair, _, _) => Kill(pair.Active)),
        new("kill -9 of the standby", (pair, _, _) => Kill(pair.Other(pair.Active))),
        new("kill -9 of both", (pair, _, _) => Kill(pair.A, pair.B)),
        new("kill -9 of the active's guard and daemon", (pair, _, _) =>
        {
            pair.Active.KillDaemonAndGuard();
            return Task.CompletedTask;
        }),
        new("a short cut of the link", async (pair, _, random) =>
        {
            pair.Lab.Switch.PartitionLink(pair.A.Host);
            await Task.Delay(random.Next(100, 1500));
        }),
        new("a long cut of the link", async (pair, _, _) =>
        {
            pair.Lab.Switch.PartitionLink(pair.A.Host);
            await Task.Delay(LongCut);
        }),
        new("a cut of the link, in it kill -9 of the active", async (pair, _, random) =>
        {
            var active = pair.Active;
            pair.Lab.Switch.PartitionLink(pair.A.Host);
            await Task.Delay(random.Next(0, 1000));
            active.KillDaemon();
            await LabClock.Until(() => pair.Observer.Holders is [var name] && name != active.Host.Name, TimeSpan.FromSeconds(5));
        }),
        new("a full disk", async (_, disk, random) =>
        {
            disk.Fill();
            await Task.Delay(random.Next(100, 1500));
        }),
        new("a full disk, in it kill -9 of its node", async (pair, disk, random) =>
        {
            disk.Fill();
            await Task.Delay(random.Next(0, 1000));
            pair.B.KillDaemon();
        }),
    ];

    private static Task Kill(params Node[] nodes)
    {
        foreach (var node in nodes) node.KillDaemon();
        return Task.CompletedTask;
    }
}
