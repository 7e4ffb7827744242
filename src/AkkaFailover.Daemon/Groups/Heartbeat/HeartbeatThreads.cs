using System.Buffers.Binary;
using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Daemon.Groups;

/// <summary>The open interface of a heartbeat, the threads that send and receive there, and what they share with the actor.</summary>
internal sealed class HeartbeatThreads : IDisposable
{
    private readonly ILanPort _port;
    private readonly CarpAdvertWriter _writer;
    private readonly TracedPort _advertPort;

    /// <summary>Opens the interface and begins to receive; nothing is sent yet.</summary>
    /// <param name="context">What to work with.</param>
    /// <param name="remembered">What is known of the peer.</param>
    /// <param name="tell">Takes inputs of the election, on any thread.</param>
    /// <param name="heard">Takes answers of other hosts, on any thread.</param>
    /// <exception cref="LanUnavailableException">The interface cannot be used, or has no IPv4 address.</exception>
    public HeartbeatThreads(HeartbeatContext context, PeerFacts remembered, Action<ElectionInput> tell, Action<LanStation> heard)
    {
        var group = context.Group;
        var carp = group.Heartbeat.Carp;
        List<IPAddress> addresses = [.. group.VirtualAddresses.Select(a => a.Address)];
        Source = context.Source();
        var key = new CarpKey(carp.Passphrase, carp.Vhid, addresses);
        Trace = new AdvertTrace(context.Clock);
        Adverts = new AdvertReceiver(new AdvertVerifier(key, carp, Source, context.Terms, remembered.Counters), Trace, advert => tell(new AdvertHeard(advert)));
        Stations = new StationWatch(addresses, () => Mac, tell, heard) { Peer = remembered.Mac };
        _port = context.Open(Receive);
        _advertPort = new TracedPort(_port, Trace);
        _writer = new CarpAdvertWriter(key, carp, Source, _port);
        Sender = context.Lan.CreateSender(
            _advertPort, _writer, new AdvertSenderOptions(group.Name.Value, carp.Timing.Interval, context.Keeper, reason => tell(new LeaseLost(reason))));
    }

    /// <summary>Source address of adverts and questions.</summary>
    public IPAddress Source { get; }

    /// <summary>This node's station; another one after the interface was replaced.</summary>
    public MacAddress Mac => _port?.Mac ?? default;

    /// <summary>Sends adverts.</summary>
    public IAdvertSender Sender { get; }

    /// <summary>Received adverts.</summary>
    public AdvertReceiver Adverts { get; }

    /// <summary>Answers on the LAN.</summary>
    public StationWatch Stations { get; }

    /// <summary>The last adverts.</summary>
    public AdvertTrace Trace { get; }

    /// <summary>The release advert of a term, signed.</summary>
    public byte[] Release(Term term) => _writer.Release(term);

    /// <summary>Sends a release advert, twice as one frame may be lost.</summary>
    public void SendRelease(Term term)
    {
        var frame = Release(term);
        _ = _advertPort.TrySend(frame);
        _ = _advertPort.TrySend(frame);
    }

    /// <summary>Asks for an address.</summary>
    /// <param name="target">The address.</param>
    /// <param name="to">The station asked; null for all.</param>
    /// <returns>False where the question did not leave.</returns>
    public bool Ask(IPAddress target, MacAddress? to) => _port.TrySend(LanFrames.Question(target, to, Mac, Source));

    /// <summary>Ends the threads, then closes the interface.</summary>
    public void Dispose()
    {
        Sender.Dispose();
        _port.Dispose();
    }

    private void Receive(ReadOnlySpan<byte> frame, Moment at)
    {
        if (frame.Length < EthernetHeader.Length) return;
        var etherType = BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        if (etherType == EthernetHeader.Ipv4) Adverts.Receive(frame, at);
        else Stations.Receive(frame, at);
    }
}
