using System.Collections.Immutable;
using System.Net;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Cluster;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Blobs;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Fuzz;

/// <summary>What a node with a good certificate can send, in the place of the peer. The first octet of an input chooses the message's kind.</summary>
internal static class LinkTargets
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Mark Here = new(7, Digest.Of("seven"u8));
    private static readonly LinkStamp Stamp = new(77, 12, 11);
    private static readonly string[] LinkManifests = [LinkWire.GreetingManifest, LinkWire.KeepAliveManifest, LinkWire.GroupManifest];
    private static readonly string[] PayloadManifests = [.. PayloadCodecs.All.SelectMany(codec => codec.Manifests)];
    private static readonly ImmutableArray<Change> Changes = [new(8, new Term(9), Noon, "root", "k", [1, 2]), new(9, new Term(9), Noon, "root", "größe", null)];
    private static readonly BlobMap Map = BlobMap.Of((1 << 20) + 5, [Digest.Of("a"u8), Digest.Of("b"u8)])!;

    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("link", [.. LinkMessages().Select(message => Chosen(LinkManifests, LinkWire.ManifestOf(message), LinkWire.Write(message)))], () => ReadLink),
        new("payload", [.. Payloads().Select(Encoded)], () =>
        {
            var table = new PayloadTable(PayloadCodecs.All);
            return (input, _) => ReadPayload(table, input);
        }),
    ];

    private static IEnumerable<LinkMessage> LinkMessages() =>
    [
        new GreetingMessage(Stamp, WantsAnswer: true, new Membership(true, false), new Greeting(new ProtocolRange(1, 3), NodeName.Parse("a"), "1.2.3",
        [
            new GroupGreeting(GroupName.Parse("vpn"), new HeartbeatTiming(TimeSpan.FromMilliseconds(199), TimeSpan.FromMilliseconds(598)), ["192.0.2.222/24"], 255,
                new KeyFingerprint(ulong.MaxValue), new LanStation(IPAddress.Parse("2001:db8::1"), new MacAddress(0xFFFF_FFFF_FFFE))),
        ])),
        new KeepAliveMessage(Stamp, WantsAnswer: false, new Membership(true, true)),
        new GroupMessage(77, "vpn", new EncodedPayload("beat", new byte[] { 8, 1, 16, 2 })),
    ];

    private static IEnumerable<LinkPayload> Payloads() =>
    [
        new Beat(new PeerBeat(Role.Claiming, new Term(7), new Term(9), true, true, "why", new ReplicaPosition(5, "abc", true, JournalState.Usable), true,
            new LanReport(true, 8, 2, 1), true, 3, "running") { SentAt = new Moment(11) }),
        new Released(new Term(9), new Moment(12)),
        .. ((ReplicaMessage[])[
            new ReplicaBeat(ulong.MaxValue, 5, TimeSpan.FromSeconds(3), true, new Term(9), Here, true),
            new ReplicaEcho(1, 5, true, true, Here),
            new Append(new Term(9), 3, Here, Changes, 7),
            new Appended(new Term(9), 3, Here, true),
            new Cut(new Term(9), 3, Here),
            new AskMarks(new Term(9), 3, 1, 7),
            new Marks(new Term(9), 3, [Here, new Mark(8, Digest.None)]),
            new Install(new Term(9), 3, new LogStart(7, Here.Digest, new Term(4), Noon)),
            new InstallPart(new Term(9), 3, 4, [new KeyedEntry("a", new Entry([1], 3, Digest.Of([1])))]),
            new InstallEnd(new Term(9), 3, 12, Here.Digest),
            new Installed(new Term(9), 3, 5),
            new Orphaned(new Term(9), Changes),
            new CannotPersist(new Term(9), "disk full", 0, 5),
            new Goodbye(),
        ]).Select(message => new ReplicaSays(message)),
        new EntriesAsked(ulong.MaxValue, 3),
        new EntriesTold(1, 3, Here, [new EntryMark("größe", 7, 12, Digest.Of("x"u8))], Last: true),
        new BlobOffer(Map.Blob, "path:vpn/größe"),
        new BlobHave(Map.Blob),
        new BlobRefused(Map.Blob, "no room"),
        new AskBlobMap(Map.Blob),
        new AskBlobPages(Map.Blob, 1),
        new AskBlobRange(Map.Blob, 1 << 20, 5),
        new BlobMapTold(Map),
        new BlobPagesTold(Map.Blob, 1, Map.Segments),
        new BlobRangeTold(Map.Blob, 7, "bytes"u8.ToArray()),
        new BlobMissing(Map.Blob),
    ];

    private static byte[] Encoded(LinkPayload payload)
    {
        var encoded = new PayloadTable(PayloadCodecs.All).Encode(payload, out var refusal) ?? throw new FuzzException(refusal);
        return Chosen(PayloadManifests, encoded.Manifest, encoded.Bytes.Span);
    }

    private static byte[] Chosen(string[] kinds, string kind, ReadOnlySpan<byte> bytes) => [(byte)Array.IndexOf(kinds, kind), .. bytes];

    private static void ReadLink(byte[] input, ulong decision)
    {
        if (input.Length > 0) _ = LinkWire.Read(LinkManifests[input[0] % LinkManifests.Length], input[1..]);
    }

    private static void ReadPayload(PayloadTable table, byte[] input)
    {
        if (input.Length == 0) return;
        var read = table.Decode(new EncodedPayload(PayloadManifests[input[0] % PayloadManifests.Length], input.AsMemory(1)), out _);
        // What was understood can be said again: no field is there that cannot be.
        if (read is not null && table.Encode(read, out var refusal) is null) throw new FuzzException($"{read} cannot be written: {refusal}");
    }
}
