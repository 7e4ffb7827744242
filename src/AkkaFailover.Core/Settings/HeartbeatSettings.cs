using System.Net;

namespace AkkaFailover.Core.Settings;

/// <summary>The heartbeat of a group.</summary>
/// <param name="SourceAddress">Source of adverts and probes; null for the interface's first address.</param>
/// <param name="Carp">CARP's parameters, the only protocol of this version.</param>
public sealed record HeartbeatSettings(IPAddress? SourceAddress, CarpSettings Carp);

/// <summary>Who sends the other adverts of the group.</summary>
public enum CarpPeer
{
    /// <summary>AkkaFailover: the counter carries term and release.</summary>
    Ours,

    /// <summary>ucarp: random counters, no release, no cluster link.</summary>
    Ucarp,
}

/// <summary>Which source MAC adverts carry.</summary>
public enum CarpSourceMac
{
    /// <summary>00:00:5e:00:00:VHID, as ucarp does.</summary>
    Virtual,

    /// <summary>The interface's own.</summary>
    Interface,
}

/// <summary>CARP's parameters (FORMATS section 1).</summary>
/// <param name="Vhid">1–255.</param>
/// <param name="Passphrase">1–19 bytes for ucarp peers, up to 20 between our own nodes; never logged.</param>
/// <param name="AdvBase">Whole seconds, 0–254.</param>
/// <param name="AdvSkew">1/256 s, 0–254; not 0 where <paramref name="AdvBase"/> is 0.</param>
/// <param name="DeadRatio">Missed adverts until the deadline, 2 or more.</param>
/// <param name="Peer">Our own node, or ucarp.</param>
/// <param name="SourceMac">Virtual or the interface's.</param>
/// <param name="Destination">Multicast group, 224.0.0.18.</param>
/// <param name="PeerAddresses">With a ucarp peer: source addresses that count; empty for any.</param>
public sealed record CarpSettings(
    byte Vhid,
    Secret Passphrase,
    byte AdvBase,
    byte AdvSkew,
    int DeadRatio,
    CarpPeer Peer,
    CarpSourceMac SourceMac,
    IPAddress Destination,
    IReadOnlyList<IPAddress> PeerAddresses)
{
    /// <summary>Interval and deadline as the design's section 4 computes them.</summary>
    public HeartbeatTiming Timing
    {
        get
        {
            var skew = TimeSpan.FromMicroseconds(AdvSkew * 1_000_000L / 256);
            var interval = TimeSpan.FromSeconds(AdvBase) + skew;
            var deadline = AdvBase == 0 ? interval * DeadRatio : (TimeSpan.FromSeconds(AdvBase) * DeadRatio) + skew;
            return new HeartbeatTiming(interval, deadline);
        }
    }
}

/// <summary>How often a node sends and when its silence counts.</summary>
/// <param name="Interval">I: between two adverts.</param>
/// <param name="Deadline">D: silence after which the sender is gone.</param>
public readonly record struct HeartbeatTiming(TimeSpan Interval, TimeSpan Deadline);

/// <summary>Bytes that never show in a log, a table or a debugger's text.</summary>
public sealed class Secret(byte[] bytes)
{
    /// <summary>The bytes themselves.</summary>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <inheritdoc/>
    public override string ToString() => "(secret)";
}
