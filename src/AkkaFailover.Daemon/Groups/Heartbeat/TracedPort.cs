using AkkaFailover.Core;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Groups;

/// <summary>A port for adverts that keeps each one in the trace.</summary>
internal sealed class TracedPort(ILanPort port, AdvertTrace trace) : ILanPort
{
    /// <inheritdoc/>
    public MacAddress Mac => port.Mac;

    /// <inheritdoc/>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        var left = port.TrySend(frame);
        trace.Sent(frame, left);
        return left;
    }

    /// <inheritdoc/>
    public void Dispose() => port.Dispose();
}
