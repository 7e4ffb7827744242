using System.Net;
using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Vpn;

/// <summary>
/// Asks through one client's tunnel: an ICMP echo to the server's tunnel address every 5 ms, for as long as it lives, whether there is a tunnel or
/// not. Answers are read between two questions, so their times are up to 5 ms late.
/// </summary>
public sealed class TunnelProbe : IDisposable
{
    /// <summary>Time between two questions.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    private const int Priority = 20, BufferBytes = 2048;
    private const ushort Identifier = 0x5456;
    private readonly IPAddress _server = IPAddress.Parse(VpnServer.TunnelAddress);
    private readonly RawSocket _socket;
    private readonly Lock _lock = new();
    private readonly Thread _thread;
    private List<Answer> _answers = [];
    private volatile bool _stopped;

    /// <summary>Begins to ask.</summary>
    public TunnelProbe(LabHost host)
    {
        _socket = RawSocket.Icmp(host);
        _thread = new Thread(Ask) { IsBackground = true, Name = $"tunnel-probe-{host.Name}" };
        _thread.Start();
    }

    /// <summary>The answers since the last <see cref="Reset"/>.</summary>
    public IReadOnlyList<Answer> Answers
    {
        get
        {
            lock (_lock) return [.. _answers];
        }
    }

    /// <summary>Forgets the answers.</summary>
    public void Reset()
    {
        lock (_lock) _answers = [];
    }

    /// <summary>Whether answers have come without an interruption for so long.</summary>
    public bool IsQuiet(TimeSpan duration)
    {
        var now = LabClock.Now;
        lock (_lock)
        {
            var last = now;
            for (var i = _answers.Count - 1; i >= 0 && last - _answers[i].At <= Interruptions.Shortest; i--)
            {
                last = _answers[i].At;
                if (now - last >= duration) return true;
            }
        }
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Ask()
    {
        Posix.BecomeRealTime(Priority);
        var (echo, buffer, address) = (Frames.Echo(Identifier), new byte[BufferBytes], _server.GetAddressBytes());
        for (var next = LabClock.Now; !_stopped; next += Interval)
        {
            Posix.SleepUntil(next);
            Drain(buffer, address);
            _socket.TrySendTo(_server, echo);
        }
    }

    private void Drain(byte[] buffer, byte[] address)
    {
        for (int length; (length = _socket.Receive(buffer)) > 0;)
        {
            if (!Frames.IsEchoReply(buffer.AsSpan(0, length), address, Identifier)) continue;
            lock (_lock) _answers.Add(new Answer(LabClock.Now, default));
        }
    }
}
