using System.Collections.Concurrent;
using System.Net;
using Akka.Actor;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;
using AkkaFailover.Core.Wire;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Linux.Heartbeat;
using AkkaFailover.Linux.Time;

namespace AkkaFailover.Daemon.Tests.Groups;

/// <summary>A heartbeat's surroundings: a LAN in memory, a silent guard, and a peer whose frames the test sends.</summary>
internal sealed class HeartbeatBench : ILanHost, IDisposable
{
    public const string Interface = "eth0";
    public static readonly IPAddress Own = IPAddress.Parse("192.0.2.1");
    public static readonly IPAddress Peer = IPAddress.Parse("192.0.2.2");
    public static readonly IPAddress Router = IPAddress.Parse("192.0.2.254");
    public static readonly IPAddress Virtual = IPAddress.Parse("192.0.2.222");
    public static readonly MacAddress PeerMac = new(0x0200_0000_0002);
    public static readonly MacAddress StrangerMac = new(0x0200_0000_0066);

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("heartbeat");

    public HeartbeatBench() => Carp = new CarpSettings(
        7, new Secret("secret"u8.ToArray()), 0, 13, 3, CarpPeer.Ours, CarpSourceMac.Virtual, IPAddress.Parse("224.0.0.18"), []);

    public FakeLan Lan { get; } = new();

    public FakeKeeper Keeper { get; } = new();

    public CarpSettings Carp { get; }

    public IReadOnlyList<IPAddress> Witnesses { get; init; } = [];

    public List<LanStation> Known { get; } = [];

    /// <summary>Nothing leaves any more.</summary>
    public volatile bool SendsFail;

    /// <summary>Hosts that answer at once.</summary>
    public ConcurrentDictionary<IPAddress, MacAddress> Alive { get; } = new();

    public List<IPAddress> OwnAddresses { get; } = [Virtual, Own];

    public LanRequest? Request { get; private set; }

    public HeartbeatContext Context(IActorRef link, IMonotonicClock? clock = null) => new(Group, new TermSeries(0, 2), clock ?? BootClock.Instance, this, Keeper, link, Path.Combine(_state.FullName, "vpn.peer"));

    /// <summary>Adverts that the peer, or somebody with another passphrase, would send.</summary>
    public CarpAdvertWriter Writer(Term term, string passphrase = "secret", byte vhid = 7)
    {
        var settings = Carp with { Vhid = vhid, Passphrase = new Secret(System.Text.Encoding.ASCII.GetBytes(passphrase)) };
        var writer = new CarpAdvertWriter(new CarpKey(settings.Passphrase, vhid, [Virtual]), settings, Peer, Lan.Open("peer", (_, _) => { }));
        writer.Begin(term);
        return writer;
    }

    public static byte[] Next(CarpAdvertWriter writer)
    {
        var frame = new byte[CarpFrame.Length];
        writer.WriteNext(frame);
        return frame;
    }

    public void Receive(byte[] frame) => Lan.Receive(Interface, frame, BootClock.Instance.Now);

    public void ReplyTo(ArpFrame question, MacAddress station)
    {
        var octets = new byte[ArpFrame.Length];
        ArpFrame.ReplyTo(question, station).Write(octets);
        Receive(octets);
    }

    public IReadOnlyList<CarpFrame> Adverts() =>
        [.. Lan.Sent.Select(s => (Refusal: CarpFrame.TryRead(s.Frame, out var frame), Frame: frame)).Where(s => s.Refusal == WireRefusal.None).Select(s => s.Frame)];

    public IReadOnlyList<ArpFrame> Questions(IPAddress target) =>
        [.. Lan.Sent.Select(s => (Refusal: ArpFrame.TryRead(s.Frame, out var frame), Frame: frame))
            .Where(s => s.Refusal == WireRefusal.None && s.Frame.TargetAddress == Ipv4Address.From(target)).Select(s => s.Frame)];

    public ILanPort Open(LanRequest request)
    {
        Request = request;
        return new AnsweredPort(this, Lan.Open(request.Interface, request.Handler));
    }

    public IAdvertSender CreateSender(ILanPort port, IAdvertWriter adverts, AdvertSenderOptions options) => new AdvertThread(port, adverts, options);

    public IReadOnlyList<IPAddress> Addresses(string interfaceName) => OwnAddresses;

    public IReadOnlyList<LanStation> Neighbours(string interfaceName, int limit) => [.. Known.Take(limit)];

    public IReadOnlyList<IPAddress> Gateways(string interfaceName) => [];

    public void Dispose() => _state.Delete(recursive: true);

    private GroupSettings Group
    {
        get
        {
            _ = GroupName.TryParse("vpn", out var name);
            return new GroupSettings(
                name, Interface, [new VirtualAddress(Virtual, 24, Interface)], new HeartbeatSettings(null, Carp), ProbeAddress: true, Witnesses,
                new ReplicaSettings(true, AcknowledgeMode.Both, TimeSpan.FromSeconds(20)), new NoService());
        }
    }

    private sealed class AnsweredPort(HeartbeatBench bench, ILanPort port) : ILanPort
    {
        public MacAddress Mac => port.Mac;

        public bool TrySend(ReadOnlySpan<byte> frame)
        {
            var left = !bench.SendsFail && port.TrySend(frame);
            if (left && ArpFrame.TryRead(frame, out var question) == WireRefusal.None && bench.Alive.TryGetValue(question.TargetAddress.ToIPAddress(), out var station))
                bench.ReplyTo(question, station);
            return left;
        }

        public void Dispose() => port.Dispose();
    }
}
