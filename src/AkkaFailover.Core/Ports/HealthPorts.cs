using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Ports;

/// <summary>What one try of a check found.</summary>
/// <param name="Good">Whether it was good.</param>
/// <param name="Reason">In a few words: "connected", "status 503", "no answer within 1 s".</param>
public sealed record ProbeAnswer(bool Good, string Reason);

/// <summary>Tries checks.</summary>
public interface IHealthProbe
{
    /// <summary>Begins one try; takes a moment at most and throws nothing.</summary>
    /// <param name="check">The check, whose timeout bounds the try.</param>
    /// <param name="environment">For a command, added to the daemon's own.</param>
    /// <param name="done">Takes the answer once, at the latest soon after the timeout; any thread. Not called after the try was given up.</param>
    /// <returns>Dispose gives the try up.</returns>
    IDisposable Begin(HealthCheckSettings check, IReadOnlyDictionary<string, string> environment, Action<ProbeAnswer> done);
}
