using System.ComponentModel;
using System.Diagnostics;
using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary>The daemon's program, for what it does without running as a daemon.</summary>
internal static class InstalledDaemon
{
    private const string Name = "akka-failover";

    /// <summary>Runs it and passes on what it writes.</summary>
    /// <returns>0 where it exits with 0, else 1.</returns>
    public static async Task<int> RunAsync(Terminal terminal, OutputKind output, params string[] arguments)
    {
        var start = new ProcessStartInfo(Locate(), [.. arguments, "--output", output == OutputKind.Json ? "json" : "table"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var program = Process.Start(start)!;
            var errors = program.StandardError.ReadToEndAsync();
            await program.StandardOutput.BaseStream.CopyToAsync(terminal.Out);
            terminal.Error.Write(await errors);
            terminal.Error.Flush();
            await program.WaitForExitAsync();
            return program.ExitCode == 0 ? ExitCode.Done : ExitCode.Refused;
        }
        catch (Win32Exception e)
        {
            return FailoverCtl.Fail(terminal, $"cannot run {start.FileName}: {e.Message}; install {Name} beside failoverctl or in PATH", ExitCode.Refused);
        }
    }

    /// <summary>Beside this program itself (not beside a link to it), below the lib folder beside its own, or in PATH.</summary>
    private static string Locate()
    {
        var self = Environment.ProcessPath ?? "";
        self = File.ResolveLinkTarget(self, returnFinalTarget: true)?.FullName ?? self;
        var folder = Path.GetDirectoryName(self) ?? "";
        string[] places = [Path.Combine(folder, Name), Path.Combine(folder, "..", "lib", Name, Name)];
        return places.FirstOrDefault(File.Exists) ?? Name;
    }
}
