using System.Text.Json;

namespace AkkaFailover.Core.Replica;

/// <summary>
/// A change that counted on one node while both were active, and is not in the history that won. The node that took it back hands it to
/// the active, which orders it as an ordinary entry under a reserved key: so it is on both nodes' disks until an operator deals with it.
/// </summary>
/// <param name="Change">The change as it was.</param>
/// <param name="Node">The node that had it.</param>
public sealed record Conflict(Change Change, string Node)
{
    /// <summary>Longest line about the change, in bytes.</summary>
    public const int MaxHeader = 8 * 1024;

    /// <summary>How the keys of conflicts begin.</summary>
    public const string Prefix = "conflict:";

    /// <summary>Twelve hexadecimal digits that name it.</summary>
    public string Id => IdOf(Change);

    /// <summary>Whether a key is one of a conflict.</summary>
    public static bool IsKey(string key) => key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The key under which a change becomes a conflict; one that was a conflict already stays what it was.</summary>
    public static string KeyOf(Change change) => IsKey(change.Key) ? change.Key : Prefix + IdOf(change);

    /// <summary>The key of a conflict by its name.</summary>
    public static string KeyOf(string id) => Prefix + id;

    /// <summary>The entry's value: one line of JSON about the change, then the value as it was.</summary>
    public static byte[]? Encode(Change change, string node)
    {
        if (IsKey(change.Key)) return change.Value;
        var header = JsonSerializer.SerializeToUtf8Bytes(
            new Header(change.Key, change.Version, change.Term.Value, change.At, change.By, node, change.Value is null), ReplicaJson.Default.Header);
        return [.. header, (byte)'\n', .. change.Value ?? []];
    }

    /// <summary>Reads an entry's value.</summary>
    /// <returns>Null where it is not one that <see cref="Encode"/> made.</returns>
    public static Conflict? Decode(ReadOnlySpan<byte> entry)
    {
        var end = entry[..Math.Min(entry.Length, MaxHeader)].IndexOf((byte)'\n');
        if (end < 0) return null;
        try
        {
            return JsonSerializer.Deserialize(entry[..end], ReplicaJson.Default.Header) is { Key.Length: > 0, Version: > 0, Term: > 0 and <= Term.MaxValue, By: not null, Node: not null } header
                ? new Conflict(new Change(header.Version, new Term(header.Term), header.At, header.By, header.Key, header.Removed ? null : entry[(end + 1)..].ToArray()), header.Node)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string IdOf(Change change) => change.Chain(Digest.None).Fingerprint[..12];

    internal sealed record Header(string Key, long Version, uint Term, DateTimeOffset At, string By, string Node, bool Removed);
}

/// <summary>Changes of this node that counted and were taken back, on its disk until they are conflicts.</summary>
/// <param name="Changes">At least one.</param>
public sealed record OrphansKept(Term Term, DateTimeOffset At, string By, System.Collections.Immutable.ImmutableArray<Change> Changes) : ReplicaEvent(Term, At, By);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[System.Text.Json.Serialization.JsonSerializable(typeof(Conflict.Header))]
internal sealed partial class ReplicaJson : System.Text.Json.Serialization.JsonSerializerContext;
