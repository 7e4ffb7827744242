using System.Text.Json.Serialization;

namespace AkkaFailover.Core.Palettes;

/// <summary>
/// What a command is: the only source of its help, its usage errors and its completion. The daemon's definitions reach
/// the client over the control socket, so a new command needs no new client.
/// </summary>
/// <param name="Name">The word after the palette's.</param>
/// <param name="Summary">One line, without a full stop.</param>
public sealed record CommandDefinition(string Name, string Summary)
{
    /// <summary>Positional arguments in their order; the required ones first.</summary>
    public IReadOnlyList<ArgumentDefinition> Arguments { get; init; } = [];

    /// <summary>Options, anywhere after the command's name.</summary>
    public IReadOnlyList<OptionDefinition> Options { get; init; } = [];

    /// <summary>Paragraphs for the command's own help.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>Whole command lines, without the program's name.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];
}

/// <summary>A positional argument.</summary>
/// <param name="Name">In capitals, as the synopsis shows it.</param>
/// <param name="Summary">One line, without a full stop.</param>
/// <param name="Optional">Whether it may be left out.</param>
/// <param name="Kind">What it must look like, and what completes it.</param>
public sealed record ArgumentDefinition(string Name, string Summary, bool Optional = false, ValueKind Kind = ValueKind.Text)
{
    /// <summary>What the client does with the folder that the argument names.</summary>
    public FolderUse Folder { get; init; }

    /// <summary>The group a command is about; it may be left out where there is one.</summary>
    public static readonly ArgumentDefinition Group = new("GROUP", "the group; may be left out where there is one", Optional: true, ValueKind.Group);
}

/// <summary>An option.</summary>
/// <param name="Name">Without the two hyphens.</param>
/// <param name="Summary">One line, without a full stop.</param>
/// <param name="Value">The value's name in capitals; null for a flag.</param>
/// <param name="Kind">What the value must look like, and what completes it.</param>
public sealed record OptionDefinition(string Name, string Summary, string? Value = null, ValueKind Kind = ValueKind.Text)
{
    /// <summary>The command is a usage error without it: a deliberate act.</summary>
    public bool Required { get; init; }

    /// <summary>Whether it may be given several times.</summary>
    public bool Repeated { get; init; }

    /// <summary>Whether it may stand without its value, which is a number: a word of digits after it is that number, any other word is not.</summary>
    public bool ValueOptional { get; init; }

    /// <summary>What the client sends along where the option is given.</summary>
    public InputKind Input { get; init; }

    /// <summary>Arguments that are not to be given where the option is.</summary>
    public IReadOnlyList<string> Replaces { get; init; } = [];

    /// <summary>The group, where the arguments are something else.</summary>
    public static readonly OptionDefinition Group = new("group", "the group; may be left out where there is one", "GROUP", ValueKind.Group);

    /// <summary>How many lines of a list, the newest ones.</summary>
    public static readonly OptionDefinition Last = new("last", "only the newest N, 1 to 10000 (default 50)", "N", ValueKind.Number);
}

/// <summary>What a value must look like.</summary>
public enum ValueKind
{
    /// <summary>Anything.</summary>
    [JsonStringEnumMemberName("text")]
    Text,

    /// <summary>The name of a group.</summary>
    [JsonStringEnumMemberName("group")]
    Group,

    /// <summary>A whole number, 1 to 10,000.</summary>
    [JsonStringEnumMemberName("number")]
    Number,

    /// <summary>A file of the client's host.</summary>
    [JsonStringEnumMemberName("file")]
    File,
}

/// <summary>What an argument that names a folder makes the client do.</summary>
public enum FolderUse
{
    /// <summary>It names none.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The client sends the folder's files along.</summary>
    [JsonStringEnumMemberName("read")]
    Read,

    /// <summary>The client makes the folder of the files that the answer brings.</summary>
    [JsonStringEnumMemberName("write")]
    Write,
}

/// <summary>What an option makes the client send along.</summary>
public enum InputKind
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>The contents of the file that the value names; of standard input for <c>-</c>.</summary>
    [JsonStringEnumMemberName("file")]
    File,

    /// <summary>Standard input, one request a line, many of them at once.</summary>
    [JsonStringEnumMemberName("lines")]
    Lines,
}

/// <summary>Commands under one word; the palette without a name holds those that have none before them.</summary>
public sealed record Palette(string Name, string Summary, IReadOnlyList<CommandDefinition> Commands)
{
    /// <summary>A command's words on the command line.</summary>
    public string PathOf(CommandDefinition command) => Name.Length == 0 ? command.Name : $"{Name} {command.Name}";
}

/// <summary>Everything that can be typed, and what completes it.</summary>
/// <param name="Node">The node that answered; empty where the daemon was not asked.</param>
/// <param name="Software">The daemon's version; empty likewise.</param>
/// <param name="Groups">Its groups; empty likewise.</param>
/// <param name="Palettes">In the order of the help.</param>
public sealed record Catalogue(string Node, string Software, IReadOnlyList<string> Groups, IReadOnlyList<Palette> Palettes)
{
    /// <summary>The palette of that name, or null.</summary>
    public Palette? Find(string name) => Palettes.FirstOrDefault(palette => palette.Name == name);

    /// <summary>Adds palettes; commands of one that exists already come after its own, and none twice: the first definition stays.</summary>
    public Catalogue With(IEnumerable<Palette> more)
    {
        var palettes = Palettes.ToList();
        foreach (var palette in more)
        {
            var at = palettes.FindIndex(known => known.Name == palette.Name);
            if (at < 0) palettes.Add(palette);
            else palettes[at] = palettes[at] with { Commands = [.. palettes[at].Commands.UnionBy(palette.Commands, command => command.Name)] };
        }
        return this with { Palettes = palettes };
    }
}
