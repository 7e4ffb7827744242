using System.Net;
using System.Security.Cryptography;
using System.Text;
using AkkaFailover.Core.Settings;

namespace AkkaFailover.Core.Cluster;

/// <summary>The versions of the link's protocol that a node speaks, so that the nodes of a pair can be upgraded one after the other.</summary>
/// <param name="Min">The oldest it still speaks, at least 1.</param>
/// <param name="Max">The newest.</param>
public readonly record struct ProtocolRange(int Min, int Max)
{
    /// <summary>What this software speaks.</summary>
    public static readonly ProtocolRange Own = new(1, 1);

    /// <summary>The newest version that both speak; null where there is none.</summary>
    public int? Agree(ProtocolRange other)
    {
        var common = Math.Min(Max, other.Max);
        return common >= Math.Max(Min, other.Min) ? common : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Min == Max ? $"{Min}" : $"{Min} to {Max}";
}

/// <summary>What a node says of itself before anything else passes over the link.</summary>
/// <param name="Protocol">Versions of the link's protocol it speaks.</param>
/// <param name="Node">Its name.</param>
/// <param name="Software">Its software version, for people.</param>
/// <param name="Groups">Its groups.</param>
public sealed record Greeting(ProtocolRange Protocol, NodeName Node, string Software, IReadOnlyList<GroupGreeting> Groups);

/// <summary>What a node says of one group.</summary>
/// <param name="Name">The group.</param>
/// <param name="Timing">Advert interval and deadline.</param>
/// <param name="Addresses">Virtual addresses with their prefixes.</param>
/// <param name="Vhid">CARP's virtual host id.</param>
/// <param name="Key">What its passphrase looks like from outside.</param>
/// <param name="Lan">Its station on the group's LAN; null until its heartbeat knows it.</param>
public sealed record GroupGreeting(
    GroupName Name,
    HeartbeatTiming Timing,
    IReadOnlyList<string> Addresses,
    byte Vhid,
    KeyFingerprint Key,
    LanStation? Lan)
{
    /// <summary>A group as its settings make it.</summary>
    public static GroupGreeting Of(GroupSettings group, LanStation? lan) => new(
        group.Name,
        group.Heartbeat.Carp.Timing,
        [.. group.VirtualAddresses.Select(address => address.ToString())],
        group.Heartbeat.Carp.Vhid,
        KeyFingerprint.Of(group.Heartbeat.Carp.Passphrase),
        lan);
}

/// <summary>A station on the LAN.</summary>
public sealed record LanStation(IPAddress Source, MacAddress Mac);

/// <summary>Tells whether two nodes have the same passphrase without saying it: the first 8 octets of an HMAC-SHA-256 of a fixed text.</summary>
public readonly record struct KeyFingerprint(ulong Value)
{
    /// <summary>The fingerprint of a passphrase.</summary>
    public static KeyFingerprint Of(Secret passphrase)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(passphrase.Bytes, Encoding.ASCII.GetBytes("AkkaFailover passphrase fingerprint"), hash);
        return new KeyFingerprint(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash));
    }
}
