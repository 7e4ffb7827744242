using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Paths;
using AkkaFailover.Core.Replica;
using AkkaFailover.Core.Wire.OpenVpn;
using AkkaFailover.Daemon.Control;
using AkkaFailover.Daemon.Groups;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Linux.Files;
using Google.Protobuf;

namespace AkkaFailover.Fuzz;

/// <summary>What programs on the host say, what lies in the state directory, and what the replica has from the peer.</summary>
internal static class TextTargets
{
    private const int MostBytesOfALine = 1024;
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Change Change = new(8, new Term(9), Noon, "root", "k", [1, 2]);
    private static readonly ImmutableArray<NodeName> Nodes = [NodeName.Parse("a"), NodeName.Parse("b")];

    private static readonly ReplicaEvent[] Events =
    [
        new Prepared(new Term(9), Noon, "a", [new ChainedChange(Change with { Version = 1 }, (Change with { Version = 1 }).Chain(Digest.None))]),
        new Committed(new Term(9), Noon, "a", 7, Replicated: true),
        new Aborted(new Term(9), Noon, "a", 7, "disk full"),
        new Truncated(new Term(9), Noon, "a", 7, 9),
        new InSyncSet(new Term(9), Noon, "a", Nodes, 5),
        new SnapshotBegun(new Term(9), Noon, "a", new LogStart(7, Digest.Of([7]), new Term(4), Noon), 6, [NodeName.Parse("a")], [new ChainedChange(Change, Change.Chain(Digest.Of([7])))], Installs: false),
        new SnapshotPart(new Term(9), Noon, "a", [new KeyedEntry("k", new Entry([1], 3, Digest.Of([1])))]),
        new SnapshotDone(new Term(9), Noon, "a", 7, 3, Digest.Of([1]), Installs: true),
        new OrphansKept(new Term(9), Noon, "a", [Change]),
    ];

    // A serializer needs none but Akka wants one; writing does not use it.
    private static readonly ReplicaEventSerializer Serializer = new((ExtendedActorSystem)ActorSystem.Create("fuzz"));
    private static readonly string[] EventManifests = [.. Events.Select(Serializer.Manifest)];
    private static readonly Catalogue Catalogue = new("a", "1", ["vpn"], [.. ControlPalettes.All.Select(palette => palette.Definition)]);

    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("openvpn-status", Texts(
            "TITLE\tOpenVPN 2.6.14\nCLIENT_LIST\tuser\tudp4:198.51.100.10:1194\t10.8.0.2\t\t1\t2\t2026-01-01\t3\tUNDEF\t7\t0\tAES-256-GCM\nEND",
            "CLIENT_LIST\tuser\t[2001:db8::1]:1194\t10.8.0.2\t\t1\t2\t2026-01-01\t3\tname\t7"),
            () => (input, _) => ClientStatus.Parse(Text(input).Split('\n'))),
        new("openvpn-config", Texts(
            "port 1194\nproto udp\nca \"ca file.crt\"\n<tls-crypt>\n-----BEGIN OpenVPN Static key V1-----\n0011\n</tls-crypt>\nmanagement /run/m.sock unix\n# comment\nkeepalive 10 60",
            $"#\n-----BEGIN OpenVPN Static key V1-----\n{string.Join('\n', Enumerable.Repeat(new string('a', 32), 16))}\n-----END OpenVPN Static key V1-----\n"),
            () => (input, _) => ReadConfig(Text(input))),
        new("entries", [PathEntry(PathKind.File), PathEntry(PathKind.Folder), PathEntry(PathKind.Link), Conflict.Encode(Change, "a")!, .. Texts("user\n10.8.0.2", "ca 0123456789abcdef\ncert fedcba9876543210")],
            () => (input, _) => ReadEntry(input)),
        new("control", Texts(
            "{\"id\":1,\"argv\":[\"status\"]}\n",
            "{\"id\":2,\"argv\":[\"config\",\"set\",\"server/port\",\"1194\",\"--group\",\"vpn\"],\"output\":\"table\"}\n{\"id\":3,\"argv\":[\"group\",\"handover\",\"--wait\"]}\n",
            "{\"id\":4,\"argv\":[\"config\",\"import\",\".\"],\"data\":\"AAEC\",\"files\":[{\"path\":\"a/b\",\"content\":\"AAEC\"}]}\n"),
            () => (input, _) => ReadRequests(input)),
        new("journal", [.. Events.Select((e, i) => (byte[])[(byte)i, .. Serializer.ToBinary(e)])], () => (input, _) => ReadEvent(input)),
        new("peer-file", Texts("counter 8796093022209\ncounter 17\naddress 192.0.2.1\nmac 02:00:00:00:00:0a"), () => (input, _) => PeerFile.Parse(Text(input).Split('\n'))),
        new("term-file", Texts("lived=8\nreserved=10\nactive=1\npaused=0\npause-epoch=3"), () => (input, _) => ReadTerms(input)),
        new("history", Texts(
            "{\"At\":\"2026-01-01T12:00:00+00:00\",\"Kind\":\"role\",\"Text\":\"x\",\"From\":1,\"To\":2,\"Term\":7,\"Cause\":\"y\",\"Heartbeat\":1,\"Cluster\":2,\"Lan\":3}",
            "{\"At\":\"2026-01-01T12:00:00+00:00\",\"Kind\":\"note\",\"Text\":\"x\",\"Term\":0,\"Heartbeat\":0,\"Cluster\":0,\"Lan\":0,\"Report\":{\"Kind\":1,\"Term\":7,\"Phases\":[]}}"),
            () => (input, _) => HistoryFile.Parse(Text(input))),
    ];

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private static string Text(byte[] input) => Encoding.UTF8.GetString(input);

    private static byte[] PathEntry(PathKind kind) => new PathRecord(kind, 0x1A4, 0, 0, kind == PathKind.Folder ? [] : "content"u8.ToArray()).Encode();

    private static void ReadConfig(string text)
    {
        _ = ServerConfig.Parse(text, "/etc/openvpn").Files.Count();
        _ = StaticKey.Parse(text);
    }

    private static void ReadEntry(byte[] input)
    {
        if (PathRecord.Decode(input, out _) is { } record && !record.Encode().AsSpan().SequenceEqual(input)) throw new FuzzException($"{record} is not what is written for it");
        if (Conflict.Decode(input) is { } conflict) _ = $"{conflict.Id} {conflict.Change.By.Length} {conflict.Node.Length}";
        _ = VpnClient.Decode("openvpn-client:198.51.100.10:1194", input);
        _ = VpnClient.Decode($"openvpn-client:{Text(input)}", "user\n10.8.0.2"u8);
        _ = SessionFacts.Decode(input)?.DifferFrom(new SessionFacts(new Dictionary<string, string>())).Count();
    }

    private static void ReadRequests(byte[] input)
    {
        using var stream = new MemoryStream(input);
        var lines = new LineReader(stream, MostBytesOfALine);
        try
        {
            // A stream in memory never waits.
            while (lines.ReadAsync(CancellationToken.None).GetAwaiter().GetResult() is { } line)
            {
                var request = ControlConnection.Parse(line);
                lines.Consume();
                if (request?.Argv is { } words) _ = CommandLine.Parse(Catalogue, words);
            }
        }
        catch (InvalidDataException)
        {
            // Too long, or cut off: the client is told so.
        }
    }

    private static void ReadEvent(byte[] input)
    {
        if (input.Length == 0) return;
        try
        {
            var happened = ReplicaEventSerializer.Read(input[1..], EventManifests[input[0] % EventManifests.Length]);
            if (ReplicaState.Empty.Check(happened) is null) _ = ReplicaState.Empty.Apply(happened);
        }
        catch (Exception refused) when (refused is InvalidDataException or InvalidProtocolBufferException)
        {
            // A damaged journal is refused with a reason, and the node does not start with it.
        }
    }

    private static void ReadTerms(byte[] input)
    {
        try
        {
            _ = FactFile.Parse(Text(input).Split('\n'), "vpn.term");
        }
        catch (FormatException)
        {
            // Refused with a reason, as a node that does not know its terms must not start.
        }
    }
}
