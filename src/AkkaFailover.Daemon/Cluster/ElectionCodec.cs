using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Daemon.Cluster.Wire;
using Google.Protobuf;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>The wire form of beats, releases and neighbours.</summary>
public sealed class ElectionCodec : IPayloadCodec
{
    private const string BeatManifest = "beat";
    private const string ReleasedManifest = "released";
    private const string NeighboursManifest = "neighbours";
    private const int MaxText = 1024;

    private static readonly (Role Role, RoleCode Code)[] Roles =
    [
        (Role.Starting, RoleCode.RoleStarting), (Role.Standby, RoleCode.RoleStandby), (Role.Replaying, RoleCode.RoleReplaying),
        (Role.Claiming, RoleCode.RoleClaiming), (Role.Active, RoleCode.RoleActive), (Role.Releasing, RoleCode.RoleReleasing),
        (Role.Fault, RoleCode.RoleFault), (Role.Maintenance, RoleCode.RoleMaintenance),
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Manifests { get; } = [BeatManifest, ReleasedManifest, NeighboursManifest];

    /// <inheritdoc/>
    public EncodedPayload? TryEncode(LinkPayload payload) => payload switch
    {
        Beat beat => new EncodedPayload(BeatManifest, Write(beat.Value).ToByteArray()),
        NeighboursHeard heard => new EncodedPayload(NeighboursManifest,
            new NeighboursPayload { Addresses = { heard.Addresses.Select(address => ByteString.CopyFrom(address.GetAddressBytes())) } }.ToByteArray()),
        Released released => new EncodedPayload(ReleasedManifest, new ReleasedPayload { Term = released.Term.Value, Echo = Write(released.Echo) }.ToByteArray()),
        _ => null,
    };

    /// <inheritdoc/>
    public LinkPayload? Decode(string manifest, ReadOnlySpan<byte> bytes) => manifest switch
    {
        BeatManifest => Read(BeatPayload.Parser.ParseFrom(bytes)) is { } beat ? new Beat(beat) : null,
        ReleasedManifest => Read(ReleasedPayload.Parser.ParseFrom(bytes)),
        NeighboursManifest => Read(NeighboursPayload.Parser.ParseFrom(bytes)),
        _ => null,
    };

    private static BeatPayload Write(PeerBeat beat) => new()
    {
        Role = Roles.First(pair => pair.Role == beat.Role).Code,
        Term = beat.Term.Value,
        HighestTerm = beat.HighestTerm.Value,
        LeaseRunning = beat.LeaseRunning,
        Eligible = beat.Eligible,
        WhyNot = Shorten(beat.WhyNot),
        Replica = new ReplicaPositionPart
        {
            Version = beat.Replica.Version,
            Digest = beat.Replica.Digest,
            InSync = beat.Replica.InSync,
            Healthy = beat.Replica.Journal == JournalState.Usable,
            LastTerm = beat.Replica.LastTerm.Value,
        },
        HearsAdverts = beat.HearsAdverts,
        Lan = beat.Lan is { } lan
            ? new LanReportPart
            {
                PeerAnswered = lan.PeerAnswered,
                OthersAnswered = (uint)lan.OthersAnswered,
                WitnessesAsked = (uint)lan.WitnessesAsked,
                WitnessesAnswered = (uint)lan.WitnessesAnswered,
            }
            : null,
        Paused = beat.Paused,
        PauseEpoch = beat.PauseEpoch,
        Service = beat.Service,
        SentAt = Write(beat.SentAt),
    };

    private static PeerBeat? Read(BeatPayload wire)
    {
        var role = Array.FindIndex(Roles, pair => pair.Code == wire.Role);
        if (role < 0 || wire.Replica is not { Version: >= 0, Digest.Length: <= 128, LastTerm: <= Term.MaxValue } replica) return null;
        if (wire.Term > Term.MaxValue || wire.HighestTerm > Term.MaxValue) return null;
        if (wire.WhyNot.Length > MaxText || wire.Service.Length > MaxText || wire.SentAt > long.MaxValue) return null;
        if (wire.Lan is { } counts && (counts.OthersAnswered | counts.WitnessesAsked | counts.WitnessesAnswered) > ushort.MaxValue) return null;
        return new PeerBeat(
            Roles[role].Role,
            new Term(wire.Term),
            new Term(wire.HighestTerm),
            wire.LeaseRunning,
            wire.Eligible,
            wire.WhyNot,
            new ReplicaPosition(replica.Version, replica.Digest, replica.InSync, replica.Healthy ? JournalState.Usable : JournalState.Broken, new Term(replica.LastTerm)),
            wire.HearsAdverts,
            wire.Lan is { } lan ? new LanReport(lan.PeerAnswered, (int)lan.OthersAnswered, (int)lan.WitnessesAsked, (int)lan.WitnessesAnswered) : null,
            wire.Paused,
            wire.PauseEpoch,
            wire.Service) { SentAt = Read(wire.SentAt) };
    }

    private static Released? Read(ReleasedPayload wire) =>
        wire is { Term: > 0 and <= Term.MaxValue, Echo: <= long.MaxValue } ? new Released(new Term(wire.Term), Read(wire.Echo)) : null;

    private static ulong Write(Moment? moment) => (ulong)(moment?.Nanoseconds ?? 0);

    private static Moment? Read(ulong nanoseconds) => nanoseconds > 0 ? new Moment((long)nanoseconds) : null;

    private static NeighboursHeard? Read(NeighboursPayload wire) =>
        wire.Addresses.Count <= NeighboursHeard.Most && wire.Addresses.All(address => address.Length is 4 or 16)
            ? new NeighboursHeard([.. wire.Addresses.Select(address => new IPAddress(address.Span))])
            : null;

    private static string Shorten(string text) => text.Length <= MaxText ? text : text[..MaxText];
}
