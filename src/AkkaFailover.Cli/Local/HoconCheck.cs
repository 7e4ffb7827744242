using System.ComponentModel;
using System.Diagnostics;
using AkkaFailover.Cli.Client;
using AkkaFailover.Core.Palettes;

namespace AkkaFailover.Cli.Local;

/// <summary>Checks a configuration file with the daemon's own loader, without a running daemon.</summary>
internal sealed class HoconCheck : LocalCommand
{
    private const string Daemon = "akka-failover";

    public override CommandDefinition Definition { get; } = new("check", "check a configuration file; every error at once, with its mend")
    {
        Arguments = [new("FILE", "the file", Kind: ValueKind.File)],
        Details = ["Needs no running daemon. Exit code 0 where a daemon would start with it, 1 where not."],
        Examples = ["hocon check /etc/akka-failover/akka-failover.conf"],
    };

    public override async Task<int> RunAsync(CallLine line, ClientOptions options, Terminal terminal)
    {
        var start = new ProcessStartInfo(Locate()) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("--check");
        start.ArgumentList.Add(line.Arguments["FILE"]);
        start.ArgumentList.Add("--output");
        start.ArgumentList.Add(options.Output == OutputKind.Json ? "json" : "table");
        try
        {
            using var check = Process.Start(start)!;
            var errors = check.StandardError.ReadToEndAsync();
            await check.StandardOutput.BaseStream.CopyToAsync(terminal.Out);
            terminal.Error.Write(await errors);
            terminal.Error.Flush();
            await check.WaitForExitAsync();
            return check.ExitCode == 0 ? ExitCode.Done : ExitCode.Refused;
        }
        catch (Win32Exception e)
        {
            return FailoverCtl.Fail(terminal, $"cannot run {start.FileName}: {e.Message}; install {Daemon} beside failoverctl or in PATH", ExitCode.Refused);
        }
    }

    /// <summary>Beside this program itself (not beside a link to it), below the lib folder beside its own, or in PATH.</summary>
    private static string Locate()
    {
        var self = Environment.ProcessPath ?? "";
        self = File.ResolveLinkTarget(self, returnFinalTarget: true)?.FullName ?? self;
        var folder = Path.GetDirectoryName(self) ?? "";
        string[] places = [Path.Combine(folder, Daemon), Path.Combine(folder, "..", "lib", Daemon, Daemon)];
        return places.FirstOrDefault(File.Exists) ?? Daemon;
    }
}
