namespace AkkaFailover.Core.Palettes;

/// <summary>What can stand next on a command line.</summary>
public static class Completion
{
    /// <summary>Words that begin with <paramref name="begun"/> and may follow <paramref name="before"/>, in the order of the definitions.</summary>
    public static IReadOnlyList<string> Candidates(Catalogue catalogue, IReadOnlyList<string> before, string begun) =>
        [.. Next(catalogue, before, begun).Where(word => word.StartsWith(begun, StringComparison.Ordinal))];

    private static IEnumerable<string> Next(Catalogue catalogue, IReadOnlyList<string> before, string begun)
    {
        if (before.Count == 0) return CommandLine.FirstWords(catalogue);
        if (before[0] == "help") return Next(catalogue, [.. before.Skip(1)], begun);
        var top = catalogue.Find("");
        if (top?.Commands.FirstOrDefault(command => command.Name == before[0]) is { } single)
            return Following(catalogue, single, [.. before.Skip(1)], begun);
        if (before[0].Length == 0 || catalogue.Find(before[0]) is not { } palette) return [];
        if (before.Count == 1) return palette.Commands.Select(command => command.Name);
        return palette.Commands.FirstOrDefault(command => command.Name == before[1]) is { } found
            ? Following(catalogue, found, [.. before.Skip(2)], begun)
            : [];
    }

    private static IEnumerable<string> Following(Catalogue catalogue, CommandDefinition command, List<string> before, string begun)
    {
        if (before.Count > 0 && command.Options.FirstOrDefault(option => "--" + option.Name == before[^1]) is { Value: not null, ValueOptional: false } valued)
            return valued.Kind == ValueKind.Group ? catalogue.Groups : [];
        if (begun.StartsWith('-'))
            return command.Options.Where(option => option.Repeated || !before.Contains("--" + option.Name)).Select(option => "--" + option.Name);
        return command.Arguments.Any(argument => argument.Kind == ValueKind.Group) ? catalogue.Groups : [];
    }
}
