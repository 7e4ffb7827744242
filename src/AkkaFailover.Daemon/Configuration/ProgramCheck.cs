using AkkaFailover.Core.Settings;

namespace AkkaFailover.Daemon.Configuration;

/// <summary>Whether the programs that the configuration names are there: better told at start than at a takeover.</summary>
internal static class ProgramCheck
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static void Run(FailoverSettings settings, Findings findings)
    {
        Check("failover.notify", settings.Notify, findings);
        foreach (var group in settings.Groups)
        {
            var path = $"failover.groups.{group.Name}.service";
            Check($"failover.groups.{group.Name}.config.validate", group.Config.Validation?.Command ?? [], findings);
            switch (group.Service)
            {
                case CommandsService commands:
                    Check($"{path}.start", commands.Start, findings);
                    Check($"{path}.stop", commands.Stop, findings);
                    break;
                case ProcessService process:
                    Check($"{path}.command", process.Command, findings);
                    break;
            }
            foreach (var check in group.Service.Checks.OfType<ExecCheck>()) Check($"{path}.checks.{check.Name}.command", check.Command, findings);
        }
    }

    private static void Check(string path, IReadOnlyList<string> command, Findings findings)
    {
        if (command.Count > 0 && !Candidates(command[0]).Any(IsExecutable))
            findings.Error(path, command[0], "no such program, or not executable", "write the full path of an executable file");
    }

    private static IEnumerable<string> Candidates(string program) =>
        program.Contains('/', StringComparison.Ordinal)
            ? [program]
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program));

    private static bool IsExecutable(string file) =>
        File.Exists(file) && (!OperatingSystem.IsLinux() || (File.GetUnixFileMode(file) & Executable) != 0);
}
