using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Time;
using SharpPcap;

namespace AkkaFailover.Linux.Lan;

/// <summary>
/// An interface through libpcap: immediate mode, never promiscuous. A thread of its own hands frames on, and opens the
/// interface anew after it was deleted and came back.
/// </summary>
public sealed class PcapPort : ILanPort
{
    /// <summary>Pause between two attempts to open an interface that is gone or down.</summary>
    private const int ReopenMilliseconds = 100;

    /// <summary>The kernel wakes the thread for a frame and for a deletion; this is for a kernel that does not.</summary>
    private const int IdleMilliseconds = 1_000;

    /// <summary>So often in a second the thread wakes for the first frame that comes: many times what a pair sends.</summary>
    private const int PromptWakes = 1_000;

    /// <summary>Beyond that it lets frames gather for so long: in a flood, waking for each would cost more than reading it.</summary>
    private const int GatherMilliseconds = 1;

    private readonly LanRequest _request;
    private readonly RateBudget _wakes = new(PromptWakes);
    private readonly BootTimer _wake = new();
    private readonly Thread _thread;
    private volatile LanDevice? _device;
    private volatile bool _ended;
    private ulong _mac;

    /// <summary>Opens the interface, or waits for it to come up where it is down.</summary>
    /// <exception cref="LanUnavailableException">No such interface, not permitted, or libpcap is missing.</exception>
    public PcapPort(LanRequest request)
    {
        _request = request;
        Use(LanDevice.TryOpen(request));
        _thread = new Thread(Capture) { IsBackground = true, Name = $"capture {request.Interface}" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public MacAddress Mac => new(Volatile.Read(ref _mac));

    /// <inheritdoc/>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        try
        {
            if (_device is not { } device) return false;
            device.SendPacket(frame);
            return true;
        }
        catch (Exception e) when (e is PcapException or DeviceNotReadyException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Ends the capture's thread, then closes the interface: the other way round libpcap would crash the process.</summary>
    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        _wake.Wake();
        _thread.Join();
        Use(null);
        _wake.Dispose();
    }

    private void Capture()
    {
        while (!_ended)
        {
            Span<PollEntry> waited = [new PollEntry(_device?.Descriptor ?? -1), new PollEntry(_wake.Descriptor)];
            Descriptors.Poll(waited, _device is null ? ReopenMilliseconds : IdleMilliseconds);
            if (!_wakes.Take(BootClock.Instance.Now)) Descriptors.Poll(waited[1..], GatherMilliseconds);
            if (_device is { } device) Drain(device);
            else Reopen();
        }
    }

    private void Drain(LanDevice device)
    {
        int result;
        while ((result = device.Next(out var frame)) > 0 && !_ended) _request.Handler(frame, BootClock.Instance.Now);
        if (result < 0) Use(null);
    }

    private void Reopen()
    {
        try
        {
            if (!_ended && RawSockets.IndexOf(_request.Interface) != 0) Use(LanDevice.TryOpen(_request));
        }
        catch (LanUnavailableException)
        {
            // It was there at the start, so it is on its way out or in: the next attempt tells.
        }
    }

    private void Use(LanDevice? device)
    {
        var before = _device;
        if (device is not null) Volatile.Write(ref _mac, device.Mac.Value);
        _device = device;
        before?.Close();
    }
}
