using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>What a fault must lead to.</summary>
public enum Outcome
{
    /// <summary>The other node answers; counted from the fault.</summary>
    Moves,

    /// <summary>The other node answers; what counts is how long nobody did, because the old one still answers while it says goodbye.</summary>
    HandsOver,

    /// <summary>The other node answers while the old one sleeps; counted from the fault.</summary>
    MovesWhileAsleep,

    /// <summary>Nothing moves.</summary>
    Stays,
}

/// <summary>One fault on the active node: a row of the table.</summary>
/// <param name="Key">For the command line and the results.</param>
/// <param name="Title">For the table.</param>
/// <param name="Outcome">What must come of it.</param>
/// <param name="Watch">How long to watch after the address has moved, or in all where it must not.</param>
/// <param name="Inject">Causes it; returns when all of it has been done.</param>
public sealed record Fault(string Key, string Title, Outcome Outcome, TimeSpan Watch, Func<LabPair, Node, Task> Inject)
{
    private static readonly TimeSpan SleepTime = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LongWatch = TimeSpan.FromSeconds(4);

    /// <summary>Cables gone, everything dead.</summary>
    public static readonly Fault HostDeath = new("host-death", "host death", Outcome.Moves, ShortWatch, Now(active => active.Host.PowerOff()));

    /// <summary>The daemon is killed; its guard lives on.</summary>
    public static readonly Fault KillDaemon = new("kill-daemon", "`kill -9` of the daemon", Outcome.Moves, LongWatch, Now(active => active.KillDaemon()));

    /// <summary>Daemon and guard are killed at one moment; the kernel is left.</summary>
    public static readonly Fault KillAll = new("kill-all", "`kill -9` of daemon and guard", Outcome.Moves, LongWatch, Now(active => active.KillDaemonAndGuard()));

    /// <summary>An orderly stop.</summary>
    public static readonly Fault Terminate = new("terminate", "SIGTERM", Outcome.HandsOver, ShortWatch, Now(active => active.Terminate()));

    /// <summary>An operator's handover.</summary>
    public static readonly Fault Handover = new("handover", "`group handover`", Outcome.HandsOver, ShortWatch,
        Now(active => ((AkkaNode)active).Ask("group", "handover")));

    /// <summary>The daemon hangs for 8 s and goes on.</summary>
    public static readonly Fault Freeze = new("freeze", "SIGSTOP for 8 s, then SIGCONT", Outcome.MovesWhileAsleep, LongWatch, async (_, active) =>
    {
        active.Freeze();
        await Task.Delay(SleepTime);
        active.Thaw();
    });

    /// <summary>The heartbeats of the active are lost, everything else works.</summary>
    public static readonly Fault HeartbeatsLost = new("heartbeats-lost", "its heartbeats dropped, all else working", Outcome.Stays, LongWatch * 2,
        (pair, active) =>
        {
            pair.Lab.Switch.DropHeartbeats(active.Host);
            return Task.CompletedTask;
        });

    /// <summary>The interface is set down.</summary>
    public static readonly Fault InterfaceDown = new("interface-down", "`ip link set eth0 down`", Outcome.Moves, ShortWatch, Now(active => active.Host.InterfaceDown()));

    /// <summary>All of them, in the order of the table.</summary>
    public static readonly IReadOnlyList<Fault> All = [HostDeath, KillDaemon, KillAll, Terminate, Handover, Freeze, HeartbeatsLost, InterfaceDown];

    private static Func<LabPair, Node, Task> Now(Action<Node> act) => (_, active) =>
    {
        act(active);
        return Task.CompletedTask;
    };
}
