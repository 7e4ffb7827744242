using System.Collections.Concurrent;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Daemon.Tests.Groups;

/// <summary>A guard that does nothing by itself: it writes down what it is told, and says what the test tells it to.</summary>
internal sealed class FakeKeeper : IAddressKeeper
{
    public event Action<KeeperReport>? Reported;

    public BlockingCollection<string> Calls { get; } = [];

    public int GuardPid { get; set; } = 4711;

    public Moment LeaseUntil { get; set; }

    public void Say(KeeperReport report) => Reported?.Invoke(report);

    public void Extend(Moment until) => LeaseUntil = until;

    public void ArmRelease(ReadOnlySpan<byte> frame) => Calls.Add($"arm {frame.Length} bytes");

    public void ArmService(int processGroup, string controlGroup = "") => Calls.Add($"service {processGroup}{controlGroup}");

    public void Hold(Term term) => Calls.Add($"hold {term}");

    public void Release(string reason) => Calls.Add($"release: {reason}");

    public void EndLease() => Calls.Add("end of the lease");

    public void Dispose() => Calls.Dispose();
}

/// <summary>A LAN without anybody, unless the test speaks for somebody.</summary>
internal sealed class FakeLan
{
    private readonly ConcurrentDictionary<string, FrameHandler> _handlers = new();

    public static MacAddress Mac { get; } = new(0x0200_0000_0001);

    public ConcurrentQueue<(string Interface, byte[] Frame)> Sent { get; } = new();

    public bool Broken { get; set; }

    /// <summary>Answers each ARP request at once with these octets, through the port that sent it; for ports that are opened from now on.</summary>
    public byte[]? ArpAnswer { get; set; }

    public ILanPort Open(string interfaceName, FrameHandler handler)
    {
        if (Broken) throw new IOException($"there is no interface {interfaceName}");
        _handlers[interfaceName] = handler;
        return new Port(this, interfaceName, ArpAnswer is { } answer ? at => handler(answer, at) : _ => { });
    }

    public void Receive(string interfaceName, byte[] frame, Moment at)
    {
        if (_handlers.TryGetValue(interfaceName, out var handler)) handler(frame, at);
    }

    private sealed class Port(FakeLan lan, string interfaceName, Action<Moment> answer) : ILanPort
    {
        public MacAddress Mac => FakeLan.Mac;

        public bool TrySend(ReadOnlySpan<byte> frame)
        {
            lan.Sent.Enqueue((interfaceName, frame.ToArray()));
            if (ArpFrame.TryRead(frame, out var arp) == WireRefusal.None && !arp.IsGratuitous) answer(Moment.Zero);
            return true;
        }

        public void Dispose() => lan._handlers.TryRemove(interfaceName, out _);
    }
}
