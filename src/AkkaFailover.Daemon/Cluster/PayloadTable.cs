using System.Collections.Frozen;
using Google.Protobuf;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>Finds the codec of a payload, outward by its type and inward by its manifest.</summary>
internal sealed class PayloadTable(IReadOnlyList<IPayloadCodec> codecs)
{
    private readonly FrozenDictionary<string, IPayloadCodec> _readers =
        codecs.SelectMany(codec => codec.Manifests.Select(manifest => KeyValuePair.Create(manifest, codec))).ToFrozenDictionary();

    /// <summary>Writes a payload.</summary>
    /// <returns>Null where it cannot be sent; <paramref name="refusal"/> says why, as a counter's name.</returns>
    public EncodedPayload? Encode(LinkPayload payload, out string refusal)
    {
        var encoded = codecs.Select(codec => codec.TryEncode(payload)).FirstOrDefault(found => found is not null);
        refusal = encoded switch
        {
            null => $"no-codec-for-{payload.GetType().Name}",
            { Bytes.Length: > EncodedPayload.MaxLength } => $"too-long-{encoded.Manifest}",
            _ => "",
        };
        return refusal.Length == 0 ? encoded : null;
    }

    /// <summary>Reads a payload.</summary>
    /// <returns>Null where it is none; <paramref name="refusal"/> says why, as a counter's name.</returns>
    public LinkPayload? Decode(EncodedPayload payload, out string refusal)
    {
        refusal = "unknown-payload";
        if (!_readers.TryGetValue(payload.Manifest, out var codec)) return null;
        try
        {
            refusal = $"impossible-{payload.Manifest}";
            return codec.Decode(payload.Manifest, payload.Bytes.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            refusal = $"garbled-{payload.Manifest}";
            return null;
        }
    }
}
