using System.Globalization;

namespace AkkaFailover.Core.Palettes;

/// <summary>What a command line means.</summary>
public abstract record CommandLine
{
    /// <summary>Reads the words after the program's name; the options of the client itself are taken out already.</summary>
    public static CommandLine Parse(Catalogue catalogue, IReadOnlyList<string> words)
    {
        if (words.Count == 0 || IsHelp(words[0])) return new HelpLine(null, null);
        if (catalogue.Find("") is { } top && top.Commands.FirstOrDefault(command => command.Name == words[0]) is { } single)
            return ParseCommand(top, single, words.Skip(1));
        if (words[0].Length == 0 || catalogue.Find(words[0]) is not { } palette)
            return new UsageLine(Unknown("command", words[0], FirstWords(catalogue)), "help");
        if (words.Count == 1 || IsHelp(words[1])) return new HelpLine(palette, null);
        return palette.Commands.FirstOrDefault(command => command.Name == words[1]) is { } definition
            ? ParseCommand(palette, definition, words.Skip(2))
            : new UsageLine($"{palette.Name}: {Unknown("command", words[1], palette.Commands.Select(command => command.Name))}", $"help {palette.Name}");
    }

    /// <summary>The words that can stand first.</summary>
    public static IEnumerable<string> FirstWords(Catalogue catalogue) =>
        catalogue.Palettes.SelectMany(palette => palette.Name.Length == 0 ? palette.Commands.Select(command => command.Name) : [palette.Name]);

    private static bool IsHelp(string word) => word is "--help" or "-h";

    private static string Unknown(string what, string word, IEnumerable<string> known) =>
        Suggestion.Nearest(word, known) is { } near ? $"unknown {what} '{word}': did you mean '{near}'?" : $"unknown {what} '{word}'";

    private static CommandLine ParseCommand(Palette palette, CommandDefinition definition, IEnumerable<string> words)
    {
        var positional = new List<string>();
        var options = new Dictionary<string, List<string>>();
        string? error = null;
        var rest = new Queue<string>(words);
        var literal = false;
        while (error is null && rest.TryDequeue(out var word))
        {
            if (literal || word.Length < 2 || word[0] != '-') positional.Add(word);
            else if (word == "--") literal = true;
            else if (IsHelp(word)) return new HelpLine(palette, definition);
            else error = TakeOption(definition, word, rest, options);
        }
        var arguments = new Dictionary<string, string>();
        error ??= TakeArguments(definition, positional, options, arguments) ?? Missing(definition, options);
        var path = palette.PathOf(definition);
        return error is null
            ? new CallLine(palette, definition, arguments, options.ToDictionary(option => option.Key, option => (IReadOnlyList<string>)option.Value))
            : new UsageLine($"{path}: {error}", $"help {path}");
    }

    private static string? TakeOption(CommandDefinition definition, string word, Queue<string> rest, Dictionary<string, List<string>> options)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? word : word[..equals];
        if (definition.Options.FirstOrDefault(option => "--" + option.Name == name) is not { } found)
            return Unknown("option", name, definition.Options.Select(option => "--" + option.Name));
        if (found.Value is null && equals >= 0) return $"{name} takes no value";
        var value = equals < 0 ? ValueOf(found, rest) : word[(equals + 1)..];
        if (value is null && !found.ValueOptional && found.Value is not null) return $"{name} needs a value: {name} {found.Value}";
        if (!options.TryAdd(found.Name, [value ?? ""]))
        {
            if (!found.Repeated) return $"{name} is given twice";
            options[found.Name].Add(value ?? "");
        }
        return value is null ? null : Misfit(name, found.Kind, value);
    }

    /// <summary>Takes the word that is an option's value; null where it has none.</summary>
    private static string? ValueOf(OptionDefinition option, Queue<string> rest)
    {
        if (option.Value is null || !rest.TryPeek(out var next)) return null;
        return option.ValueOptional && !next.All(char.IsAsciiDigit) ? null : rest.Dequeue();
    }

    private static string? TakeArguments(
        CommandDefinition definition, List<string> positional, Dictionary<string, List<string>> options, Dictionary<string, string> arguments)
    {
        var given = definition.Options.Where(option => options.ContainsKey(option.Name)).ToList();
        var expected = definition.Arguments.Where(argument => !given.Any(option => option.Replaces.Contains(argument.Name))).ToList();
        for (var i = 0; i < positional.Count; i++)
        {
            if (i == expected.Count) return $"'{positional[i]}' is one word too many";
            if (Misfit(expected[i].Name, expected[i].Kind, positional[i]) is { } misfit) return misfit;
            arguments[expected[i].Name] = positional[i];
        }
        return expected.Skip(positional.Count).FirstOrDefault(argument => !argument.Optional) is { } missing
            ? $"{missing.Name} is missing: {missing.Summary}"
            : null;
    }

    private static string? Missing(CommandDefinition definition, Dictionary<string, List<string>> options) =>
        definition.Options.FirstOrDefault(option => option.Required && !options.ContainsKey(option.Name)) is { } missing
            ? $"it wants --{missing.Name}: {missing.Summary}"
            : null;

    private static string? Misfit(string name, ValueKind kind, string value) => kind switch
    {
        ValueKind.Number when !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 10_000 =>
            $"{name}: '{value}' is not a whole number from 1 to 10000",
        ValueKind.Group when !GroupName.TryParse(value, out _) => $"{name}: '{value}' cannot be the name of a group",
        _ => null,
    };
}

/// <summary>A command to run.</summary>
/// <param name="Palette">Its palette.</param>
/// <param name="Definition">Its definition.</param>
/// <param name="Arguments">By the argument's name.</param>
/// <param name="Options">By the option's name: its values, more than one only where it may be repeated; an empty one where it stands without.</param>
public sealed record CallLine(
    Palette Palette,
    CommandDefinition Definition,
    IReadOnlyDictionary<string, string> Arguments,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Options) : CommandLine
{
    /// <summary>The value of an option, the first where it is repeated; empty where it stands without one, null where it is not given.</summary>
    public string? Option(string name) => Options.TryGetValue(name, out var values) ? values[0] : null;

    /// <summary>All values of an option.</summary>
    public IReadOnlyList<string> All(string name) => Options.GetValueOrDefault(name) ?? [];

    /// <summary>The folder that the client reads or writes for it; null where there is none.</summary>
    public string? Folder(FolderUse use) =>
        Definition.Arguments.FirstOrDefault(argument => argument.Folder == use) is { } named ? Arguments[named.Name] : null;

    /// <summary>The option that makes the client send something along; null where none is given.</summary>
    public OptionDefinition? Input =>
        Definition.Options.FirstOrDefault(option => option.Input != InputKind.None && Options.ContainsKey(option.Name));
}

/// <summary>Help is wanted: for everything, for a palette or for a command.</summary>
public sealed record HelpLine(Palette? Palette, CommandDefinition? Command) : CommandLine;

/// <summary>The line is wrong (exit code 64).</summary>
/// <param name="Error">What is wrong, where, and what was meant.</param>
/// <param name="Help">The command line that shows the help.</param>
public sealed record UsageLine(string Error, string Help) : CommandLine;
