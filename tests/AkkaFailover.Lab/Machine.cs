using System.Runtime.InteropServices;
using AkkaFailover.Lab.Network;

namespace AkkaFailover.Lab;

/// <summary>The machine that figures were measured on.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, memory, kernel and runtime in one line.</summary>
    public static string Describe()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor";
        var gigabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return $"{processor}, {Environment.ProcessorCount} cores, {gigabytes:0} GB, Linux {kernel}, {RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>The commit that the working copy around a folder stands at, "-modified" behind it where <c>src</c> has changes; "unknown" outside of one.</summary>
    public static string CommitOf(string folder)
    {
        if (Tool.Try("git", ["-C", folder, "rev-parse", "--short", "HEAD"]) is not { ExitCode: 0 } commit) return "unknown";
        var changes = Tool.Try("git", ["-C", folder, "status", "--porcelain", "--", ":/src"]).Output;
        return commit.Output.Trim() + (changes.Length > 0 ? "-modified" : "");
    }

    /// <summary>How many processes ran or wanted to run in the last minute, on average.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>The type of the file system that a folder lies on.</summary>
    public static string FileSystemOf(string folder) => Tool.Run("stat", ["--file-system", "--format", "%T", folder]).Trim();
}
