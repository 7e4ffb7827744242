using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Ports;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Groups;

/// <summary>The peer's facts in memory, stored when they have changed, but not more often than it is worth.</summary>
internal sealed class PeerRecord
{
    private readonly PeerFile _file;
    private readonly IMonotonicClock _clock;
    private readonly TimeSpan _spacing;
    private Moment _next = Moment.Zero;
    private PeerFacts _stored;

    /// <summary>Reads what was stored.</summary>
    public PeerRecord(PeerFile file, CarpPeer kind, IMonotonicClock clock)
    {
        _file = file;
        _clock = clock;
        // Of a peer of ours one counter is stored, of a ucarp peer thousands.
        _spacing = kind == CarpPeer.Ours ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1);
        Facts = _stored = file.Load();
    }

    /// <summary>What is known now.</summary>
    public PeerFacts Facts { get; private set; }

    /// <summary>The peer has said what it is on the LAN.</summary>
    public void Know(IPAddress address, MacAddress mac) => Facts = Facts with { Address = address, Mac = mac };

    /// <summary>Stores what is known, if that has changed and the last time was long enough ago.</summary>
    public void SaveSometimes(IReadOnlyList<ulong> counters)
    {
        if (_clock.Now < _next) return;
        Save(counters);
    }

    /// <summary>Stores what is known, if that has changed.</summary>
    public void Save(IReadOnlyList<ulong> counters)
    {
        Facts = Facts with { Counters = counters };
        if (Equals(Facts.Address, _stored.Address) && Facts.Mac == _stored.Mac && counters.SequenceEqual(_stored.Counters)) return;
        if (!_file.TrySave(Facts)) return;
        _stored = Facts;
        _next = _clock.Now + _spacing;
    }
}
