using System.Collections.Immutable;
using Akka.Actor;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Daemon.Replica;

/// <summary>The requests for changes of a replica that wait for their answer; makes inputs of them, and answers of outputs.</summary>
internal sealed class OpenChanges
{
    private readonly Dictionary<long, Open> _open = [];
    private long _requests;

    /// <summary>Takes a request.</summary>
    /// <returns>What it is to the machine; null where it is answered at once.</returns>
    public ReplicaInput? Take(ChangeRequest request, IActorRef asker, ReplicaState state)
    {
        switch (request)
        {
            case ChangeEntry entry:
                _open[++_requests] = new Open(asker, entry.Key, null);
                return new ChangeRequested(_requests, entry.Key, entry.Value, entry.By);
            case FoundChanges files:
                _open[++_requests] = new Open(asker, files.Changes[0].Key, null);
                return new BatchRequested(_requests, files.Changes, files.By);
            case PlanRequest plan:
                return Take(plan, asker, state);
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request, null);
        }
    }

    /// <summary>Answers a request.</summary>
    public void Answer(Answer answer)
    {
        if (!_open.Remove(answer.Request, out var request))
            return;
        request.Asker.Tell(answer.Outcome switch
        {
            Acknowledged done when request.Plan is { } plan => new PlanDone(plan, done.Version, done.Replicated),
            Acknowledged done => new ChangeAcknowledged(answer.Key, done.Version, done.Replicated),
            Refused refused => new ChangeRefused(answer.Key, refused.Reason, refused.Uncertain),
            _ => throw new ArgumentOutOfRangeException(nameof(answer), answer.Outcome, null),
        });
    }

    /// <summary>Refuses all that wait: nobody will answer them any more.</summary>
    public void Abandon()
    {
        foreach (var (asker, key, _) in _open.Values)
            asker.Tell(new ChangeRefused(key, "the daemon stops", Uncertain: true));
        _open.Clear();
    }

    /// <summary>What a plan comes down to now.</summary>
    /// <returns>Null, with the reason, where it cannot be made.</returns>
    public static IReadOnlyList<PlannedChange>? Plan(PlanRequest request, ReplicaState state, out string refusal)
    {
        refusal = "";
        return request switch
        {
            RollbackTo back => ChangePlan.Rollback(state, back.Version, out refusal),
            ImportEntries import => ChangePlan.Import(state, import.Entries, import.Exact),
            _ => throw new ArgumentOutOfRangeException(nameof(request), request, null),
        };
    }

    /// <summary>What a request would lead to; nothing where the replica would refuse it, or where nothing differs.</summary>
    public static Proposal Propose(ChangeRequest request, ReplicaState state)
    {
        ImmutableArray<KeyChange> changes = request switch
        {
            ChangeEntry entry => [new KeyChange(entry.Key, entry.Value)],
            PlanRequest plan => [.. (Plan(plan, state, out _) ?? []).Select(change => new KeyChange(change.Key, change.Value))],
            _ => throw new ArgumentOutOfRangeException(nameof(request), request, null),
        };
        if (changes.IsEmpty || BatchRules.Refuse(changes, request.By) is not null)
            return Proposal.Nothing;
        var entries = state.Held();
        foreach (var (key, value) in changes)
            entries = entries.With(key, value is null ? null : new Entry(value, state.Last + 1, Digest.Of(value)));
        return new Proposal([.. changes.Select(change => change.Key)], entries);
    }

    private BatchRequested? Take(PlanRequest request, IActorRef asker, ReplicaState state)
    {
        var plan = Plan(request, state, out var refusal);
        if (plan is null)
            asker.Tell(new ChangeRefused("", refusal));
        else if (plan.Count == 0 || request.DryRun)
            asker.Tell(new PlanDone(plan, null, false));
        else
        {
            _open[++_requests] = new Open(asker, plan[0].Key, plan);
            return new BatchRequested(_requests, [.. plan.Select(change => new KeyChange(change.Key, change.Value))], request.By);
        }
        return null;
    }

    private sealed record Open(IActorRef Asker, string Key, IReadOnlyList<PlannedChange>? Plan);
}
