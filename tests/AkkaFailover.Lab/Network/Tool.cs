using System.Diagnostics;

namespace AkkaFailover.Lab.Network;

/// <summary>What a command answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record ToolResult(int ExitCode, string Output, string Error);

/// <summary>Runs a command to its end.</summary>
public static class Tool
{
    /// <summary>Runs a command; whatever its exit code.</summary>
    public static ToolResult Try(string file, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new LabException($"cannot start {file}");
        // No thread of the pool: where the tests have them all, asynchronous reads end up to a second late, and so would a fault.
        var error = Task.Factory.StartNew(process.StandardError.ReadToEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Feed(process.StandardInput, input);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ToolResult(process.ExitCode, output, error.Result);
    }

    private static void Feed(StreamWriter standardInput, string? input)
    {
        try
        {
            using (standardInput) standardInput.Write(input);
        }
        catch (IOException)
        {
            // It ended without reading all of it; its exit code and its words say why.
        }
    }

    /// <summary>Runs a command that must succeed.</summary>
    /// <returns>Its standard output.</returns>
    /// <exception cref="LabException">Its exit code was not 0.</exception>
    public static string Run(string file, IEnumerable<string> arguments, string? input = null)
    {
        var command = arguments.ToList();
        var result = Try(file, command, input);
        if (result.ExitCode != 0)
            throw new LabException($"{file} {string.Join(' ', command)} failed ({result.ExitCode}): {result.Error.Trim()} {input}");
        return result.Output;
    }

    /// <summary>Runs <c>ip</c> in a namespace, one command a line.</summary>
    public static void Ip(string ns, params string[] lines) => Run("ip", ["-n", ns, "-batch", "-"], string.Join('\n', lines) + '\n');
}
