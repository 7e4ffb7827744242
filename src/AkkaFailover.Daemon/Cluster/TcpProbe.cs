using System.Net.Sockets;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Hosting;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>Asks a host's kernel whether somebody listens on a port: a refusal proves that the process is gone.</summary>
internal static class TcpProbe
{
    /// <summary>How long an answer may take; a pair that is further apart cannot fail over in time anyway.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Probes on a thread of its own, since a starved thread pool must not delay a failover, and hands the outcome over
    /// on that thread.
    /// </summary>
    public static void Start(HostPort target, Action<ProbeOutcome, string> done)
    {
        var thread = new Thread(() =>
        {
            var (outcome, detail) = Run(target);
            done(outcome, detail);
        })
        {
            IsBackground = true,
            Name = "link-probe",
        };
        thread.Start();
    }

    private static (ProbeOutcome Outcome, string Detail) Run(HostPort target)
    {
        try
        {
            return TcpConnect.Try(target, Bound) switch
            {
                SocketError.Success => (ProbeOutcome.Open, $"{target} listens"),
                SocketError.ConnectionRefused => (ProbeOutcome.Refused, $"{target} refuses connections: the peer's process is gone"),
                var error => (ProbeOutcome.Unreachable, $"{target} cannot be reached: {error}"),
            };
        }
        catch (SocketException failure)
        {
            return (ProbeOutcome.Unreachable, $"{target} cannot be reached: {failure.Message}");
        }
    }
}
