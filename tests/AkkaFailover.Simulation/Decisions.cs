using AkkaFailover.Core;
using AkkaFailover.Core.Election;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Simulation;

/// <summary>A step of the election.</summary>
public delegate (ElectionState State, IReadOnlyList<ElectionEffect> Effects) ElectionStep(ElectionState state, ElectionInput input, Moment now, ElectionSettings settings);

/// <summary>A step of the replica.</summary>
public delegate (ReplicaNode Next, IReadOnlyList<ReplicaOutput> Outputs) ReplicaStep(ReplicaNode replica, ReplicaInput input, Moment now, DateTimeOffset wall, ReplicaRules rules);

/// <summary>What decides on the hosts.</summary>
public sealed record Decisions(ElectionStep Election, ReplicaStep Replica)
{
    /// <summary>What the daemon runs.</summary>
    public static readonly Decisions Real = new(ElectionMachine.Step, ReplicaMachine.Step);
}
