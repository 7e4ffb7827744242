using AkkaFailover.Core.Replica;
using Akka.Actor;

namespace AkkaFailover.Daemon.Replica;

/// <summary>To the replica: what would this request lead to? Answered by <see cref="Proposal"/>.</summary>
internal sealed record Propose(ChangeRequest Request);

/// <summary>What a request would lead to.</summary>
/// <param name="Keys">The keys that change; empty where there is nothing to judge: the replica refuses it, or nothing differs.</param>
/// <param name="Entries">All values as they would be.</param>
internal sealed record Proposal(IReadOnlyList<string> Keys, IReadOnlyDictionary<string, Entry> Entries)
{
    public static readonly Proposal Nothing = new([], new Dictionary<string, Entry>());
}

/// <summary>To the replica: nothing speaks against this request.</summary>
internal sealed record Judged(ChangeRequest Request, IActorRef Asker);
