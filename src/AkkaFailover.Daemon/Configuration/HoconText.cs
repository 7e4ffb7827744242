using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Parses HOCON with Akka's parser, and says in which line the text stops being HOCON.</summary>
internal static class HoconText
{
    private const string StructureMend = "correct the line; in an editor that matches brackets the place shows at once";

    /// <summary>A line with one of these words may hold a secret.</summary>
    private static readonly string[] Secrets = ["passphrase", "password", "connection-string"];

    /// <summary>Parses a text.</summary>
    /// <returns>The parsed text; null where it has an error, which is then among the findings.</returns>
    public static Config? Parse(string text, string name, Findings findings)
    {
        if (HoconStructure.Of(text).Error is { } structure)
        {
            findings.Error($"{name}:{structure.Line}", "", structure.Problem, StructureMend);
            return null;
        }
        if (Failure(text) is not { } failure) return Parse(text);

        var line = FirstLineThatFails(text, failure);
        findings.Error($"{name}:{line}", LineOf(text, line), Sentence(failure), Mend(failure));
        return null;
    }

    private static Config Parse(string text) => ConfigurationFactory.ParseString(HoconStructure.Of(text).Parseable, Include);

    private static Exception? Failure(string text)
    {
        try
        {
            Parse(text);
            return null;
        }
        // The parser throws whatever its state leads to: its own exceptions, format errors, null references.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e;
        }
    }

    private static HoconRoot Include(string file) =>
        throw new ConfigurationException($"'include' is not supported, so '{file}' is not read");

    /// <summary>The parser tells no line. It does not mind an open bracket either, so the shortest beginning that fails ends with it.</summary>
    private static int FirstLineThatFails(string text, Exception failure)
    {
        var lines = text.Split('\n');
        for (var count = 1; count < lines.Length; count++)
            if (Failure(string.Join('\n', lines.Take(count))) is { } earlier && Sentence(earlier) == Sentence(failure)) return count;
        return lines.Length;
    }

    private static string LineOf(string text, int line)
    {
        var content = text.Split('\n')[line - 1].Trim();
        return Secrets.Any(word => content.Contains(word, StringComparison.OrdinalIgnoreCase)) ? "(secret)" : content;
    }

    /// <summary>The first line of the parser's message; where it counts characters, the line number says more.</summary>
    private static string Sentence(Exception failure) =>
        failure.Message.StartsWith("Unknown token", StringComparison.Ordinal)
            ? "this is not HOCON"
            : failure.Message.Split('\n')[0].Trim().TrimEnd('.');

    private static string Mend(Exception failure) => failure.Message switch
    {
        var m when m.StartsWith("Unresolved substitution", StringComparison.Ordinal) => "define that key in this file, or write the value itself",
        var m when m.StartsWith("'include'", StringComparison.Ordinal) => "put the keys of that file into this one",
        _ => "put a value that contains ':' or '=' in double quotes, and close every list with ']'",
    };
}
