using System.Text.Json;
using AkkaFailover.Cli.Client;
using AkkaFailover.Cli.Init;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary>The client's own commands, and the daemon's definitions for while it does not run.</summary>
internal static class LocalPalettes
{
    private static readonly IReadOnlyList<(string Palette, string Summary, LocalCommand Command)> Commands = [
        ("", "General", new HelpCommand()),
        ("", "General", new VersionCommand()),
        ("", "General", new CompletionCommand()),
        ("", "General", new InitCommand()),
        ("journal", "the journal of changes", new OfflineJournalVerify()),
        ("hocon", "the daemon's own configuration", new HoconCheck()),
    ];

    /// <summary>Definitions of the client's own commands.</summary>
    public static readonly IReadOnlyList<Palette> Definitions =
        [.. Commands.GroupBy(entry => (entry.Palette, entry.Summary)).Select(group => new Palette(group.Key.Palette, group.Key.Summary, [.. group.Select(entry => entry.Command.Definition)]))];

    private static readonly Lazy<Catalogue> Known = new(() => Embedded().With(Definitions));

    /// <summary>Everything that could be typed when this client was built.</summary>
    public static Catalogue Offline => Known.Value;

    /// <summary>The client's own command that the words call; null for the daemon's, for help and for errors.</summary>
    public static LocalCall? Find(IReadOnlyList<string> words) =>
        CommandLine.Parse(new Catalogue("", "", [], Definitions), words) is CallLine line
            ? new LocalCall(Commands.First(entry => entry.Palette == line.Palette.Name && entry.Command.Definition.Name == line.Definition.Name).Command, line)
            : null;

    private static Catalogue Embedded()
    {
        using var definitions = typeof(LocalPalettes).Assembly.GetManifestResourceStream("palettes.json")!;
        return JsonSerializer.Deserialize(definitions, ControlProtocol.Json.Catalogue)!;
    }
}

/// <summary>A call of one of the client's own commands.</summary>
internal sealed record LocalCall(LocalCommand Command, CallLine Line)
{
    /// <summary>Runs it.</summary>
    public Task<int> RunAsync(ClientOptions options, Terminal terminal) => Command.RunAsync(Line, options, terminal);
}
