using Akka.Configuration;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>What came of reading one configuration file.</summary>
/// <param name="File">The file's full path.</param>
/// <param name="Settings">The validated settings; null where there is any error.</param>
/// <param name="Akka">The file's <c>akka { … }</c> section, to be put over the daemon's own Akka settings; empty where it has none.</param>
/// <param name="Effective">Every key of <c>failover</c> as it applies.</param>
/// <param name="Errors">All errors at once.</param>
/// <param name="Warnings">What works but should not stay so.</param>
public sealed record LoadedConfiguration(
    string File,
    FailoverSettings? Settings,
    Config Akka,
    IReadOnlyList<EffectiveKey> Effective,
    IReadOnlyList<ConfigurationError> Errors,
    IReadOnlyList<ConfigurationWarning> Warnings);

/// <summary>One key as it applies.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Value">Its value; <c>(secret)</c> for a secret that is set.</param>
/// <param name="Origin">Where the value comes from.</param>
public sealed record EffectiveKey(string Path, string Value, ValueOrigin Origin);

/// <summary>Where a value comes from.</summary>
public enum ValueOrigin
{
    /// <summary>The embedded reference.conf.</summary>
    Default,

    /// <summary>The administrator's file.</summary>
    File,
}
