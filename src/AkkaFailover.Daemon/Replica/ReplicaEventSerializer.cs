using System.Collections.Immutable;
using Akka.Actor;
using Akka.Serialization;
using AkkaFailover.Core;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica.Wire;
using Google.Protobuf;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The stored form of the journal's events: Protobuf under a manifest each.</summary>
public sealed class ReplicaEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string PreparedManifest = "prepared";
    private const string CommittedManifest = "committed";
    private const string AbortedManifest = "aborted";
    private const string TruncatedManifest = "truncated";
    private const string InSyncManifest = "in-sync";
    private const string SnapshotManifest = "snapshot";
    private const string SnapshotPartManifest = "snapshot-part";
    private const string SnapshotDoneManifest = "snapshot-done";
    private const string OrphansManifest = "orphans";

    /// <inheritdoc/>
    public override int Identifier => 71_060;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        Prepared => PreparedManifest,
        Committed => CommittedManifest,
        Aborted => AbortedManifest,
        Truncated => TruncatedManifest,
        InSyncSet => InSyncManifest,
        SnapshotBegun => SnapshotManifest,
        SnapshotPart => SnapshotPartManifest,
        SnapshotDone => SnapshotDoneManifest,
        OrphansKept => OrphansManifest,
        _ => throw new ArgumentException($"{o.GetType()} is not an event of the replica", nameof(o)),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        var happened = (ReplicaEvent)obj;
        var part = new EventPart { Term = happened.Term.Value, AtMicroseconds = WireParts.Microseconds(happened.At), By = happened.By };
        switch (happened)
        {
            case Prepared e:
                part.Changes.AddRange(e.Changes.Select(c => WireParts.Write(c.Change)));
                part.Digests.AddRange(e.Changes.Select(c => WireParts.Write(c.Digest)));
                break;
            case Committed e:
                (part.Version, part.Replicated) = (e.Version, e.Replicated);
                break;
            case Aborted e:
                (part.Version, part.Reason) = (e.Version, e.Reason);
                break;
            case Truncated e:
                (part.Version, part.Until) = (e.Version, e.Until);
                break;
            case InSyncSet e:
                part.ReplicatedVersion = e.Replicated;
                part.Nodes.AddRange(e.Nodes.Select(n => n.Value));
                break;
            case SnapshotBegun e:
                (part.Start, part.ReplicatedVersion, part.Installs) = (WireParts.Write(e.Start), e.Replicated, e.Installs);
                part.Nodes.AddRange(e.InSync.Select(n => n.Value));
                part.Changes.AddRange(e.Prepared.Select(c => WireParts.Write(c.Change)));
                part.Digests.AddRange(e.Prepared.Select(c => WireParts.Write(c.Digest)));
                break;
            case SnapshotPart e:
                part.Entries.AddRange(e.Entries.Select(WireParts.Write));
                break;
            case SnapshotDone e:
                (part.Version, part.Count, part.Content, part.Installs) = (e.Version, e.Count, WireParts.Write(e.Content), e.Installs);
                break;
            case OrphansKept e:
                part.Changes.AddRange(e.Changes.Select(WireParts.Write));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(obj), obj, null);
        }
        return part.ToByteArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => Read(bytes, manifest);

    /// <summary>Reads one stored event.</summary>
    /// <exception cref="InvalidDataException">It says something impossible.</exception>
    /// <exception cref="InvalidProtocolBufferException">It is garbage.</exception>
    internal static ReplicaEvent Read(byte[] bytes, string manifest)
    {
        var part = EventPart.Parser.ParseFrom(bytes);
        if (part.Term > Term.MaxValue || WireParts.Time(part.AtMicroseconds) is not { } at)
            throw new InvalidDataException($"an event '{manifest}' of the journal has an impossible term or time");
        var term = new Term(part.Term);
        return manifest switch
        {
            PreparedManifest when part.Changes.Count > 0 => new Prepared(term, at, part.By, Chained(part)),
            CommittedManifest => new Committed(term, at, part.By, part.Version, part.Replicated),
            AbortedManifest => new Aborted(term, at, part.By, part.Version, part.Reason),
            TruncatedManifest => new Truncated(term, at, part.By, part.Version, part.Until),
            InSyncManifest => new InSyncSet(term, at, part.By, Nodes(part), part.ReplicatedVersion),
            SnapshotManifest => new SnapshotBegun(term, at, part.By, Possible(WireParts.Read(part.Start), manifest), part.ReplicatedVersion, Nodes(part), Chained(part), part.Installs),
            SnapshotPartManifest => new SnapshotPart(term, at, part.By, Possible(WireParts.Read(part.Entries), manifest)),
            SnapshotDoneManifest => new SnapshotDone(term, at, part.By, part.Version, part.Count, Digest.TryRead(part.Content.Span, out var content) ? content : Digest.None, part.Installs),
            OrphansManifest => new OrphansKept(term, at, part.By, Possible(WireParts.Read(part.Changes), manifest)),
            _ => throw new InvalidDataException($"the journal has an event '{manifest}' that this version does not know: install the version that wrote it, or a later one"),
        };
    }

    private static ImmutableArray<NodeName> Nodes(EventPart part) =>
        [.. part.Nodes.Select(text => NodeName.TryParse(text, out var name) ? name : throw new InvalidDataException($"an event of the journal names a node '{text}'"))];

    private static T Possible<T>(T? read, string manifest) where T : struct =>
        read ?? throw new InvalidDataException($"an event '{manifest}' of the journal says something impossible");

    private static ImmutableArray<ChainedChange> Chained(EventPart part)
    {
        if (WireParts.Read(part.Changes) is not { } changes || part.Digests.Count != changes.Length)
            throw new InvalidDataException("an event of the journal has an impossible change");
        var chained = ImmutableArray.CreateBuilder<ChainedChange>(changes.Length);
        for (var i = 0; i < changes.Length; i++)
        {
            if (!Digest.TryRead(part.Digests[i].Span, out var digest))
                throw new InvalidDataException($"version {changes[i].Version} of the journal has a digest of {part.Digests[i].Length} bytes");
            chained.Add(new ChainedChange(changes[i], digest));
        }
        return chained.MoveToImmutable();
    }
}
