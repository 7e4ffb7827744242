using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Health;

/// <summary>Tries a check with what its type needs.</summary>
/// <param name="launcher">Starts commands.</param>
public sealed class HealthProbe(IProcessLauncher launcher) : IHealthProbe
{
    private readonly ThreadedProbe<TcpCheck> _tcp = new(TcpProbe.Run);
    private readonly ThreadedProbe<HttpCheck> _http = new(HttpProbe.Run);
    private readonly ExecProbe _exec = new(launcher);

    /// <inheritdoc/>
    public IDisposable Begin(HealthCheckSettings check, IReadOnlyDictionary<string, string> environment, Action<ProbeAnswer> done) => check switch
    {
        TcpCheck tcp => _tcp.Begin(tcp, done),
        HttpCheck http => _http.Begin(http, done),
        ExecCheck exec => _exec.Begin(exec, environment, done),
        _ => throw new ArgumentOutOfRangeException(nameof(check), check, "a type of check without a probe"),
    };
}
