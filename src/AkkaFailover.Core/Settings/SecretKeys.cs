using System.Text;
using System.Text.RegularExpressions;

namespace AkkaFailover.Core.Settings;

/// <summary>
/// Which keys of the replicated configuration hold secrets. A star stands for anything but a slash, two for anything; a pattern without
/// a slash is about any one part of a key. Upper and lower case are the same.
/// </summary>
public sealed class SecretKeys
{
    private readonly IReadOnlyList<Regex> _patterns;

    /// <summary>Takes patterns.</summary>
    public SecretKeys(IReadOnlyList<string> patterns)
    {
        Patterns = patterns;
        _patterns = [.. patterns.Select(Compile)];
    }

    /// <summary>No key is a secret.</summary>
    public static SecretKeys None { get; } = new([]);

    /// <summary>The patterns as they were written.</summary>
    public IReadOnlyList<string> Patterns { get; }

    /// <summary>Whether a key's value is a secret.</summary>
    public bool Contains(string key) => _patterns.Any(pattern => pattern.IsMatch(key));

    /// <summary>Linear in the key's length, whatever the pattern is.</summary>
    private static Regex Compile(string pattern)
    {
        var text = new StringBuilder(pattern.Contains('/', StringComparison.Ordinal) ? "^" : "(^|/)");
        for (var rest = pattern.AsSpan(); !rest.IsEmpty;)
        {
            var (taken, written) = rest.StartsWith("**/") ? (3, "(.*/)?")
                : rest.StartsWith("**") ? (2, ".*")
                : rest[0] == '*' ? (1, "[^/]*")
                : (1, Regex.Escape(rest[..1].ToString()));
            text.Append(written);
            rest = rest[taken..];
        }
        text.Append(pattern.Contains('/', StringComparison.Ordinal) ? "$" : "(/|$)");
        return new Regex(text.ToString(), RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }
}
