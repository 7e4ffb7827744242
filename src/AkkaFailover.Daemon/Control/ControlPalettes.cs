using AkkaFailover.Daemon.Control.Commands.Cluster;
using AkkaFailover.Daemon.Control.Commands.Config;
using AkkaFailover.Daemon.Control.Commands.Daemon;
using AkkaFailover.Daemon.Control.Commands.Group;
using AkkaFailover.Daemon.Control.Commands.Heartbeat;
using AkkaFailover.Daemon.Control.Commands.Service;
using AkkaFailover.Daemon.Control.Commands.Vip;

namespace AkkaFailover.Daemon.Control;

/// <summary>Every command of the daemon; the order is the help's.</summary>
public static class ControlPalettes
{
    /// <summary>All palettes.</summary>
    public static readonly IReadOnlyList<CommandPalette> All = [
        new("", "General", [new StatusCommand(), new PalettesCommand()]),
        new("group", "roles of a group", [
            new GroupShow(),
            new GroupExplain(),
            new GroupHistory(),
            new GroupWatch(),
            new GroupHandover(),
            new GroupRehearse(),
            new GroupTakeover(),
            new GroupPause(),
            new GroupResume(),
        ]),
        new("cluster", "the link between the nodes", [new ClusterShow(), new ClusterIsActive()]),
        new("config", "the replicated configuration", [
            new ConfigShow(),
            new ConfigGet(),
            new ConfigSet(),
            new ConfigRemove(),
            new ConfigImport(),
            new ConfigExport(),
            new ConfigLog(),
            new ConfigDiffPeer(),
            new ConfigRollback(),
            new ConfigConflicts(),
            new ConfigPaths(),
        ]),
        new("vip", "the virtual addresses", [new VipShow(), new VipVerify(), new VipAnnounce()]),
        new("heartbeat", "adverts on the LAN", [new HeartbeatStatsCommand(), new HeartbeatPeek()]),
        new("service", "the managed service", [new ServiceShow(), new ServiceCheck(), new ServiceRestart(), new ServiceClients()]),
        new("journal", "the journal of changes", [new JournalVerify(), new JournalCompact()]),
        new("hocon", "the daemon's own configuration", [new HoconEffective()]),
        new("actor", "the daemon's actors", [new ActorHierarchy()]),
        new("log", "the daemon's log", [new LogLevelCommand()]),
    ];
}
