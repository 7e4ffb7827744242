using System.Collections.Immutable;
using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Announcements;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Groups;

/// <summary>Another station said that it has one of the group's addresses: to everybody, or to this node alone.</summary>
public sealed record AddressHeardElsewhere(IPAddress Address, MacAddress Station, bool ToAll);

/// <summary>The interfaces of a group's addresses, open for announcements and probes.</summary>
internal sealed class NeighbourPorts : IDisposable
{
    // A flood of claims must not become a flood of messages: one in so long is enough for every decision.
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(20);

    private readonly IReadOnlyList<VirtualAddress> _addresses;
    private readonly Action<AddressHeardElsewhere> _heard;
    // A port receives as soon as it is open, on a thread of its own, before it is entered here.
    private volatile ImmutableDictionary<string, ILanPort> _ports = ImmutableDictionary<string, ILanPort>.Empty;

    /// <summary>Opens the interfaces; one that cannot be opened is left out, and named in <see cref="Failure"/>.</summary>
    /// <param name="addresses">The group's addresses.</param>
    /// <param name="open">Opens one.</param>
    /// <param name="heard">Called on the ports' threads; must not block.</param>
    public NeighbourPorts(IReadOnlyList<VirtualAddress> addresses, NeighbourPortOpener open, Action<AddressHeardElsewhere> heard)
    {
        _addresses = addresses;
        _heard = heard;
        foreach (var name in addresses.Select(a => a.Interface).Distinct())
        {
            try
            {
                _ports = _ports.Add(name, open(name, [.. addresses.Select(a => a.Address)], Handler()));
            }
            catch (IOException e)
            {
                Failure = e.Message;
            }
        }
    }

    /// <summary>Why an interface could not be opened; null where all are open.</summary>
    public string? Failure { get; }

    /// <summary>Announces all addresses.</summary>
    /// <param name="isLeased">Looked at for each frame: opening the interfaces takes milliseconds, and the process may have stood still since.</param>
    /// <returns>Frames that left.</returns>
    public int Announce(Func<bool> isLeased) => Send(AddressFrames.Announcements, isLeased);

    /// <summary>Asks everybody for all addresses.</summary>
    public void Probe() => Send((address, mac) => [AddressFrames.Probe(address, mac)], () => true);

    public void Dispose()
    {
        foreach (var port in _ports.Values) port.Dispose();
    }

    private int Send(Func<IPAddress, MacAddress, IReadOnlyList<byte[]>> frames, Func<bool> mayLeave)
    {
        var sent = 0;
        foreach (var address in _addresses)
        {
            if (!_ports.TryGetValue(address.Interface, out var port)) continue;
            foreach (var frame in frames(address.Address, port.Mac))
                if (mayLeave() && port.TrySend(frame)) sent++;
        }
        return sent;
    }

    private FrameHandler Handler()
    {
        var next = Moment.Zero;
        return (frame, at) =>
        {
            if (at < next || !AddressFrames.TryReadHolder(frame, out var address, out var station)) return;
            if (IsOwn(station) || !_addresses.Any(a => a.Address.Equals(address))) return;
            next = at + Spacing;
            _heard(new AddressHeardElsewhere(address, station, AddressFrames.IsToAll(frame)));
        };
    }

    private bool IsOwn(MacAddress station)
    {
        foreach (var port in _ports.Values)
            if (port.Mac == station) return true;
        return false;
    }
}
