using System.Collections.Immutable;
using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Blobs;

/// <summary>What two nodes say to each other about a blob.</summary>
/// <param name="Blob">Which.</param>
public abstract record BlobPayload(BlobRef Blob) : ReplicaPayload;

/// <summary>From the active: a change that waits names this blob; fetch it, then say <see cref="BlobHave"/>.</summary>
/// <param name="Key">The change's key: what it named before is the base.</param>
public sealed record BlobOffer(BlobRef Blob, string Key) : BlobPayload(Blob);

/// <summary>From the follower: it is on its disk.</summary>
public sealed record BlobHave(BlobRef Blob) : BlobPayload(Blob);

/// <summary>From the follower: it cannot have it now.</summary>
/// <param name="Reason">Why, at most <see cref="BlobRules.MaxReason"/> characters.</param>
public sealed record BlobRefused(BlobRef Blob, string Reason) : BlobPayload(Blob);

/// <summary>A question of whoever fetches. The answering side keeps nothing between two of them.</summary>
public abstract record BlobAsk(BlobRef Blob) : BlobPayload(Blob);

/// <summary>Asks for the map: <see cref="BlobMapTold"/>.</summary>
public sealed record AskBlobMap(BlobRef Blob) : BlobAsk(Blob);

/// <summary>Asks for the hashes of a segment's pages: <see cref="BlobPagesTold"/>.</summary>
public sealed record AskBlobPages(BlobRef Blob, int Segment) : BlobAsk(Blob);

/// <summary>Asks for some bytes: <see cref="BlobRangeTold"/>.</summary>
/// <param name="Length">At most <see cref="BlobRules.MaxRange"/>.</param>
public sealed record AskBlobRange(BlobRef Blob, long Offset, int Length) : BlobAsk(Blob);

/// <summary>An answer to a <see cref="BlobAsk"/>.</summary>
public abstract record BlobAnswer(BlobRef Blob) : BlobPayload(Blob);

/// <summary>The map; its hash is the blob's name.</summary>
public sealed record BlobMapTold(BlobMap Map) : BlobAnswer(Map.Blob);

/// <summary>The pages of a segment.</summary>
public sealed record BlobPagesTold(BlobRef Blob, int Segment, ImmutableArray<Digest> Pages) : BlobAnswer(Blob);

/// <summary>Some bytes.</summary>
public sealed record BlobRangeTold(BlobRef Blob, long Offset, ReadOnlyMemory<byte> Bytes) : BlobAnswer(Blob);

/// <summary>The asked node does not have it.</summary>
public sealed record BlobMissing(BlobRef Blob) : BlobAnswer(Blob);
