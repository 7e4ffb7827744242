using System.Collections.Immutable;
using AkkaFailover.Core.OpenVpn;
using AkkaFailover.Core.Paths;

namespace AkkaFailover.Core.Replica;

/// <summary>One change of a plan.</summary>
/// <param name="Key">The key.</param>
/// <param name="Before">What it is; null where it is not there.</param>
/// <param name="Value">What it becomes; null where it is removed.</param>
public sealed record PlannedChange(string Key, Entry? Before, byte[]? Value)
{
    /// <summary>add, change or remove.</summary>
    public string Operation => Before is null ? "add" : Value is null ? "remove" : "change";

    /// <summary>The hash of the value that it gets; <see cref="Digest.None"/> for a removal.</summary>
    public Digest Content { get; } = Value is null ? Digest.None : Digest.Of(Value);
}

/// <summary>Which changes lead from what is held to what is wanted; in order of keys, and none for a key that is as it should be.</summary>
public static class ChangePlan
{
    /// <summary>Keys that are not an administrator's own: a watched file, a conflict, what is known of a VPN's clients. No plan touches them.</summary>
    public static bool IsReserved(string key) =>
        PathKeys.IsKey(key) || Conflict.IsKey(key) || VpnClient.IsKey(key) || SessionFacts.IsKey(key);

    /// <summary>Every key becomes what it was at a version.</summary>
    /// <returns>Null, with the reason, where that cannot be told any more or yet.</returns>
    public static ImmutableArray<PlannedChange>? Rollback(ReplicaState state, long version, out string refusal)
    {
        refusal = version < state.Start.Version ? $"what was there at version {version} is not known any more: the log begins behind version {state.Start.Version}"
            : version > state.Committed ? $"there is no version {version} yet: the last one is {state.Committed}"
            : "";
        if (refusal.Length > 0)
            return null;
        var (held, wanted) = (state.Held(), state.At(version));
        return Between(held, wanted.ToDictionary(entry => entry.Key, entry => entry.Value.Value, StringComparer.Ordinal), exact: true);
    }

    /// <summary>The given keys get the given values.</summary>
    /// <param name="exact">Keys that are not given are removed.</param>
    public static ImmutableArray<PlannedChange> Import(ReplicaState state, IReadOnlyDictionary<string, byte[]> wanted, bool exact) =>
        Between(state.Held(), wanted, exact);

    private static ImmutableArray<PlannedChange> Between(EntryMap held, IReadOnlyDictionary<string, byte[]> wanted, bool exact)
    {
        var set = wanted.Select(pair => new PlannedChange(pair.Key, held.GetValueOrDefault(pair.Key), pair.Value))
            .Where(change => change.Before is null || change.Before.Content != change.Content);
        var removed = exact
            ? held.Where(pair => !wanted.ContainsKey(pair.Key)).Select(pair => new PlannedChange(pair.Key, pair.Value, null))
            : [];
        return [.. set.Concat(removed).Where(change => !IsReserved(change.Key)).OrderBy(change => change.Key, StringComparer.Ordinal)];
    }
}
