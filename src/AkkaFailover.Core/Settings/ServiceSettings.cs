namespace AkkaFailover.Core.Settings;

/// <summary>The service that runs where the address is.</summary>
public abstract record ServiceSettings
{
    /// <summary>The type's word in the configuration and in status.</summary>
    public abstract string Type { get; }

    /// <summary>How long a stop may take before the address is released all the same (group key <c>stop-timeout</c>).</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it may take from a start until the service is running, its checks up included, before the start has failed.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a process that is stopped in order has between SIGTERM and SIGKILL; null for all of <see cref="StopTimeout"/>.</summary>
    public TimeSpan? KillAfter { get; init; }

    /// <summary>The service is an OpenVPN server; null where it is not.</summary>
    public OpenVpnSettings? OpenVpn { get; init; }

    /// <summary>Its checks; empty for none.</summary>
    public IReadOnlyList<HealthCheckSettings> Checks { get; init; } = [];
}

/// <summary>An OpenVPN server whose clients are followed.</summary>
/// <param name="ConfigFile">The server's own configuration, an absolute path.</param>
/// <param name="Kick">After a claim, stock UDP clients are made to reconnect at once.</param>
public sealed record OpenVpnSettings(string ConfigFile, bool Kick);

/// <summary>The address alone is the service.</summary>
public sealed record NoService : ServiceSettings
{
    /// <inheritdoc/>
    public override string Type => "none";
}

/// <summary>Two commands, run on claim and on release.</summary>
/// <param name="Start">Program and arguments.</param>
/// <param name="Stop">Program and arguments.</param>
public sealed record CommandsService(IReadOnlyList<string> Start, IReadOnlyList<string> Stop) : ServiceSettings
{
    /// <inheritdoc/>
    public override string Type => "commands";
}

/// <summary>A supervised child process in a process group of its own.</summary>
/// <param name="Command">Program and arguments.</param>
/// <param name="MaxRestarts">Failures in a row after which the service has failed for good.</param>
/// <param name="RestartBackoff">Pause before the first restart; doubled each time.</param>
public sealed record ProcessService(IReadOnlyList<string> Command, int MaxRestarts, TimeSpan RestartBackoff) : ServiceSettings
{
    /// <inheritdoc/>
    public override string Type => "process";
}

/// <summary>A unit of systemd, which is started, watched and stopped.</summary>
/// <param name="Unit">Its whole name: <c>openvpn-server@vpn.service</c>.</param>
/// <param name="MaxRestarts">Failures in a row after which the service has failed for good.</param>
/// <param name="RestartBackoff">Pause before the first restart; doubled each time.</param>
public sealed record SystemdService(string Unit, int MaxRestarts, TimeSpan RestartBackoff) : ServiceSettings
{
    /// <inheritdoc/>
    public override string Type => "systemd";
}
