using System.Runtime.InteropServices;
using AkkaFailover.Lab.Native;
using AkkaFailover.Lab.Network;
using AkkaFailover.Lab.Observation;

namespace AkkaFailover.Lab.Attacks;

/// <summary>Sends frames out of a host at a rate, in turn and over again, until it is disposed of.</summary>
public sealed unsafe class Flood : IDisposable
{
    private const int Batch = 64;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);

    private readonly RawSocket _socket;
    private readonly byte[][] _frames;
    private readonly int _perSecond;
    private readonly Moment _started = LabClock.Now;
    private readonly Thread _thread;
    private long _sent;
    private volatile bool _stopped;

    /// <summary>Begins.</summary>
    /// <param name="from">The host.</param>
    /// <param name="frames">Whole Ethernet frames, at least one.</param>
    /// <param name="perSecond">How many; fewer leave where the machine cannot do that.</param>
    public Flood(LabHost from, IReadOnlyList<byte[]> frames, int perSecond)
    {
        // Pinned: the kernel is given addresses.
        _frames = [.. frames.Select(frame =>
        {
            var pinned = GC.AllocateUninitializedArray<byte>(frame.Length, pinned: true);
            frame.CopyTo(pinned, 0);
            return pinned;
        })];
        _perSecond = perSecond;
        _socket = RawSocket.FrameSender(from);
        _thread = new Thread(Send) { IsBackground = true, Name = "flood" };
        _thread.Start();
    }

    /// <summary>Frames that have left.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Frames a second that have left since the begin.</summary>
    public double Rate => Sent / (LabClock.Now - _started).TotalSeconds;

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Send()
    {
        var vectors = stackalloc Posix.IoVector[Batch];
        var messages = stackalloc Posix.MessageHeader[Batch];
        for (var i = 0; i < Batch; i++) messages[i] = new Posix.MessageHeader { Vectors = &vectors[i], VectorCount = 1 };
        while (!_stopped)
        {
            var now = LabClock.Now;
            var due = (long)((now - _started).TotalSeconds * _perSecond) - _sent;
            if (due <= 0) Posix.SleepUntil(now + Pace);
            else SendBatch(messages, vectors, (int)Math.Min(due, Batch));
        }
    }

    private void SendBatch(Posix.MessageHeader* messages, Posix.IoVector* vectors, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var frame = _frames[(_sent + i) % _frames.Length];
            vectors[i] = new Posix.IoVector { Start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(frame, 0), Length = frame.Length };
        }
        var sent = Posix.sendmmsg(_socket.Descriptor, messages, (uint)count, 0);
        if (sent > 0) Volatile.Write(ref _sent, _sent + sent);
    }
}
