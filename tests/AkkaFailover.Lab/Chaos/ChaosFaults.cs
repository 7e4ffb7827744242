using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Chaos;

/// <summary>The faults. A bound is the README's ("answered by the other node after") where it has a row for it; the others say where theirs comes from.</summary>
internal static class ChaosFaults
{
    // A deadline of the default timing, and what the claim takes: the README's bound of a dead host.
    private const double OneDeadline = 0.75;

    // Nothing is to be noticed; the client asks each 5 ms.
    public const double Unnoticed = 0.1;

    // Who is not heard any more releases as soon as it has heard the claim: on the LAN, or with what the link sends again.
    public const double ClaimIsHeard = 0.1, ClaimIsSentAgain = 1;

    // So much later a move is a missing one.
    private const double Noise = 0.3;

    // The lease of 0.45 s may have run for an interval by then.
    private const double ShorterThanTheLease = 0.25;

    // Percent: the README's.
    private const int PromisedLoss = 30;

    // Daemon and guard stand still: the kernel goes on answering for so long.
    private const double KernelHolds = 1.36;

    // Two rounds of questions to neighbours, the exchange of their answers, and the claim (rule 4); two rounds more where the standby hears the active still.
    private const double LanCut = 1, LanDeaf = 2;

    /// <summary>From the start of two daemons, or of the only one, to an active: the deadline, and what a start takes. Times the machine's pace; the bound of what ends both.</summary>
    public static readonly TimeSpan Start = TimeSpan.FromSeconds(6);

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ChaosFault> All =
    [
        // The processes.
        new("kill-daemon", "kill -9 of the daemon", 0.02, 3, 0.3, Now(draw => draw.Node.KillDaemon()), Nothing) { Ends = Reach.Target, Fells = Reach.Target, MovesFrom = 0 },
        new("kill-guard", "kill -9 of the guard", 0.02, 2, Unnoticed, Now(draw => LabHost.KillTogether(draw.Node.Guards())), Nothing) { Stays = true },
        new("kill-all", "kill -9 of daemon and guard", 0.02, 3, 1.7, Now(draw => draw.Node.KillDaemonAndGuard()), Nothing) { Ends = Reach.Target, Fells = Reach.Target, MovesFrom = 1.7 },
        new("kill-daemons", "kill -9 of both daemons", 0.02, 1, 0, OnBoth(node => node.KillDaemon()), Nothing)
            { Ends = Reach.Both, Fells = Reach.Both, OfStandby = 0, LastsAsLong = true, MovesByStandby = true },
        new("terminate", "SIGTERM", 0.1, 2, 0.05, Now(draw => draw.Node.Terminate()), Nothing) { Ends = Reach.Target, Fells = Reach.Target, MovesFrom = 0 },
        new("system-death", "death of the ActorSystem", 0.1, 2, 0.3, Now(draw => StartupHook.EndActorSystem(draw.Node)), Nothing) { Ends = Reach.Target, Fells = Reach.Target, MovesFrom = 0 },
        new("handover", "group handover", 0.1, 1, 0.05, Now(draw => draw.Node.Ctl("group", "handover")), Nothing) { MovesFrom = 0, CanHit = (_, isActive) => isActive },
        new("freeze", "SIGSTOP of the daemon", 0.05, 15, OneDeadline, Now(draw => draw.Node.Freeze()), Now(draw => draw.Node.Thaw())) { Fells = Reach.Target, StaysFor = draw => draw.Length.TotalSeconds < ShorterThanTheLease, MovesFrom = OneDeadline + Noise },
        // The daemon puts another one in its place before the kernel drops the addresses; a claim waits for it for 0.3 s first.
        new("freeze-guard", "SIGSTOP of the guard", 0.05, 3, Unnoticed, Now(draw => draw.Node.FreezeGuard()), Now(draw => draw.Node.Thaw())) { Stays = true, Prolongs = 0.35 },
        new("freeze-host", "SIGSTOP of daemon and guard", 0.05, 15, OneDeadline, Now(draw => draw.Node.FreezeHost()), Now(draw => draw.Node.Thaw()))
            { Fells = Reach.Target, StaysFor = draw => draw.Length.TotalSeconds < ShorterThanTheLease, MovesFrom = KernelHolds + OneDeadline + Noise },
        new("starve", "four busy processes", 1, 4, OneDeadline, (rig, _) => rig.Starve(), (rig, _) => rig.Feed()) { OfStandby = OneDeadline, MovesByStandby = true },
        new("clock-step", "a step of the clock by an hour", 0.1, 2, Unnoticed, (rig, draw) => rig.StepClock(draw), (rig, draw) => rig.SetClock(draw)) { Stays = true },
        // The node releases in order as soon as a change could not be written; for a while there may be room in what the journal has already.
        new("full-disk", "a full disk", 0.1, 3, OneDeadline, (rig, _) => Done(rig.Disk.Fill), (rig, _) => Done(rig.Disk.Empty)) { Fells = Reach.Target, CanHit = (node, _) => node.Host.Name == "b" },

        // The hosts.
        new("power-off", "power-off of the host", 0.1, 3, OneDeadline, Now(draw => draw.Node.Host.PowerOff()), Now(draw => draw.Node.Host.PowerOn()))
            { TakesInterface = true, Ends = Reach.Target, Fells = Reach.Target, MovesFrom = 0 },
        new("reboot-both", "both hosts rebooted at once", 0.1, 2, 0, OnBoth(node => node.Host.PowerOff()), OnBoth(node => node.Host.PowerOn()))
            { TakesInterface = true, Ends = Reach.Both, Fells = Reach.Both, OfStandby = 0, LastsAsLong = true, MovesByStandby = true },

        // The wires.
        new("cut-lan", "the LAN cut silently", 0.1, 8, LanCut, Cut(LabTopology.Lan, Direction.Both), Frames) { Fells = Reach.Target, Breaks = Paths.Lan, Mutes = true, Deafens = true, MovesFrom = LanCut + Noise },
        new("cut-lan-from", "what the host sends on the LAN is lost", 0.1, 8, LanCut, Cut(LabTopology.Lan, Direction.From), Frames) { Fells = Reach.Target, Breaks = Paths.Lan, Mutes = true, MovesFrom = LanCut + Noise },
        new("cut-lan-to", "what is sent to the host on the LAN is lost", 0.1, 8, LanDeaf, Cut(LabTopology.Lan, Direction.To), Frames) { Fells = Reach.Target, Breaks = Paths.Lan, Deafens = true, MovesFrom = LanDeaf + Noise },
        new("cut-link", "the cluster link cut silently", 0.1, 5, Unnoticed, Cut(LabTopology.Link, Direction.Both), Frames) { Breaks = Paths.Link, Stays = true },
        new("cut-link-one-way", "the cluster link cut one way", 0.1, 5, Unnoticed,
            (rig, draw) => Done(() => rig.Lab.Switch.Cut(draw.Node.Host, LabTopology.Link, draw.Forward ? Direction.From : Direction.To)), Frames) { Breaks = Paths.Link, Stays = true },
        // Which of the two stays is the higher term's; the other one's end and the announcement take less than a claim.
        new("partition", "LAN and cluster link cut", 0.1, 5, OneDeadline, (rig, draw) => Done(() => rig.Lab.Switch.CutOff(draw.Node.Host)), Frames) { Fells = Reach.Target, Breaks = Paths.All, OfStandby = OneDeadline, MovesByStandby = true },
        // The release has no way to the standby: to it the host has died.
        new("unplug", "all cables unplugged", 0.1, 3, OneDeadline, (rig, draw) => Done(() => rig.Lab.Switch.Unplug(draw.Node.Host)), Plug) { TakesInterface = true, Fells = Reach.Target, MovesFrom = 0 },
        new("interface-down", "the interface set down", 0.1, 3, 0.5, Now(draw => draw.Node.Host.InterfaceDown()), Now(draw => draw.Node.Host.InterfaceUp())) { TakesInterface = true, Fells = Reach.Target, MovesFrom = 0 },
        new("carrier-flap", "the carrier of the LAN lost and back, again and again", 0.1, 3, 0.5, (rig, draw) => rig.BeginFlapping(draw), (rig, _) => rig.EndFlapping()) { TakesInterface = true, Fells = Reach.Target, MovesFrom = 0 },
        new("heartbeats", "heartbeats filtered", 0.1, 5, Unnoticed, (rig, draw) => Done(() => rig.Lab.Switch.DropHeartbeats(draw.Node.Host)), Frames) { Stays = true },
        new("loss-lan", "loss on the LAN", 1, 6, OneDeadline, Lose(LabTopology.Lan), Frames) { Loses = Paths.Lan, BlindsClient = true, OfStandby = OneDeadline, MovesByStandby = true, StaysFor = draw => draw.Percent <= PromisedLoss },
        // Beside a LAN on which the active is not heard the link may be silent for a deadline, as what a stream loses twice is sent again after 0.6 s; then the active is as a dead host (Evidence.HeldUnheard).
        new("loss-link", "loss on the cluster link", 1, 6, Unnoticed, Lose(LabTopology.Link), Frames) { Loses = Paths.Link, Stays = true },
        new("loss-both", "loss on LAN and cluster link", 1, 6, OneDeadline, Lose(LabTopology.Lan, LabTopology.Link), Frames) { Loses = Paths.All, BlindsClient = true, OfStandby = OneDeadline, MovesByStandby = true, StaysFor = draw => draw.Percent <= PromisedLoss },

        // Others who manage addresses.
        new("address-removed", "the address removed by somebody else", 0.1, 0.5, Unnoticed, Now(draw => draw.Node.Host.RemoveVirtualAddress()), Nothing) { TakesInterface = true, Stays = true, CanHit = (_, isActive) => isActive },
        // The guard puts the address back at once; the route that the client's answers need comes with it.
        new("addresses-flushed", "all addresses of the interface flushed", 0.05, 3, OneDeadline, Now(draw => draw.Node.Host.FlushAddresses()), Now(draw => draw.Node.Host.RestoreOwnAddress())) { TakesInterface = true, Fells = Reach.Target },
        new("interface-remade", "the interface deleted and made anew", 0.05, 3, OneDeadline, Now(draw => draw.Node.Host.DeleteInterface()), Now(draw => draw.Node.Host.MakeInterface()))
            { TakesInterface = true, Fells = Reach.Target },
        // The client hears the stranger as long as it is there; then the active within a second.
        new("stranger", "a stranger adds and announces the address", 1, 4, 1, (rig, _) => rig.BeginStranger(), (rig, _) => rig.EndStranger()) { LastsAsLong = true, OfStandby = 1, Stays = true },
    ];

    private static Func<ChaosRig, Draw, Task> Nothing => (_, _) => Task.CompletedTask;

    private static Func<ChaosRig, Draw, Task> Frames => (rig, _) => Done(rig.Lab.Switch.RestoreFrames);

    // With the carrier the default route comes back by itself: the kernel keeps routes of an interface that is up.
    private static Func<ChaosRig, Draw, Task> Plug => (rig, draw) => Done(() => rig.Lab.Switch.Plug(draw.Node.Host));

    private static Func<ChaosRig, Draw, Task> Now(Action<Draw> act) => (_, draw) => Done(() => act(draw));

    private static Func<ChaosRig, Draw, Task> OnBoth(Action<AkkaNode> act) => (rig, _) => Done(() =>
    {
        act(rig.A);
        act(rig.B);
    });

    private static Func<ChaosRig, Draw, Task> Cut(string segment, Direction direction) => (rig, draw) => Done(() => rig.Lab.Switch.Cut(draw.Node.Host, segment, direction));

    private static Func<ChaosRig, Draw, Task> Lose(params string[] segments) => (rig, draw) => Done(() =>
    {
        foreach (var segment in segments)
            foreach (var node in new[] { rig.A, rig.B }) rig.Lab.Switch.Lose(node.Host, draw.Percent, segment);
    });

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }
}
