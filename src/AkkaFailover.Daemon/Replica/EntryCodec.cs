using System.Collections.Immutable;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Replica.Wire;
using Google.Protobuf;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The wire form of questions for what the other half holds, and of their answers.</summary>
public sealed class EntryCodec : IPayloadCodec
{
    private const string AskManifest = "r.askentries";
    private const string EntriesManifest = "r.entries";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Manifests { get; } = [AskManifest, EntriesManifest];

    /// <inheritdoc/>
    public EncodedPayload? TryEncode(LinkPayload payload) => payload switch
    {
        EntriesAsked asked => new EncodedPayload(AskManifest, new AskEntriesPart { Request = asked.Request, Page = asked.Page }.ToByteArray()),
        EntriesTold told => new EncodedPayload(EntriesManifest, Write(told).ToByteArray()),
        _ => null,
    };

    /// <inheritdoc/>
    public LinkPayload? Decode(string manifest, ReadOnlySpan<byte> bytes) => manifest switch
    {
        AskManifest => AskEntriesPart.Parser.ParseFrom(bytes) is { Page: >= 0 } part ? new EntriesAsked(part.Request, part.Page) : null,
        EntriesManifest => Read(EntriesPart.Parser.ParseFrom(bytes)),
        _ => null,
    };

    private static EntriesPart Write(EntriesTold told)
    {
        var part = new EntriesPart { Request = told.Request, Page = told.Page, End = WireParts.Write(told.End), Last = told.Last };
        part.Rows.AddRange(told.Rows.Select(row => new EntryMarkPart { Key = row.Key, Version = row.Version, Size = row.Size, Content = WireParts.Write(row.Content) }));
        return part;
    }

    private static EntriesTold? Read(EntriesPart part)
    {
        if (part.Page < 0 || part.Rows.Count > EntryPages.MaxRows || WireParts.Read(part.End) is not { } end)
            return null;
        var rows = ImmutableArray.CreateBuilder<EntryMark>(part.Rows.Count);
        foreach (var row in part.Rows)
        {
            if (row.Version <= 0 || row.Size < 0 || !Digest.TryRead(row.Content.Span, out var content) || ChangeRules.Refuse(row.Key, null, "") is not null)
                return null;
            rows.Add(new EntryMark(row.Key, row.Version, row.Size, content));
        }
        return new EntriesTold(part.Request, part.Page, end, rows.MoveToImmutable(), part.Last);
    }
}
