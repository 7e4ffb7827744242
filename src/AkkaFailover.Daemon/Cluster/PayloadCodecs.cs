using AkkaFailover.Daemon.Blobs;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Cluster;

/// <summary>Every codec of the link; a new family of payloads is one line here.</summary>
public static class PayloadCodecs
{
    /// <summary>The codecs, each with manifests of its own.</summary>
    public static readonly IReadOnlyList<IPayloadCodec> All =
    [
        new ElectionCodec(),
        new ReplicaCodec(),
        new EntryCodec(),
        new BlobCodec(),
    ];
}
