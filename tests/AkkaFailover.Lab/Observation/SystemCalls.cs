using System.Globalization;
using System.Text.RegularExpressions;

namespace AkkaFailover.Lab.Observation;

/// <summary>A system call on a file, as strace saw it; times in seconds since 1970, which all hosts of the lab share.</summary>
/// <param name="Name">Such as pwrite64.</param>
/// <param name="File">The path behind the descriptor.</param>
/// <param name="Arguments">As strace writes them, with the bytes of a buffer.</param>
/// <param name="Begin">When it was called.</param>
/// <param name="End">When it returned.</param>
/// <param name="Succeeded">It returned no error.</param>
public sealed record SystemCall(string Name, string File, string Arguments, double Begin, double End, bool Succeeded);

/// <summary>A daemon's writes and syncs, traced by strace.</summary>
public static partial class SystemCalls
{
    /// <summary>The command to start a daemon behind. The daemon stays the process that was started, strace is a grandchild.</summary>
    public static string[] Trace(string output) =>
        ["strace", "-D", "-f", "--seccomp-bpf", "-ttt", "-T", "-y", "-s", "8192", "-e", "trace=pwrite64,fsync,fdatasync", "-e", "signal=none", "-o", output];

    /// <summary>Reads a trace as far as it has been written; calls that have not returned are left out.</summary>
    public static IReadOnlyList<SystemCall> Read(string output)
    {
        var calls = new List<SystemCall>();
        var unfinished = new Dictionary<string, (string Head, string Begin)>();
        foreach (var line in File.ReadLines(output))
        {
            if (Line().Match(line) is not { Success: true } match) continue;
            var (thread, at, text) = (match.Groups["thread"].Value, match.Groups["at"].Value, match.Groups["text"].Value);
            if (text.EndsWith(Unfinished, StringComparison.Ordinal))
                unfinished[thread] = (text[..^Unfinished.Length], at);
            else if (Resumed().Match(text) is { Success: true } resumed && unfinished.Remove(thread, out var begun))
                Add(calls, begun.Head + text[resumed.Length..], begun.Begin);
            else
                Add(calls, text, at);
        }
        return calls;
    }

    private const string Unfinished = " <unfinished ...>";

    private static void Add(List<SystemCall> calls, string text, string begin)
    {
        if (Call().Match(text) is not { Success: true } match) return;
        var at = double.Parse(begin, CultureInfo.InvariantCulture);
        var took = double.Parse(match.Groups["took"].Value, CultureInfo.InvariantCulture);
        calls.Add(new SystemCall(match.Groups["name"].Value, match.Groups["file"].Value, match.Groups["rest"].Value, at, at + took,
            !match.Groups["result"].Value.StartsWith('-')));
    }

    [GeneratedRegex(@"^(?<thread>\d+) +(?<at>\d+\.\d+) (?<text>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Line();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>", RegexOptions.ExplicitCapture)]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(?<name>\w+)\(\d+<(?<file>[^>]*)>(?<rest>.*)\) += (?<result>-?\d+).* <(?<took>\d+\.\d+)>$", RegexOptions.ExplicitCapture)]
    private static partial Regex Call();
}
