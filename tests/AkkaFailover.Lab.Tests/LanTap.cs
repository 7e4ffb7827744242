using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Tests;

/// <summary>Reads and sends adverts as whole frames on a host's LAN interface: what an attacker on the segment can do.</summary>
public sealed class LanTap(LabHost host) : IDisposable
{
    private const int ProtocolAt = 23;
    private const byte ProtocolCarp = 112;
    private readonly RawSocket _socket = RawSocket.Packet(host, Frames.EtherTypeIPv4);

    /// <summary>Puts a frame on the wire.</summary>
    public void Send(byte[] frame) => Assert.True(_socket.TrySend(frame), "the frame did not leave");

    /// <summary>Puts a frame on the wire, if the interface takes it.</summary>
    public void TrySend(byte[] frame) => _socket.TrySend(frame);

    /// <summary>Forgets what has arrived so far: the next frame is one from now on, which whoever listens now hears as well.</summary>
    public void Drain()
    {
        var buffer = new byte[2048];
        while (_socket.Receive(buffer) > 0) { }
    }

    /// <summary>The next frame of IP protocol 112; null where none comes in time.</summary>
    public byte[]? NextAdvert(TimeSpan within)
    {
        var buffer = new byte[2048];
        byte[]? found = null;
        SpinWait.SpinUntil(() =>
        {
            for (int length; (length = _socket.Receive(buffer)) > 0;)
            {
                if (length <= ProtocolAt || buffer[ProtocolAt] != ProtocolCarp) continue;
                found = buffer[..length];
                return true;
            }
            return false;
        }, within);
        return found;
    }

    public void Dispose() => _socket.Dispose();
}
