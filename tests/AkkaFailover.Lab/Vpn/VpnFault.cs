using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Vpn;

/// <summary>One fault on the active node of a VPN gateway: a row of the table.</summary>
/// <param name="Key">For the command line and the results.</param>
/// <param name="Title">For the table.</param>
/// <param name="Watch">How long both clients must have had answers until the observation ends.</param>
/// <param name="Inject">Causes it; returns when all of it has been done.</param>
public sealed record VpnFault(string Key, string Title, TimeSpan Watch, Func<LabPair, Node, Task> Inject)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10), ShortWatch = TimeSpan.FromSeconds(3);

    // A node that wakes or is heard again and takes the role back has done so by then, and clients have noticed.
    private static readonly TimeSpan LongWatch = TimeSpan.FromSeconds(8);

    /// <summary>Cables gone, everything dead.</summary>
    public static readonly VpnFault HostDeath = new("host-death", "host death", ShortWatch, Now(active => active.Host.PowerOff()));

    /// <summary>The daemon is killed; the host lives.</summary>
    public static readonly VpnFault KillDaemon = new("kill-daemon", "`kill -9` of the daemon", ShortWatch, Now(active => active.KillDaemon()));

    /// <summary>An orderly stop.</summary>
    public static readonly VpnFault Terminate = new("terminate", "SIGTERM", ShortWatch, Now(active => active.Terminate()));

    /// <summary>An operator's handover.</summary>
    public static readonly VpnFault Handover = new("handover", "`group handover`", ShortWatch, Now(active => ((AkkaNode)active).Ask("group", "handover")));

    /// <summary>The daemon hangs and goes on.</summary>
    public static readonly VpnFault Freeze = new("freeze", "SIGSTOP for 10 s, then SIGCONT", LongWatch, async (_, active) =>
    {
        active.Freeze();
        await Task.Delay(Duration);
        active.Thaw();
    });

    /// <summary>Frames on the LAN are lost in both directions, and nobody loses the carrier.</summary>
    public static readonly VpnFault CableCut = new("cable-cut", "its LAN cable silently cut for 10 s", LongWatch, async (pair, active) =>
    {
        pair.Lab.Switch.Cut(active.Host);
        await Task.Delay(Duration);
        pair.Lab.Switch.RestoreFrames();
    });

    /// <summary>All of them, in the order of the table.</summary>
    public static readonly IReadOnlyList<VpnFault> All = [HostDeath, KillDaemon, Terminate, Handover, Freeze, CableCut];

    private static Func<LabPair, Node, Task> Now(Action<Node> act) => (_, active) =>
    {
        act(active);
        return Task.CompletedTask;
    };
}
