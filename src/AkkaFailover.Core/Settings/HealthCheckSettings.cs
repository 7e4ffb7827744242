namespace AkkaFailover.Core.Settings;

/// <summary>On which node a check runs.</summary>
public enum CheckPlace
{
    /// <summary>Where the service runs: what it finds is the service's health.</summary>
    Active,

    /// <summary>Where the service is stopped: what it finds is whether the node could run it.</summary>
    Standby,

    /// <summary>On both.</summary>
    Both,
}

/// <summary>A question that is asked again and again; the answers in a row say whether a service, or a standby, is healthy.</summary>
/// <param name="Name">Unique within the group.</param>
public abstract record HealthCheckSettings(string Name)
{
    /// <summary>The type's word in the configuration and in status.</summary>
    public abstract string Type { get; }

    /// <summary>From the beginning of one try to the beginning of the next, 100 ms to 1 h.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one try may take before it is bad, 10 ms to 1 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Good answers in a row after which it is up, 1 to 1000.</summary>
    public int Rise { get; init; } = 1;

    /// <summary>Bad answers in a row after which it is down, 1 to 1000.</summary>
    public int Fall { get; init; } = 3;

    /// <summary>Where it runs.</summary>
    public CheckPlace On { get; init; } = CheckPlace.Active;

    /// <summary>Whether it runs where the service is to be running (else: where it is stopped).</summary>
    public bool RunsOn(bool active) => On == CheckPlace.Both || On == (active ? CheckPlace.Active : CheckPlace.Standby);
}

/// <summary>Good when a TCP connection is accepted.</summary>
/// <param name="Name">Unique within the group.</param>
/// <param name="Address">Where it connects.</param>
public sealed record TcpCheck(string Name, HostPort Address) : HealthCheckSettings(Name)
{
    /// <inheritdoc/>
    public override string Type => "tcp";
}

/// <summary>Good when a GET is answered with a status of 200 to 399; redirections are not followed.</summary>
/// <param name="Name">Unique within the group.</param>
/// <param name="Url">http or https; the certificate of https must be valid for it.</param>
public sealed record HttpCheck(string Name, Uri Url) : HealthCheckSettings(Name)
{
    /// <inheritdoc/>
    public override string Type => "http";
}

/// <summary>Good when a command ends with 0.</summary>
/// <param name="Name">Unique within the group.</param>
/// <param name="Command">Program and arguments.</param>
public sealed record ExecCheck(string Name, IReadOnlyList<string> Command) : HealthCheckSettings(Name)
{
    /// <inheritdoc/>
    public override string Type => "exec";
}
