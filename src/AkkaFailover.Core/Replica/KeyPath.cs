using System.Text;

namespace AkkaFailover.Core.Replica;

/// <summary>
/// Keys as relative paths of files, and back: a slash separates folders, and what a file system cannot hold is written with a percent
/// sign. Every key has one path, and no path leads out of its folder.
/// </summary>
public static class KeyPath
{
    /// <summary>Bytes of a folder's or file's name; longer parts of a key go on in the next folder.</summary>
    private const int MaxName = 200;

    private const string Empty = "%";
    private const string Continued = "%-";
    private const string BesideFolder = "%file";

    /// <summary>The path of a key.</summary>
    /// <param name="isFolder">Another key begins with this one and a slash, so that its name is a folder's.</param>
    public static string Of(string key, bool isFolder = false) =>
        string.Join('/', key.Split('/').Select(Encode)) + (isFolder ? BesideFolder : "");

    /// <summary>The paths of some keys, which are different.</summary>
    public static IEnumerable<(string Key, string Path)> OfAll(IReadOnlyCollection<string> keys)
    {
        var folders = keys.SelectMany(FoldersOf).ToHashSet(StringComparer.Ordinal);
        return keys.Select(key => (key, Of(key, folders.Contains(key))));
    }

    /// <summary>The key of a path.</summary>
    /// <returns>Null where no key has it.</returns>
    public static string? ToKey(string path)
    {
        var key = new StringBuilder();
        var names = path.Split('/');
        for (var i = 0; i < names.Length; i++)
        {
            var (name, last) = (names[i], i == names.Length - 1);
            if (last && name.EndsWith(BesideFolder, StringComparison.Ordinal)) name = name[..^BesideFolder.Length];
            var continued = !last && name.EndsWith(Continued, StringComparison.Ordinal);
            if (Decode(continued ? name[..^Continued.Length] : name) is not { } part) return null;
            key.Append(part);
            if (!last && !continued) key.Append('/');
        }
        var text = key.ToString();
        return Of(text) is var plain && (path == plain || path == plain + BesideFolder) ? text : null;
    }

    private static IEnumerable<string> FoldersOf(string key)
    {
        for (var slash = key.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = key.IndexOf('/', slash + 1))
            yield return key[..slash];
    }

    private static string Encode(string part)
    {
        if (part.Length == 0) return Empty;
        var text = new StringBuilder();
        var bytes = 0;
        foreach (var rune in part.EnumerateRunes())
        {
            var (written, size) = rune.Value == '%' ? ("%25", 3) : (rune.ToString(), rune.Utf8SequenceLength);
            if (bytes + size > MaxName)
            {
                text.Append(Continued).Append('/');
                bytes = 0;
            }
            text.Append(written);
            bytes += size;
        }
        return string.Join('/', text.ToString().Split('/').Select(name => name is "." or ".." ? name.Replace(".", "%2E", StringComparison.Ordinal) : name));
    }

    private static string? Decode(string name)
    {
        if (name == Empty) return "";
        if (name.Length == 0) return null;
        return name.Replace("%2E", ".", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
    }
}
