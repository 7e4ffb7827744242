using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;
using AkkaFailover.Daemon.Replica;
using AkkaFailover.Daemon.Replica.Wire;
using Google.Protobuf;

namespace AkkaFailover.Daemon.Blobs;

/// <summary>The wire form of what two nodes say about blobs.</summary>
public sealed class BlobCodec : IPayloadCodec
{
    private const string OfferManifest = "b.offer";
    private const string HaveManifest = "b.have";
    private const string RefusedManifest = "b.refused";
    private const string AskMapManifest = "b.askmap";
    private const string AskPagesManifest = "b.askpages";
    private const string AskRangeManifest = "b.askrange";
    private const string MapManifest = "b.map";
    private const string PagesManifest = "b.pages";
    private const string RangeManifest = "b.range";
    private const string MissingManifest = "b.missing";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Manifests { get; } =
    [
        OfferManifest, HaveManifest, RefusedManifest, AskMapManifest, AskPagesManifest, AskRangeManifest, MapManifest, PagesManifest, RangeManifest, MissingManifest,
    ];

    /// <inheritdoc/>
    public EncodedPayload? TryEncode(LinkPayload payload)
    {
        if (payload is not BlobPayload said) return null;
        var part = new BlobPart { Name = WireParts.Write(said.Blob.Name), Size = said.Blob.Size };
        var manifest = Fill(part, said);
        return new EncodedPayload(manifest, part.ToByteArray());
    }

    /// <inheritdoc/>
    public LinkPayload? Decode(string manifest, ReadOnlySpan<byte> bytes)
    {
        var part = BlobPart.Parser.ParseFrom(bytes);
        if (!Digest.TryRead(part.Name.Span, out var name) || BlobRef.Of(name, part.Size) is not { } blob) return null;
        return manifest switch
        {
            OfferManifest => ChangeRules.Refuse(part.Key, null, "") is null ? new BlobOffer(blob, part.Key) : null,
            HaveManifest => new BlobHave(blob),
            RefusedManifest => part.Reason.Length <= BlobRules.MaxReason && !part.Reason.Any(char.IsControl) ? new BlobRefused(blob, part.Reason) : null,
            AskMapManifest => new AskBlobMap(blob),
            AskPagesManifest => IsSegment(blob, part.Segment) ? new AskBlobPages(blob, part.Segment) : null,
            AskRangeManifest => IsRange(blob, part.Offset, part.Length) ? new AskBlobRange(blob, part.Offset, part.Length) : null,
            MapManifest => BlobMap.Read(blob, part.Content.Span) is { } map ? new BlobMapTold(map) : null,
            PagesManifest => IsSegment(blob, part.Segment) && BlobMap.Digests(part.Content.Span, BlobRules.MaxPages) is { } pages ? new BlobPagesTold(blob, part.Segment, pages) : null,
            RangeManifest => IsRange(blob, part.Offset, part.Content.Length) ? new BlobRangeTold(blob, part.Offset, part.Content.Memory) : null,
            MissingManifest => new BlobMissing(blob),
            _ => null,
        };
    }

    private static string Fill(BlobPart part, BlobPayload said)
    {
        switch (said)
        {
            case BlobOffer offer:
                part.Key = offer.Key;
                return OfferManifest;
            case BlobHave:
                return HaveManifest;
            case BlobRefused refused:
                part.Reason = refused.Reason.Length <= BlobRules.MaxReason ? refused.Reason : refused.Reason[..BlobRules.MaxReason];
                return RefusedManifest;
            case AskBlobMap:
                return AskMapManifest;
            case AskBlobPages ask:
                part.Segment = ask.Segment;
                return AskPagesManifest;
            case AskBlobRange ask:
                (part.Offset, part.Length) = (ask.Offset, ask.Length);
                return AskRangeManifest;
            case BlobMapTold told:
                part.Content = UnsafeByteOperations.UnsafeWrap(told.Map.ToBytes());
                return MapManifest;
            case BlobPagesTold told:
                (part.Segment, part.Content) = (told.Segment, UnsafeByteOperations.UnsafeWrap(BlobMap.Bytes(told.Pages)));
                return PagesManifest;
            case BlobRangeTold told:
                (part.Offset, part.Content) = (told.Offset, UnsafeByteOperations.UnsafeWrap(told.Bytes));
                return RangeManifest;
            case BlobMissing:
                return MissingManifest;
            default:
                throw new ArgumentOutOfRangeException(nameof(said), said, null);
        }
    }

    private static bool IsSegment(BlobRef blob, int segment) => segment >= 0 && segment < blob.Segments;

    private static bool IsRange(BlobRef blob, long offset, int length) =>
        length is > 0 and <= BlobRules.MaxRange && offset >= 0 && offset <= blob.Size - length;
}
