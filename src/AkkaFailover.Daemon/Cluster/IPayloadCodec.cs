namespace AkkaFailover.Daemon.Cluster;

/// <summary>
/// The wire form of one family of <see cref="LinkPayload"/>s. A codec is pure and may be called from any thread. The link
/// finds it by the manifest, adds group and incarnation, and bounds the size, so a codec only knows its own records.
/// </summary>
public interface IPayloadCodec
{
    /// <summary>
    /// The manifests this codec writes and reads, at most 16 ASCII characters each; unique among all codecs, and never
    /// used again with another meaning: a node of another version may be at the other end.
    /// </summary>
    IReadOnlyCollection<string> Manifests { get; }

    /// <summary>Writes a payload.</summary>
    /// <returns>Its manifest and bytes; null where the payload belongs to another codec.</returns>
    EncodedPayload? TryEncode(LinkPayload payload);

    /// <summary>Reads what a peer sent under one of <see cref="Manifests"/>.</summary>
    /// <returns>Null where the bytes are well formed but say something impossible; the link counts and drops them.</returns>
    /// <exception cref="Google.Protobuf.InvalidProtocolBufferException">The bytes are garbage; the link counts and drops them.</exception>
    LinkPayload? Decode(string manifest, ReadOnlySpan<byte> bytes);
}

/// <summary>A payload as it travels.</summary>
/// <param name="Manifest">What it is.</param>
/// <param name="Bytes">At most <see cref="MaxLength"/>; not changed after they were handed over.</param>
public sealed record EncodedPayload(string Manifest, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The longest payload that the link carries, a change of 1 MiB with what belongs to it; larger ones are refused with a counter and a log line.</summary>
    public const int MaxLength = (1 << 20) + (64 << 10);
}
