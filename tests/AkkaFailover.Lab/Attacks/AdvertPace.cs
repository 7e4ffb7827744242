using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Attacks;

/// <summary>Watches, at a host's port of the switch, when its adverts leave it.</summary>
public sealed unsafe class AdvertPace : IDisposable
{
    private const int Priority = 30, PollMilliseconds = 100;

    private readonly RawSocket _socket;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly List<Moment> _seen = [];
    private volatile bool _stopped;

    /// <summary>Begins to watch.</summary>
    public AdvertPace(LabNetwork lab, LabHost host)
    {
        _socket = RawSocket.AdvertsOf(host, lab.Switch);
        _thread = new Thread(Watch) { IsBackground = true, Name = "advert-pace" };
        _thread.Start();
    }

    /// <summary>Times between two adverts that followed each other, in the order in which they left.</summary>
    public IReadOnlyList<TimeSpan> Gaps
    {
        get
        {
            lock (_lock) return [.. _seen.Zip(_seen.Skip(1), (first, second) => second - first)];
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Watch()
    {
        Posix.BecomeRealTime(Priority);
        var waiting = new Posix.PollFd { Fd = _socket.Descriptor, Events = Posix.PollIn };
        Span<byte> frame = stackalloc byte[256];
        while (!_stopped)
        {
            if (Posix.poll(&waiting, 1, PollMilliseconds) <= 0) continue;
            while (_socket.Receive(frame) > 0)
            {
                lock (_lock) _seen.Add(LabClock.Now);
            }
        }
    }
}
