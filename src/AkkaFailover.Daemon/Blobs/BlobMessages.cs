using AkkaFailover.Core.Blobs;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Blobs;

/// <summary>A blob that this node needs.</summary>
/// <param name="Key">Whose content it is.</param>
/// <param name="Basis">What this node has under that key; null for nothing.</param>
/// <param name="Offered">The peer waits to hear that it is here.</param>
internal sealed record WantBlob(BlobRef Blob, string Key, BlobRef? Basis, bool Offered);

/// <summary>A blob is on this node's disk, or (not <paramref name="Here"/>) the peer does not have it.</summary>
internal sealed record BlobSettled(BlobRef Blob, bool Here);

/// <summary>A change that names a blob waits until the peer has that blob; then <see cref="ContentReady"/>.</summary>
internal sealed record ContentProposed(ChangeRequest Request, string Key, BlobRef Blob);

/// <summary>A change whose blob is where it must be.</summary>
internal sealed record ContentReady(ChangeRequest Request, Akka.Actor.IActorRef Asker);

/// <summary>Whether changes need the peer's disk now.</summary>
internal sealed record PeerCounts(bool Value);

/// <summary>Asks the replica which blobs it names: <see cref="ContentsNamed"/>.</summary>
internal sealed record NameContents;

/// <summary>The replica as it is, and what waits before it.</summary>
internal sealed record ContentsNamed(ReplicaState State, IReadOnlyCollection<BlobRef> Waiting);

/// <summary>A content on its way to this node.</summary>
/// <param name="Key">Whose.</param>
/// <param name="Done">Bytes that are here.</param>
/// <param name="Size">Of so many.</param>
/// <param name="Problem">Why it does not go on; null while it does.</param>
internal sealed record Transfer(string Key, long Done, long Size, string? Problem);

/// <summary>The contents on their way to this node.</summary>
internal sealed record TransfersShown(IReadOnlyList<Transfer> Transfers);

/// <summary>Remove blobs that are not among these and that nobody fetches.</summary>
internal sealed record SweepBlobs(IReadOnlySet<BlobRef> Keep);
