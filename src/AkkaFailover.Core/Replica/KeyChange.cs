using System.Collections.Immutable;
using System.Text;

namespace AkkaFailover.Core.Replica;

/// <summary>What shall become of a key.</summary>
/// <param name="Value">Null removes it.</param>
public readonly record struct KeyChange(string Key, byte[]? Value);

/// <summary>Somebody asks for several changes that count together or not at all.</summary>
/// <param name="Request">Names the request in its answer; the answer's version is the last one.</param>
/// <param name="Changes">At least one, each of another key.</param>
/// <param name="By">Who asks.</param>
public sealed record BatchRequested(long Request, ImmutableArray<KeyChange> Changes, string By) : ReplicaInput;

/// <summary>
/// What a batch may be. It is one event of the journal and one message of the link, so that no crash can leave a part of it; its
/// changes have one time in common, which no other change has.
/// </summary>
public static class BatchRules
{
    /// <summary>Most changes of a batch.</summary>
    public const int MaxChanges = 4_096;

    /// <summary>Most bytes of a batch of several changes, with keys and what belongs to them.</summary>
    public const int MaxBytes = ChangeRules.MaxValueBytes;

    /// <summary>Says why a batch is not acceptable; null where it is.</summary>
    public static string? Refuse(ImmutableArray<KeyChange> changes, string by)
    {
        if (changes.Length > MaxChanges)
            return $"a batch has at most {MaxChanges} changes, this one {changes.Length}: it is made whole or not at all";
        foreach (var (key, value) in changes)
            if (ChangeRules.Refuse(key, value, by) is { } refusal) return $"'{key}': {refusal}";
        var bytes = changes.Sum(change => Weight(change, by));
        return changes.Length > 1 && bytes > MaxBytes
            ? $"a batch has at most {MaxBytes} bytes, this one {bytes}: it is made whole or not at all"
            : null;
    }

    /// <summary>What a change counts for in <see cref="MaxBytes"/>.</summary>
    public static long Weight(KeyChange change, string by) =>
        64L + Encoding.UTF8.GetByteCount(change.Key) + Encoding.UTF8.GetByteCount(by) + (change.Value?.Length ?? 0);
}
