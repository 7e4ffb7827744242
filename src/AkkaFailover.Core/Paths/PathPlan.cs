using System.Collections.Immutable;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Paths;

/// <summary>Something to be written: a file, folder or link with all that belongs to it.</summary>
public sealed record PathWrite(string Relative, PathRecord Record);

/// <summary>Something that an entry or the disk may not be, with the reason.</summary>
public sealed record PathRefusal(string Relative, string Reason);

/// <summary>What is to be done so that a disk and the entries agree.</summary>
/// <param name="Take">What the disk has and the entries get; folders before what is in them, and removals behind all else.</param>
/// <param name="Write">What the entries have and the disk gets; folders before what is in them.</param>
/// <param name="Remove">What the disk loses, deepest first.</param>
/// <param name="Drift">Of what the disk loses or has written over: what no entry ever was, as far as is known here.</param>
/// <param name="Refused">Entries that are not written.</param>
public sealed record PathPlan(
    ImmutableArray<string> Take, ImmutableArray<PathWrite> Write, ImmutableArray<string> Remove, ImmutableArray<string> Drift, ImmutableArray<PathRefusal> Refused);

/// <summary>
/// Compares three things: what the entries say, what the disk has, and what both were when they last agreed (the base). Where the entries win, all
/// that differs is written and what nobody but this host can have made is drift; where the disk wins, only what the entries changed and the disk did not
/// is written.
/// </summary>
public static class PathComparison
{
    /// <summary>The plan.</summary>
    /// <param name="wanted">The entries.</param>
    /// <param name="disk">The hash of what each would be as an entry.</param>
    /// <param name="agreed">The base, by hash.</param>
    /// <param name="left">What the scan could not or must not judge: it and all below stays as it is.</param>
    /// <param name="diskWins">This node is active and has written out what was there before.</param>
    public static PathPlan Of(
        IReadOnlyDictionary<string, WantedEntry> wanted, IReadOnlyDictionary<string, Digest> disk, IReadOnlyDictionary<string, Digest> agreed,
        IReadOnlySet<string> left, bool diskWins)
    {
        var take = new List<string>();
        var write = new List<PathWrite>();
        var remove = new List<string>();
        var drift = new List<string>();
        var refused = new List<PathRefusal>();
        foreach (var relative in wanted.Keys.Union(disk.Keys).Order(StringComparer.Ordinal))
        {
            Digest? entry = wanted.TryGetValue(relative, out var held) ? held.Content : null;
            Digest? found = disk.TryGetValue(relative, out var there) ? there : null;
            Digest? known = agreed.TryGetValue(relative, out var both) ? both : null;
            if (entry == found || IsLeft(relative, left)) continue;
            if (diskWins && (entry == known || found != known))
            {
                // A root that is gone is an unmounted disk sooner than a wish to lose everything on both nodes.
                if (relative.Length > 0 || found is not null) take.Add(relative);
                continue;
            }
            if (entry is null && relative.Length == 0) continue;
            if (found is not null && found != known) drift.Add(relative);
            if (entry is null) remove.Add(relative);
            else if (PathRecord.Decode(held.Value, out var reason) is not { } record) refused.Add(new PathRefusal(relative, reason));
            else if ((PathRules.Refuse(relative, record) ?? RefusePlace(relative, wanted)) is { } why) refused.Add(new PathRefusal(relative, why));
            else write.Add(new PathWrite(relative, record));
        }
        remove.Reverse();
        return new PathPlan([.. take.Where(disk.ContainsKey), .. take.Where(path => !disk.ContainsKey(path)).Reverse()], [.. write], [.. remove], [.. drift], [.. refused]);
    }

    /// <summary>As few batches as their bounds allow, in order.</summary>
    public static IEnumerable<ImmutableArray<KeyChange>> Batches(IEnumerable<KeyChange> changes, string by)
    {
        var batch = ImmutableArray.CreateBuilder<KeyChange>();
        var bytes = 0L;
        foreach (var change in changes)
        {
            var weight = BatchRules.Weight(change, by);
            if (batch.Count > 0 && (batch.Count == BatchRules.MaxChanges || bytes + weight > BatchRules.MaxBytes))
            {
                yield return batch.DrainToImmutable();
                bytes = 0;
            }
            batch.Add(change);
            bytes += weight;
        }
        if (batch.Count > 0) yield return batch.DrainToImmutable();
    }

    private static bool IsLeft(string relative, IReadOnlySet<string> left)
    {
        if (left.Count == 0) return false;
        for (var path = relative; path is not null; path = PathKeys.ParentOf(path))
            if (left.Contains(path)) return true;
        return false;
    }

    private static string? RefusePlace(string relative, IReadOnlyDictionary<string, WantedEntry> wanted) =>
        PathKeys.ParentOf(relative) is not { } parent ? null
        : wanted.TryGetValue(parent, out var folder) && folder.Value.Length > 1 && folder.Value[1] == (byte)PathKind.Folder ? null
        : "the entry's folder is not one of the entries";
}
