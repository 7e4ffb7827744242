using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Wire;

namespace AkkaFailover.Daemon.Groups;

/// <summary>The alarms that received frames cause.</summary>
internal sealed class HeartbeatAlarms(AdvertReceiver adverts, StationWatch stations, byte vhid)
{
    // Other groups, and VRRP, which shares CARP's protocol number and group: honest neighbours.
    private static readonly WireRefusal[] Harmless =
        [WireRefusal.None, WireRefusal.OtherVhid, WireRefusal.OtherDestination, WireRefusal.CarpVersion, WireRefusal.CarpAuthLength];

    private static readonly WireRefusal[] Bad =
        [.. Enum.GetValues<WireRefusal>().Except(Harmless).Except([WireRefusal.BadDigest, WireRefusal.TermJump])];

    private readonly QuietingAlarm _key = new(AlarmKind.KeyMismatch);
    private readonly QuietingAlarm _bad = new(AlarmKind.BadAdverts);
    private readonly QuietingAlarm _jump = new(AlarmKind.TermJump);
    private readonly QuietingAlarm _conflict = new(AlarmKind.AddressConflict);

    /// <summary>What has changed since the last look.</summary>
    /// <param name="now">Now.</param>
    public IEnumerable<ElectionEffect> Look(Moment now)
    {
        ElectionEffect?[] effects =
        [
            _key.Look(adverts.Refused(WireRefusal.BadDigest), KeyText, now),
            _bad.Look(Bad.Sum(adverts.Refused) - adverts.RepeatedReleases, BadText, now),
            _jump.Look(adverts.Refused(WireRefusal.TermJump), JumpText, now),
            _conflict.Look(stations.Strangers, ConflictText, now),
        ];
        return effects.OfType<ElectionEffect>();
    }

    private string KeyText() =>
        $"{adverts.LastSource(WireRefusal.BadDigest)} sends adverts of our vhid {vhid} with another passphrase or address list: compare carp.passphrase and virtual-addresses of all nodes, or give the other group another vhid";

    private string BadText() =>
        $"somebody repeats, forges or damages adverts, without effect: {string.Join(", ", Bad.Where(r => adverts.Refused(r) > 0).Select(r => $"{r.Word()} {adverts.Refused(r)} (last from {adverts.LastSource(r)})"))}; the source may be forged: find the port of the switch where they come in";

    private string JumpText() =>
        $"{adverts.LastSource(WireRefusal.TermJump)} advertises a term more than {Term.MaxJump} above any seen: if it is right, the link to it must tell so first";

    private string ConflictText() =>
        $"{stations.Stranger?.Mac} says that it has {stations.Stranger?.Address}, but is neither this node nor the peer: find that station, and take the address off it";
}
