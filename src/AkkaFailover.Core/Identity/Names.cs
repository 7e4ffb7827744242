using System.Text.RegularExpressions;

namespace AkkaFailover.Core;

/// <summary>The name of a node: 1 to 63 characters, lower-case letters, digits and hyphens, as in a DNS label.</summary>
public readonly record struct NodeName : IComparable<NodeName>
{
    private NodeName(string value) => Value = value;

    /// <summary>The name's text.</summary>
    public string Value { get; }

    /// <summary>Takes a text as a name.</summary>
    /// <returns>False where the text is not a name.</returns>
    public static bool TryParse(string? text, out NodeName name)
    {
        var valid = text is not null && NameRules.Label().IsMatch(text);
        name = valid ? new NodeName(text!) : default;
        return valid;
    }

    /// <summary>Takes a text as a name.</summary>
    /// <exception cref="FormatException">The text is not a name.</exception>
    public static NodeName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a node name: {NameRules.Rule}");

    /// <summary>Ordinal order; it decides ties and which terms are a node's own.</summary>
    public int CompareTo(NodeName other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The name of a group: 1 to 63 characters, lower-case letters, digits and hyphens.</summary>
public readonly record struct GroupName
{
    private GroupName(string value) => Value = value;

    /// <summary>The name's text.</summary>
    public string Value { get; }

    /// <summary>Takes a text as a name.</summary>
    /// <returns>False where the text is not a name.</returns>
    public static bool TryParse(string? text, out GroupName name)
    {
        var valid = text is not null && NameRules.Label().IsMatch(text);
        name = valid ? new GroupName(text!) : default;
        return valid;
    }

    /// <summary>Takes a text as a name.</summary>
    /// <exception cref="FormatException">The text is not a name.</exception>
    public static GroupName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a group name: {NameRules.Rule}");

    /// <inheritdoc/>
    public override string ToString() => Value;
}

internal static partial class NameRules
{
    public const string Rule = "1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit";

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,62}$", RegexOptions.CultureInvariant)]
    public static partial Regex Label();
}
