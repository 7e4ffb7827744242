namespace AkkaFailover.Core.Replica;

/// <summary>What one node holds under a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The change that set it.</param>
/// <param name="Size">Bytes of the value.</param>
/// <param name="Content">Hash of the value.</param>
public sealed record EntryMark(string Key, long Version, long Size, Digest Content)
{
    /// <summary>An entry without its value.</summary>
    public static EntryMark Of(string key, Entry entry) => new(key, entry.Version, entry.Value.LongLength, entry.Content);
}

/// <summary>A key that two nodes do not hold in the same way.</summary>
/// <param name="Key">The key.</param>
/// <param name="Ours">Null where this node does not have it.</param>
/// <param name="Theirs">Null where the other node does not have it.</param>
public sealed record EntryDifference(string Key, EntryMark? Ours, EntryMark? Theirs);

/// <summary>Compares what two nodes hold.</summary>
public static class EntryComparison
{
    /// <summary>The keys that differ in version or content, in order of keys.</summary>
    public static IReadOnlyList<EntryDifference> Between(IEnumerable<EntryMark> ours, IEnumerable<EntryMark> theirs)
    {
        var rest = theirs.ToDictionary(entry => entry.Key, StringComparer.Ordinal);
        var differences = new List<EntryDifference>();
        foreach (var own in ours)
        {
            rest.Remove(own.Key, out var other);
            if (own != other) differences.Add(new EntryDifference(own.Key, own, other));
        }
        differences.AddRange(rest.Values.Select(other => new EntryDifference(other.Key, null, other)));
        return [.. differences.OrderBy(difference => difference.Key, StringComparer.Ordinal)];
    }
}
