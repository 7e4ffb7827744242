namespace AkkaFailover.Core.Ports;

/// <summary>The host's monotonic clock.</summary>
public interface IMonotonicClock
{
    /// <summary>Now; callable from any thread, without allocation.</summary>
    Moment Now { get; }
}

/// <summary>Takes lease renewals from the heartbeat thread.</summary>
public interface ILeaseSink
{
    /// <summary>An advert has left: the addresses may be held until then. Any thread, no allocation, never blocks.</summary>
    void Extend(Moment until);
}

/// <summary>Handles one received frame on the capture's own thread; must not block. The span is only valid during the call.</summary>
public delegate void FrameHandler(ReadOnlySpan<byte> frame, Moment at);

/// <summary>An open interface: whole Ethernet frames in and out.</summary>
public interface ILanPort : IDisposable
{
    /// <summary>The interface's own station address.</summary>
    MacAddress Mac { get; }

    /// <summary>Sends one frame.</summary>
    /// <returns>False where the frame did not leave (interface down, no carrier, no buffer).</returns>
    bool TrySend(ReadOnlySpan<byte> frame);
}
