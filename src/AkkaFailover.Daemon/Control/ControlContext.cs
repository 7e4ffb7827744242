using Akka.Actor;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Groups;
using Serilog.Core;

namespace AkkaFailover.Daemon.Control;

/// <summary>What commands may ask. The composition root supplies it anew for each request, because a merge of two islands replaces the actor system.</summary>
/// <param name="Settings">The configuration in force.</param>
/// <param name="Groups">The groups' actors, in the configuration's order.</param>
/// <param name="Link">The cluster link's actor.</param>
/// <param name="System">The actor system.</param>
/// <param name="EffectiveConfiguration">The whole configuration in force with each value's origin; secrets are hidden already.</param>
/// <param name="LogLevel">Where the log's level can be changed.</param>
public sealed record ControlContext(
    FailoverSettings Settings,
    IReadOnlyList<GroupHandle> Groups,
    IActorRef Link,
    ActorSystem System,
    Func<IReadOnlyList<ConfigurationRow>> EffectiveConfiguration,
    LoggingLevelSwitch LogLevel)
{
    /// <summary>The zone of times that people read.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Local;

    /// <summary>How long an actor may take to answer a question.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(3);
}

/// <summary>One key of the configuration in force.</summary>
/// <param name="Path">Full path, such as failover.groups.vpn.interface.</param>
/// <param name="Value">As HOCON.</param>
/// <param name="Origin">The file and line, or "default".</param>
public sealed record ConfigurationRow(string Path, string Value, string Origin);
