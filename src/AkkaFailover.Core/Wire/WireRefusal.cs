using System.Collections.Frozen;

namespace AkkaFailover.Core.Wire;

/// <summary>Why a received frame has no effect; each reason is a counter, whose name is <see cref="WireRefusals.Word"/>.</summary>
public enum WireRefusal
{
    /// <summary>Not refused.</summary>
    None,

    /// <summary>It ends before its headers do.</summary>
    TooShort,

    /// <summary>Another Ethernet type than the one asked for.</summary>
    EtherType,

    /// <summary>Another IP version in the IP header.</summary>
    IpVersion,

    /// <summary>The IP header has options or claims to be too short.</summary>
    IpOptions,

    /// <summary>The IP length lies beyond the frame or does not fit the message.</summary>
    IpTotalLength,

    /// <summary>A fragment.</summary>
    IpFragment,

    /// <summary>TTL or hop limit is not 255: it may have crossed a router.</summary>
    IpTtl,

    /// <summary>Another IP protocol.</summary>
    IpProtocol,

    /// <summary>The IP header's checksum is wrong.</summary>
    IpChecksum,

    /// <summary>Not CARP version 2 (VRRPv3 shares the protocol number).</summary>
    CarpVersion,

    /// <summary>Not an advertisement.</summary>
    CarpType,

    /// <summary>Another length of counter and digest (VRRPv2 shares version and type).</summary>
    CarpAuthLength,

    /// <summary>The CARP checksum is wrong, whatever the IP checksum is (finding U13).</summary>
    CarpChecksum,

    /// <summary>A group with another number: not for us.</summary>
    OtherVhid,

    /// <summary>Sent to another multicast group.</summary>
    OtherDestination,

    /// <summary>Our own frame, or somebody with our source address.</summary>
    OwnFrame,

    /// <summary>Our number, but another passphrase or address list: the sender is misconfigured or a stranger.</summary>
    BadDigest,

    /// <summary>Rightly signed, but not sent from the address of a known peer (findings U2 and U3).</summary>
    UnknownSource,

    /// <summary>Between our own nodes: no term in the counter, so it is no advert of ours.</summary>
    NoTerm,

    /// <summary>A counter of this node, sent by somebody else: a replay.</summary>
    OwnTerm,

    /// <summary>The term is more than <see cref="Term.MaxJump"/> above any seen.</summary>
    TermJump,

    /// <summary>The counter is not newer than those accepted before: a replay (findings U1, U2 and U3).</summary>
    Replayed,

    /// <summary>Not ARP for IPv4 over Ethernet, or neither request nor reply.</summary>
    ArpForm,

    /// <summary>Another ICMPv6 message than the one asked for.</summary>
    NdpType,

    /// <summary>The ICMPv6 checksum is wrong.</summary>
    NdpChecksum,

    /// <summary>An option of length zero or beyond the message.</summary>
    NdpOption,
}

/// <summary>The words of refusals.</summary>
public static class WireRefusals
{
    private static readonly FrozenDictionary<WireRefusal, string> Words = Enum.GetValues<WireRefusal>().ToFrozenDictionary(refusal => refusal, Kebab);

    /// <summary>The reason in kebab case, as counters, <c>heartbeat peek</c> and logs write it; no allocation.</summary>
    public static string Word(this WireRefusal refusal) => Words[refusal];

    private static string Kebab(WireRefusal refusal) =>
        string.Concat(refusal.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));
}
