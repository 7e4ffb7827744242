using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>What a pair at rest takes of its machines, beside clients that ask 600 times a second.</summary>
/// <param name="Daemon">akka-failover, ucarp or keepalived.</param>
/// <param name="Timing">The key of the heartbeat's timing.</param>
/// <param name="Cores">Processor time of all processes of both nodes, divided by the time: 1 is one core.</param>
/// <param name="NodeMebibytes">Resident memory of all processes of a node, of the larger one; memory that two of them share counts twice.</param>
public sealed record NodeCost(string Daemon, string Timing, double Cores, double NodeMebibytes)
{
    /// <summary>The word for it where faults are chosen by key.</summary>
    public const string Key = "cost";

    /// <summary>How long it is watched.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(20);

    /// <summary>Settles the pair and watches it.</summary>
    /// <exception cref="LabException">The pair did not come to rest.</exception>
    public static async Task<NodeCost> Measure(LabPair pair, Contender contender)
    {
        await pair.Settle();
        LabHost[] hosts = [pair.A.Host, pair.B.Host];
        var (before, from) = (Processor(hosts), LabClock.Now);
        await Task.Delay(Window);
        var cores = (Processor(hosts) - before) / (LabClock.Now - from);
        return new NodeCost(contender.Daemon, contender.Timing.Key, cores, hosts.Max(Resident) / (1024.0 * 1024));
    }

    private static TimeSpan Processor(LabHost[] hosts) => TimeSpan.FromTicks(hosts.SelectMany(host => host.Processes()).Sum(pid => LabHost.ProcessorTime(pid).Ticks));

    private static long Resident(LabHost host) => host.Processes().Sum(LabHost.ResidentBytes);
}
