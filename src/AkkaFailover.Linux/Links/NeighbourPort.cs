using System.Net;
using System.Net.Sockets;
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

    /// <summary>1,000 frames a second: what a flood brings beyond that, the kernel drops when the socket's buffer is full, at no cost of this process.</summary>
    private const int Burst = 20, PauseMilliseconds = 20;

    private readonly SafeFileHandle _socket;
    private readonly SafeFileHandle _wakeUp = Descriptors.CreateWakeUp();
    private readonly FrameHandler _handler;
    private readonly Thread _thread;
    private volatile bool _closing;

    private NeighbourPort(string interfaceName, IReadOnlyCollection<IPAddress> addresses, FrameHandler handler)
    {
        _handler = handler;
        _socket = RawSockets.OpenFiltered(interfaceName, Filter(addresses), out var mac);
        Mac = mac;
        _thread = new Thread(Receive) { Name = $"neighbours-{interfaceName}", IsBackground = true };
    }

    /// <inheritdoc/>
    public MacAddress Mac { get; }

    /// <summary>Opens an interface; a <see cref="NeighbourPortOpener"/>.</summary>
    /// <exception cref="IOException">CAP_NET_RAW is missing, or there is no such interface.</exception>
    public static ILanPort Open(string interfaceName, IReadOnlyCollection<IPAddress> addresses, FrameHandler handler)
    {
        var port = new NeighbourPort(interfaceName, addresses, handler);
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

    /// <summary>ARP with one of the addresses as its sender's, and neighbour advertisements.</summary>
    private static FilterStep[] Filter(IReadOnlyCollection<IPAddress> addresses)
    {
        List<uint> wanted = [.. addresses.Where(a => a.AddressFamily == AddressFamily.InterNetwork).Select(a => Ipv4Address.From(a).Value)];
        var count = wanted.Count;
        return
        [
            FilterStep.LoadHalf(12),
            FilterStep.JumpIfEqual(EthernetHeader.Arp, ifTrue: 0, ifFalse: (byte)(count + 2)),
            FilterStep.LoadWord(28),
            .. wanted.Select((address, i) => FilterStep.JumpIfEqual(address, ifTrue: checked((byte)(count - i + 5)), ifFalse: 0)),
            FilterStep.Return(0),
            FilterStep.JumpIfEqual(EthernetHeader.Ipv6, ifTrue: 0, ifFalse: 5),
            FilterStep.LoadByte(20),
            FilterStep.JumpIfEqual(IcmpV6, ifTrue: 0, ifFalse: 3),
            FilterStep.LoadByte(54),
            FilterStep.JumpIfEqual(Advertisement, ifTrue: 0, ifFalse: 1),
            FilterStep.Return(WholeFrame),
            FilterStep.Return(0),
        ];
    }

    private void Receive()
    {
        // Longer than any frame of the two kinds; what is longer is cut off and then refused.
        Span<byte> frame = stackalloc byte[2048];
        Span<PollEntry> entries = [new PollEntry((int)_socket.DangerousGetHandle()), new PollEntry((int)_wakeUp.DangerousGetHandle())];
        while (!_closing)
        {
            Descriptors.Poll(entries, timeoutMilliseconds: -1);
            var read = 0;
            for (int length; read < Burst && (length = RawSockets.Receive(_socket, frame, wait: false)) > 0; read++) _handler(frame[..length], BootClock.Instance.Now);
            if (read == Burst) Descriptors.Poll(entries[1..], PauseMilliseconds);
        }
    }
}
