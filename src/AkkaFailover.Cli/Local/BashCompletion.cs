using System.Text;
using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary>Answers bash, which runs the program with the line in its environment (<c>complete -C</c>).</summary>
internal static class BashCompletion
{
    /// <summary>What registers the program with bash; files are offered where it offers nothing.</summary>
    public const string Registration = "complete -o default -C failoverctl failoverctl\n";

    /// <summary>Whether bash asks: it passes the program, the word and the word before, and the line as COMP_LINE.</summary>
    public static bool IsAsked(IReadOnlyList<string> arguments, Terminal terminal) =>
        arguments.Count == 3 && Path.GetFileName(arguments[0]) == "failoverctl" && terminal.Environment("COMP_LINE") is not null;

    /// <summary>Writes the candidates, one a line.</summary>
    public static async Task<int> AnswerAsync(Terminal terminal)
    {
        var line = terminal.Environment("COMP_LINE")!;
        var point = int.TryParse(terminal.Environment("COMP_POINT"), out var given) ? Math.Clamp(given, 0, line.Length) : line.Length;
        var words = line[..point].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToList();
        var begun = line[..point].EndsWith(' ') || words.Count == 0 ? "" : words[^1];
        if (begun.Length > 0) words.RemoveAt(words.Count - 1);
        if (ClientOptions.Parse(words, terminal.Environment, out _) is not { } options) return ExitCode.Done;
        var candidates = Completion.Candidates(await CatalogueAsync(options), options.Words, begun);
        await terminal.Out.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(candidates.Select(candidate => candidate + "\n"))));
        return ExitCode.Done;
    }

    /// <summary>The daemon's definitions, or those of the build where it does not answer.</summary>
    public static async Task<Catalogue> CatalogueAsync(ClientOptions options)
    {
        try
        {
            using var daemon = ControlClient.Connect(options.Socket);
            return (await daemon.CatalogueAsync()).With(LocalPalettes.Definitions);
        }
        catch (Exception e) when (e is UnreachableException or RefusedException)
        {
            return LocalPalettes.Offline;
        }
    }
}
