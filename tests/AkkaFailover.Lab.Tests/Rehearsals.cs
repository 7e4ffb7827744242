using System.Text.Json.Nodes;
using AkkaFailover.Lab.Nodes;

namespace AkkaFailover.Lab.Tests;

/// <summary>Rehearsals on nodes of a lab, and what of them is left on the machine.</summary>
internal static class Rehearsals
{
    /// <summary>How long a rehearsal that is ended may still be seen.</summary>
    public static readonly TimeSpan Gone = TimeSpan.FromSeconds(2);

    /// <summary>Runs one to its end.</summary>
    public static (int ExitCode, JsonNode Result, string Error) Run(AkkaNode node)
    {
        var answer = node.Ctl("group", "rehearse", "--output", "json");
        return (answer.ExitCode, JsonNode.Parse(answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "{}")!, answer.Error);
    }

    /// <summary>Its phases that ended as they should.</summary>
    public static IEnumerable<string> Passed(JsonNode result) => result["phases"]!.AsArray().Where(phase => (bool)phase!["ok"]!).Select(phase => (string)phase!["phase"]!);

    /// <summary>The processes of a node's rehearsal, whatever namespaces they are in.</summary>
    public static IReadOnlyList<int> ProcessesOf(AkkaNode node) => [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!)
        .Where(pid => IsIn(pid, Path.Combine(node.StateDirectory, $"{AkkaNode.Group}.rehearsal")))];

    /// <summary>A folder with all that is in it: names, modes, times and contents.</summary>
    public static IReadOnlyList<string> Tree(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {File.GetUnixFileMode(path)} {File.GetLastWriteTimeUtc(path):O} {(File.Exists(path) ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))) : "")}")];

    /// <summary>Nothing of a rehearsal is on the machine any more.</summary>
    public static async Task ExpectNothingLeft(AkkaNode node)
    {
        await LabClock.Expect(() => ProcessesOf(node).Count == 0, Gone, "the processes of the rehearsal are gone");
        await LabClock.Expect(() => !Directory.Exists(Path.Combine(node.StateDirectory, $"{AkkaNode.Group}.rehearsal")), Gone, "the scratch folder is gone");
        Assert.DoesNotContain(File.ReadLines("/proc/self/mounts"), mount => mount.Contains(".rehearsal", StringComparison.Ordinal));
    }

    /// <summary>The process that makes the namespaces has the scratch folder among its arguments; all others are in the mounts that it made.</summary>
    private static bool IsIn(int pid, string scratch)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Contains(scratch, StringComparison.Ordinal)
                || File.ReadAllText($"/proc/{pid}/mountinfo").Contains($"upperdir={scratch}", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has just ended
        }
    }
}
