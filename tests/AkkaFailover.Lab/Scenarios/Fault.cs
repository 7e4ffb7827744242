using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Scenarios;

/// <summary>What a fault must lead to.</summary>
public enum Outcome
{
    /// <summary>The other node answers; counted from the fault.</summary>
    Moves,

    /// <summary>The other node answers; what counts is how long nobody did, because the old one still answers while it says goodbye.</summary>
    HandsOver,

    /// <summary>The other node answers, and goes on when the fault has ended; counted from the fault.</summary>
    MovesForGood,

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
    private const int LossPercent = 30;
    private static readonly TimeSpan SleepTime = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan CutTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LongWatch = TimeSpan.FromSeconds(4);

    /// <summary>How long causing it takes; zero for what is done at once.</summary>
    public TimeSpan Lasts { get; private init; }

    /// <summary>Whether the daemon has to be started again after it.</summary>
    public bool EndsDaemon { get; private init; }

    /// <summary>Whether what it broke is mended at the end, with both nodes still observed: who comes back must not take the address.</summary>
    public bool HealsLast { get; private init; }

    private Func<Timing, double?> Seconds { get; init; } = _ => null;

    /// <summary>What users are promised of it (README, "What happens when"), in every run; null where nothing is, as to the time.</summary>
    public TimeSpan? PromiseAt(Timing timing) => timing.IsCompared && Seconds(timing) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>Cables gone, everything dead.</summary>
    public static readonly Fault HostDeath = new("host-death", "host death", Outcome.Moves, ShortWatch, Now(active => active.Host.PowerOff())) { EndsDaemon = true, Seconds = OneDeadline };

    /// <summary>The daemon is killed; its guard lives on.</summary>
    public static readonly Fault KillDaemon = new("kill-daemon", "`kill -9` of the daemon", Outcome.Moves, LongWatch, Now(active => active.KillDaemon())) { EndsDaemon = true, Seconds = _ => 0.3 };

    /// <summary>Daemon and guard, or all processes of a peer, are killed at one moment; the kernel is left.</summary>
    public static readonly Fault KillAll = new("kill-all", "`kill -9` of all its processes", Outcome.Moves, LongWatch, Now(active => active.KillDaemonAndGuard())) { EndsDaemon = true, Seconds = _ => 1.7 };

    /// <summary>An orderly stop.</summary>
    public static readonly Fault Terminate = new("terminate", "SIGTERM", Outcome.HandsOver, ShortWatch, Now(active => active.Terminate())) { EndsDaemon = true, Seconds = _ => 0.05 };

    /// <summary>An operator's handover.</summary>
    public static readonly Fault Handover = new("handover", "`group handover`", Outcome.HandsOver, ShortWatch,
        Now(active => ((AkkaNode)active).Ask("group", "handover")))
    { Seconds = _ => 0.05 };

    /// <summary>The daemon hangs for 8 s and goes on.</summary>
    public static readonly Fault Freeze = new("freeze", "SIGSTOP for 8 s, then SIGCONT", Outcome.MovesForGood, LongWatch, async (_, active) =>
    {
        active.Freeze();
        await Task.Delay(SleepTime);
        active.Thaw();
    })
    { Lasts = SleepTime, Seconds = OneDeadline };

    /// <summary>The heartbeats of the active are lost, everything else works.</summary>
    public static readonly Fault HeartbeatsLost = new("heartbeats-lost", "its heartbeats (multicast) lost for 10 s, all else working", Outcome.Stays, TimeSpan.FromSeconds(10),
        (pair, active) =>
        {
            pair.Lab.Switch.DropHeartbeats(active.Host);
            return Task.CompletedTask;
        })
    { HealsLast = true };

    /// <summary>Frames on the LAN are lost in both directions, and nobody loses the carrier.</summary>
    public static readonly Fault CableCut = CutCable(Direction.Both);

    /// <summary>The LAN cable is pulled.</summary>
    public static readonly Fault CarrierLost = new("carrier-lost", "its LAN cable pulled (carrier lost)", Outcome.Moves, ShortWatch, (pair, active) =>
    {
        pair.Lab.Switch.Unplug(active.Host, LabTopology.Lan);
        return Task.CompletedTask;
    })
    { HealsLast = true, Seconds = _ => 0.5 };

    /// <summary>The interface is set down.</summary>
    public static readonly Fault InterfaceDown = new("interface-down", "`ip link set eth0 down`", Outcome.Moves, ShortWatch, Now(active => active.Host.InterfaceDown())) { HealsLast = true, Seconds = _ => 0.5 };

    /// <summary>A share of what both nodes send on the LAN is lost, for two minutes.</summary>
    public static readonly Fault Loss = LossFor(TimeSpan.FromMinutes(2));

    /// <summary>All of them, in the order of the table.</summary>
    public static readonly IReadOnlyList<Fault> All =
        [HostDeath, KillDaemon, KillAll, Terminate, Handover, Freeze, HeartbeatsLost, CableCut, CarrierLost, InterfaceDown, Loss];

    /// <summary><see cref="Loss"/> for another time.</summary>
    public static Fault LossFor(TimeSpan duration) => new("loss", $"{LossPercent} % of what both nodes send on the LAN lost", Outcome.Stays, ShortWatch, async (pair, active) =>
    {
        foreach (var node in new[] { active, pair.Other(active) }) pair.Lab.Switch.Lose(node.Host, LossPercent);
        await Task.Delay(duration);
        pair.Lab.Switch.RestoreFrames();
    })
    { Lasts = duration };

    /// <summary><see cref="CableCut"/> in a direction: what the active sends, or what is sent to it.</summary>
    public static Fault CutCable(Direction direction) => new("cable-cut", "its LAN cable silently cut for 10 s", Outcome.MovesForGood, LongWatch, async (pair, active) =>
    {
        pair.Lab.Switch.Cut(active.Host, direction: direction);
        await Task.Delay(CutTime);
        pair.Lab.Switch.RestoreFrames();
    })
    // Where only what it should receive is lost it takes longer.
    { Lasts = CutTime, Seconds = timing => timing == Timing.Default ? direction == Direction.To ? 2 : 1 : null };

    /// <summary>The fault of a key.</summary>
    public static Fault Of(string key) => All.Single(fault => fault.Key == key);

    // The deadline, and what the claim takes.
    private static double? OneDeadline(Timing timing) => timing == Timing.OneSecond ? 3.3 : 0.75;

    private static Func<LabPair, Node, Task> Now(Action<Node> act) => (_, active) =>
    {
        act(active);
        return Task.CompletedTask;
    };
}
