using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab.Nodes;

/// <summary>How slow this machine is at the moment at what a daemon's start consists of: all of it is processor time, and the machine may run other work beside.</summary>
public static class StartPace
{
    // What two daemons at once took to read and check their configuration where the times of starts were measured.
    private static readonly TimeSpan ReferenceCheck = TimeSpan.FromMilliseconds(500);

    /// <summary>Measures it, which takes about half a second.</summary>
    /// <returns>How often the usual time: 1 or more.</returns>
    public static async Task<double> Measure(params AkkaNode[] nodes)
    {
        var start = LabClock.Now;
        await Task.WhenAll(nodes.Select(node => Task.Factory.StartNew(
            () => Tool.Run(Artifacts.Daemon, ["--check", node.ConfigurationFile]), TaskCreationOptions.LongRunning)));
        return Math.Max(1, (LabClock.Now - start) / ReferenceCheck);
    }
}
