using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Nodes;

/// <summary>Two nodes of a lab and how to bring them to rest: one holds the address, the other is ready to take it.</summary>
public sealed class LabPair(LabNetwork lab, Observer observer, Node a, Node b)
{
    // Longer than any daemon's start, deadline and receive delay together, with a slow machine's share.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(40);

    // An orderly stop has handed over long before; what may take longer is the end of the process.
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    // A daemon that is about to take the address from the other has done so by then.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    /// <summary>The lab.</summary>
    public LabNetwork Lab => lab;

    /// <summary>What its clients and kernels report.</summary>
    public Observer Observer => observer;

    /// <summary>The node on host a.</summary>
    public Node A => a;

    /// <summary>The node on host b.</summary>
    public Node B => b;

    /// <summary>The node that holds the address.</summary>
    /// <exception cref="LabException">None or both do.</exception>
    public Node Active => observer.Holders switch
    {
        [var name] => name == a.Host.Name ? a : b,
        var holders => throw new LabException($"the address is held by {(holders.Count == 0 ? "nobody" : string.Join(" and ", holders))}"),
    };

    /// <summary>The other node of the pair.</summary>
    public Node Other(Node node) => node == a ? b : a;

    /// <summary>Mends every fault, starts what does not run, and waits until the pair is at rest.</summary>
    /// <exception cref="LabException">It does not come to rest.</exception>
    public async Task Settle()
    {
        Repair();
        if (observer.Holders.Count > 1)
        {
            a.Clear();
            b.Clear();
        }
        foreach (var node in new[] { a, b })
        {
            if (node.IsEnding) await node.Process!.Exit(StopTime);
            if (node.Runs && !node.IsBackingOff) continue;
            node.Clear();
            node.Start();
        }
        await ExpectRest();
    }

    /// <summary>Waits until one node holds the address and the other is ready, and both stay so.</summary>
    /// <exception cref="LabException">It does not come to that.</exception>
    public async Task ExpectRest()
    {
        var end = LabClock.Now + SettleTime;
        while (LabClock.Now < end)
        {
            if (IsAtRest())
            {
                var active = Active;
                await Task.Delay(Rest);
                if (IsAtRest() && Active == active) return;
            }
            await Task.Delay(100);
        }
        throw new LabException($"the pair does not come to rest\n{Describe()}");
    }

    /// <summary>Waits until a condition holds, or fails with what was waited for and what both nodes wrote.</summary>
    /// <exception cref="LabException">It did not hold in time.</exception>
    public async Task Expect(Func<bool> condition, TimeSpan within, string what)
    {
        if (!await LabClock.Until(condition, within)) throw new LabException($"after {within.TotalSeconds:0.#} s still not: {what}\n{Describe()}");
    }

    /// <summary>Ends both nodes and mends every fault.</summary>
    public void Clear()
    {
        a.Clear();
        b.Clear();
        Repair();
    }

    /// <summary>Mends every fault of paths and hosts.</summary>
    public void Repair()
    {
        lab.Switch.RestoreFrames();
        a.Host.PowerOn();
        b.Host.PowerOn();
    }

    /// <summary>Who holds the address, the end of what both nodes wrote, and what they say about it when asked.</summary>
    public string Describe() =>
        $"the address is held by [{string.Join(", ", observer.Holders)}]; the observer's own thread was {observer.WorstLateness.TotalMilliseconds:0} ms late at worst\n{Describe(a)}\n{Describe(b)}";

    private bool IsAtRest() => observer.Holders.Count == 1 && Active is var active && active.IsReady(holder: true) && Other(active).IsReady(holder: false);

    private static string Describe(Node node)
    {
        var log = node.Process?.Log.Split('\n') ?? [];
        return $"--- {node.GetType().Name} on {node.Host.Name}, runs: {node.Runs}\n{string.Join('\n', log.TakeLast(40))}\n{node.Explain()}";
    }
}
