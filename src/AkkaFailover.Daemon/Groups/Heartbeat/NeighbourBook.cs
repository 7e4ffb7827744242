using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;

namespace AkkaFailover.Daemon.Groups;

/// <summary>
/// Hosts of the group's LAN that may answer: gateways, the kernel's neighbours, what the peer hears, and whoever has answered
/// before. Who did not answer when asked last comes after those who did, so that hosts that are gone give way to others.
/// </summary>
internal sealed class NeighbourBook
{
    private const int Capacity = 64;
    private readonly Dictionary<IPAddress, Entry> _entries = [];

    /// <summary>Notes a host that may be there.</summary>
    public void Learn(IPAddress address, MacAddress? mac = null)
    {
        if (_entries.TryGetValue(address, out var known)) _entries[address] = known with { Mac = known.Mac ?? mac };
        else if (_entries.Count < Capacity) _entries[address] = new Entry(mac, Moment.Zero, 0);
        else if (_entries.MaxBy(entry => entry.Value.Missed) is { Value.Missed: > 0 } lost)
        {
            _entries.Remove(lost.Key);
            _entries[address] = new Entry(mac, Moment.Zero, 0);
        }
    }

    /// <summary>A host that was asked is there.</summary>
    public void Answered(LanStation station, Moment at)
    {
        if (_entries.ContainsKey(station.Address)) _entries[station.Address] = new Entry(station.Mac, at, 0);
    }

    /// <summary>A host did not answer a whole round.</summary>
    public void Missed(IPAddress address)
    {
        if (_entries.TryGetValue(address, out var known)) _entries[address] = known with { Missed = known.Missed + 1 };
    }

    /// <summary>The station that a host had last; null where it is not known.</summary>
    public MacAddress? StationOf(IPAddress address) => _entries.TryGetValue(address, out var known) ? known.Mac : null;

    /// <summary>Whom to ask: who is likeliest to answer first.</summary>
    public IReadOnlyList<IPAddress> Choose(int limit) =>
        [.. _entries.OrderBy(entry => entry.Value.Missed).ThenByDescending(entry => entry.Value.LastAnswer.Nanoseconds).Select(entry => entry.Key).Take(limit)];

    /// <summary>Who answered when asked last, the latest first.</summary>
    public IReadOnlyList<IPAddress> Heard(int limit) =>
        [.. _entries.Where(entry => entry.Value.Missed == 0 && entry.Value.LastAnswer > Moment.Zero)
            .OrderByDescending(entry => entry.Value.LastAnswer.Nanoseconds).Select(entry => entry.Key).Take(limit)];

    private readonly record struct Entry(MacAddress? Mac, Moment LastAnswer, int Missed);
}
