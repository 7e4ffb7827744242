using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Wire;
using AkkaFailover.Linux.Native;
using AkkaFailover.Linux.Time;
using Microsoft.Win32.SafeHandles;

namespace AkkaFailover.Linux.Links;

/// <summary>
/// An interface open for ARP and neighbour advertisements. A plain packet socket: it is open for seconds after a claim, so
/// a capture with its ring of megabytes would be made and dropped each time.
/// </summary>
public sealed class NeighbourPort : ILanPort
{
    private const uint IcmpV6 = 58;
    private const uint Advertisement = 136;
    private const uint WholeFrame = 65_535;

    private static readonly FilterStep[] ArpOrAdvertisement =
    [
        FilterStep.LoadHalf(12),
        FilterStep.JumpIfEqual(EthernetHeader.Arp, ifTrue: 5, ifFalse: 0),
        FilterStep.JumpIfEqual(EthernetHeader.Ipv6, ifTrue: 0, ifFalse: 5),
        FilterStep.LoadByte(20),
        FilterStep.JumpIfEqual(IcmpV6, ifTrue: 0, ifFalse: 3),
        FilterStep.LoadByte(54),
        FilterStep.JumpIfEqual(Advertisement, ifTrue: 0, ifFalse: 1),
        FilterStep.Return(WholeFrame),
        FilterStep.Return(0),
    ];

    private readonly SafeFileHandle _socket;
    private readonly SafeFileHandle _wakeUp = Descriptors.CreateWakeUp();
    private readonly FrameHandler _handler;
    private readonly Thread _thread;
    private volatile bool _closing;

    private NeighbourPort(string interfaceName, FrameHandler handler)
    {
        _handler = handler;
        _socket = RawSockets.OpenFiltered(interfaceName, ArpOrAdvertisement, out var mac);
        Mac = mac;
        _thread = new Thread(Receive) { Name = $"neighbours-{interfaceName}", IsBackground = true };
    }

    /// <inheritdoc/>
    public MacAddress Mac { get; }

    /// <summary>Opens an interface; a <see cref="NeighbourPortOpener"/>.</summary>
    /// <exception cref="IOException">CAP_NET_RAW is missing, or there is no such interface.</exception>
    public static ILanPort Open(string interfaceName, FrameHandler handler)
    {
        var port = new NeighbourPort(interfaceName, handler);
        port._thread.Start();
        return port;
    }

    /// <inheritdoc/>
    public bool TrySend(ReadOnlySpan<byte> frame) => RawSockets.Send(_socket, frame);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_closing) return;
        _closing = true;
        Descriptors.Wake(_wakeUp);
        _thread.Join();
        _socket.Dispose();
        _wakeUp.Dispose();
    }

    private void Receive()
    {
        // Longer than any frame of the two kinds; what is longer is cut off and then refused.
        Span<byte> frame = stackalloc byte[2048];
        Span<PollEntry> entries = [new PollEntry((int)_socket.DangerousGetHandle()), new PollEntry((int)_wakeUp.DangerousGetHandle())];
        while (!_closing)
        {
            Descriptors.Poll(entries, timeoutMilliseconds: -1);
            var length = RawSockets.Receive(_socket, frame, wait: false);
            if (length > 0) _handler(frame[..length], BootClock.Instance.Now);
        }
    }
}
