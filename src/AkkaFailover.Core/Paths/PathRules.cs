using System.Text;
using AkkaFailover.Core.Replica;

namespace AkkaFailover.Core.Paths;

/// <summary>What may be in a watched path: the same for what is found on a disk and for what the peer sends.</summary>
public static class PathRules
{
    /// <summary>Most files, folders and links of one path.</summary>
    public const int MaxEntries = 20_000;

    /// <summary>Most folders above one another.</summary>
    public const int MaxDepth = 64;

    /// <summary>What the writer's own unfinished files begin with: never taken, never written by an entry.</summary>
    public const string Unfinished = ".akka-failover-new-";

    private const int MaxName = 255;
    private const int MaxTarget = 4_095;

    /// <summary>Says why a path below a root is not acceptable; null where it is. The root itself is the empty one.</summary>
    public static string? Refuse(string relative)
    {
        if (relative.Length == 0) return null;
        var names = relative.Split('/');
        return names.Length > MaxDepth ? $"more than {MaxDepth} folders deep"
            : names.Any(name => name is "" or "." or "..") ? "the path is not a plain one below its root"
            : names.Any(name => Encoding.UTF8.GetByteCount(name) > MaxName) ? $"a name has more than {MaxName} bytes"
            : relative.Any(char.IsControl) ? "a name has control characters"
            : names.Any(name => name.StartsWith(Unfinished, StringComparison.Ordinal)) ? "the name is one of this program's unfinished files"
            : null;
    }

    /// <summary>
    /// Says why a symbolic link is not acceptable; null where it is. Steps upwards count only at the target's beginning: behind another link
    /// they would lead from where that one points.
    /// </summary>
    /// <param name="relative">Where the link is.</param>
    /// <param name="target">What it says.</param>
    public static string? RefuseLink(string relative, string target)
    {
        if (target.Length == 0 || target.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(target) > MaxTarget)
            return $"a symbolic link's target has 1 to {MaxTarget} bytes";
        if (target[0] == '/') return "the symbolic link is absolute";
        if (relative.Length == 0) return "the path itself is a symbolic link";
        var steps = target.Split('/').Where(step => step is not ("" or ".")).ToList();
        var up = steps.TakeWhile(step => step == "..").Count();
        return up > relative.Count(c => c == '/') ? "the symbolic link leads out of the path"
            : steps.Skip(up).Contains("..") ? "the symbolic link goes down and up again, which may lead out of the path"
            : null;
    }

    /// <summary>Says why an entry is not acceptable; null where it is.</summary>
    public static string? Refuse(string relative, PathRecord record) =>
        Refuse(relative) ?? (record.Kind == PathKind.Link ? RefuseLink(relative, record.Target) : null);
}

/// <summary>The keys of watched paths, databases among them.</summary>
public static class PathKeys
{
    private const string Prefix = "path:";
    private const string DatabasePrefix = "db:";

    /// <summary>How the keys of watched paths begin.</summary>
    public static IReadOnlyList<string> Prefixes { get; } = [Prefix, DatabasePrefix];

    /// <summary>Whether a key is a watched path's.</summary>
    public static bool IsKey(string key) => key.StartsWith(Prefix, StringComparison.Ordinal) || key.StartsWith(DatabasePrefix, StringComparison.Ordinal);

    /// <summary>The name of a database among those of all paths, where no other has a colon.</summary>
    public static string OfDatabase(string name) => DatabasePrefix + name;

    /// <summary>The key of what is in a path.</summary>
    public static string Of(string name, string relative) => relative.Length == 0 ? RootOf(name) : $"{RootOf(name)}/{relative}";

    /// <summary>What a key of one path names below its root.</summary>
    /// <returns>Null where the key is another path's or none.</returns>
    public static string? RelativeOf(string name, string key)
    {
        var root = RootOf(name);
        if (!key.StartsWith(root, StringComparison.Ordinal)) return null;
        var end = root.Length;
        return key.Length == end ? "" : key[end] == '/' && key.Length > end + 1 ? key[(end + 1)..] : null;
    }

    /// <summary>How the keys of one path begin; those of others may too.</summary>
    public static string RootOf(string name) => name.StartsWith(DatabasePrefix, StringComparison.Ordinal) ? name : Prefix + name;

    /// <summary>The folder that holds something; null for the root.</summary>
    public static string? ParentOf(string relative) =>
        relative.Length == 0 ? null : relative.LastIndexOf('/') is var slash and >= 0 ? relative[..slash] : "";

    /// <summary>Says why no key can be made; null where one can.</summary>
    public static string? Refuse(string name, string relative) => ChangeRules.Refuse(Of(name, relative), null, "");
}
