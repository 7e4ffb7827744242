using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Cluster;

namespace AkkaFailover.Daemon.Replica;

/// <summary>What a replica says to the other half of its group.</summary>
public sealed record ReplicaSays(ReplicaMessage Message) : ReplicaPayload;
