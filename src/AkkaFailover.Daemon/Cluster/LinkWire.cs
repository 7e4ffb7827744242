using System.Net;
using AkkaFailover.Core;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Cluster.Wire;
using Google.Protobuf;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>What two <see cref="PeerLinkActor"/>s send each other; everything else between the nodes travels inside.</summary>
internal abstract record LinkMessage;

/// <summary>A greeting with its numbers.</summary>
internal sealed record GreetingMessage(LinkStamp Stamp, bool WantsAnswer, Membership Membership, Greeting Greeting) : LinkMessage;

/// <summary>A keep-alive or the answer to one.</summary>
internal sealed record KeepAliveMessage(LinkStamp Stamp, bool WantsAnswer, Membership Membership) : LinkMessage;

/// <summary>A group's payload, still in its codec's bytes.</summary>
internal sealed record GroupMessage(ulong Incarnation, string Group, EncodedPayload Payload) : LinkMessage;

/// <summary>Something arrived that this version cannot read; delivered instead of it, to be counted.</summary>
internal sealed record UnreadableMessage(string Reason) : LinkMessage;

/// <summary>The wire form of <see cref="LinkMessage"/>s. Nothing that arrives makes it throw.</summary>
internal static class LinkWire
{
    public const string GreetingManifest = "greeting";
    public const string KeepAliveManifest = "keep-alive";
    public const string GroupManifest = "group";

    private const int MaxGroups = 255;
    private const int MaxAddresses = 255;
    private const int MaxText = 256;

    /// <summary>The manifest of a message.</summary>
    public static string ManifestOf(LinkMessage message) => message switch
    {
        GreetingMessage => GreetingManifest,
        KeepAliveMessage => KeepAliveManifest,
        GroupMessage => GroupManifest,
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, "this message does not travel"),
    };

    /// <summary>Writes a message.</summary>
    public static byte[] Write(LinkMessage message) => message switch
    {
        GreetingMessage greeting => Write(greeting).ToByteArray(),
        KeepAliveMessage keepAlive => Write(keepAlive).ToByteArray(),
        GroupMessage group => Write(group).ToByteArray(),
        _ => throw new ArgumentOutOfRangeException(nameof(message), message, "this message does not travel"),
    };

    /// <summary>Reads a message; <see cref="UnreadableMessage"/> where it is none.</summary>
    public static LinkMessage Read(string manifest, byte[] bytes)
    {
        try
        {
            LinkMessage? message = manifest switch
            {
                GreetingManifest => Read(GreetingFrame.Parser.ParseFrom(bytes)),
                KeepAliveManifest => Read(KeepAliveFrame.Parser.ParseFrom(bytes)),
                GroupManifest => Read(GroupFrame.Parser.ParseFrom(bytes)),
                _ => new UnreadableMessage("unknown-message"),
            };
            return message ?? new UnreadableMessage($"impossible-{manifest}");
        }
        catch (InvalidProtocolBufferException)
        {
            return new UnreadableMessage($"garbled-{manifest}");
        }
    }

    private static GroupFrame Write(GroupMessage message) => new()
    {
        Incarnation = message.Incarnation,
        Group = message.Group,
        Manifest = message.Payload.Manifest,
        Payload = UnsafeByteOperations.UnsafeWrap(message.Payload.Bytes),
    };

    private static GroupMessage? Read(GroupFrame frame) =>
        frame.Group.Length <= MaxText && frame.Manifest.Length <= MaxText && frame.Payload.Length <= EncodedPayload.MaxLength
            ? new GroupMessage(frame.Incarnation, frame.Group, new EncodedPayload(frame.Manifest, frame.Payload.Memory))
            : null;

    private static KeepAliveFrame Write(KeepAliveMessage message) => new()
    {
        Incarnation = message.Stamp.Incarnation,
        Sequence = message.Stamp.Sequence,
        Answers = message.Stamp.Answers,
        WantsAnswer = message.WantsAnswer,
        Membership = Write(message.Membership),
    };

    private static KeepAliveMessage Read(KeepAliveFrame frame) =>
        new(new LinkStamp(frame.Incarnation, frame.Sequence, frame.Answers), frame.WantsAnswer, Read(frame.Membership));

    private static MembershipPart Write(Membership membership) => new() { Member = membership.Member, KnowsReceiver = membership.KnowsOther };

    private static Membership Read(MembershipPart? part) => part is null ? default : new Membership(part.Member, part.KnowsReceiver);

    private static GreetingFrame Write(GreetingMessage message)
    {
        var greeting = message.Greeting;
        return new GreetingFrame
        {
            Incarnation = message.Stamp.Incarnation,
            Sequence = message.Stamp.Sequence,
            Answers = message.Stamp.Answers,
            WantsAnswer = message.WantsAnswer,
            Membership = Write(message.Membership),
            ProtocolMin = (uint)greeting.Protocol.Min,
            ProtocolMax = (uint)greeting.Protocol.Max,
            Node = greeting.Node.Value,
            Software = greeting.Software,
            Groups = { greeting.Groups.Select(Write) },
        };
    }

    private static GroupGreetingPart Write(GroupGreeting group) => new()
    {
        Name = group.Name.Value,
        IntervalTicks = group.Timing.Interval.Ticks,
        DeadlineTicks = group.Timing.Deadline.Ticks,
        Addresses = { group.Addresses },
        Vhid = group.Vhid,
        KeyFingerprint = group.Key.Value,
        LanSource = ByteString.CopyFrom(group.Lan?.Source.GetAddressBytes() ?? []),
        LanMac = group.Lan?.Mac.Value ?? 0,
    };

    private static GreetingMessage? Read(GreetingFrame frame)
    {
        if (!NodeName.TryParse(frame.Node, out var node) || frame.Software.Length > MaxText || frame.Groups.Count > MaxGroups) return null;
        if (frame.ProtocolMin is 0 or > ushort.MaxValue || frame.ProtocolMax < frame.ProtocolMin || frame.ProtocolMax > ushort.MaxValue) return null;
        var groups = frame.Groups.Select(Read).ToList();
        if (groups.Contains(null)) return null;
        return new GreetingMessage(
            new LinkStamp(frame.Incarnation, frame.Sequence, frame.Answers),
            frame.WantsAnswer,
            Read(frame.Membership),
            new Greeting(new ProtocolRange((int)frame.ProtocolMin, (int)frame.ProtocolMax), node, frame.Software, groups!));
    }

    private static GroupGreeting? Read(GroupGreetingPart part)
    {
        var longest = TimeSpan.FromDays(1).Ticks;
        if (!GroupName.TryParse(part.Name, out var name) || part.Vhid > byte.MaxValue) return null;
        if (part.IntervalTicks <= 0 || part.IntervalTicks > longest || part.DeadlineTicks <= 0 || part.DeadlineTicks > longest) return null;
        if (part.Addresses.Count > MaxAddresses || part.Addresses.Any(address => address.Length > MaxText)) return null;
        if (part.LanSource.Length is not (0 or 4 or 16)) return null;
        return new GroupGreeting(
            name,
            new HeartbeatTiming(TimeSpan.FromTicks(part.IntervalTicks), TimeSpan.FromTicks(part.DeadlineTicks)),
            [.. part.Addresses],
            (byte)part.Vhid,
            new KeyFingerprint(part.KeyFingerprint),
            part.LanSource.IsEmpty ? null : new LanStation(new IPAddress(part.LanSource.Span), new MacAddress(part.LanMac & MacAddress.Broadcast.Value)));
    }
}
