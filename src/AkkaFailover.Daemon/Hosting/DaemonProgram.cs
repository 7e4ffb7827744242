using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Configuration;
using Serilog;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>From the command line to a running daemon: configuration, checks of the host, logging.</summary>
public static class DaemonProgram
{
    /// <summary>Runs what the arguments ask for.</summary>
    /// <param name="arguments">The process's arguments.</param>
    /// <param name="run">Runs the daemon with a configuration that has no errors, until it is told to stop; answers with the exit code.</param>
    /// <param name="release">Ends what an earlier run with these settings left behind; answers with the exit code.</param>
    /// <param name="rehearse">Rehearses the named group with what is in a scratch folder; answers with the exit code.</param>
    public static Task<int> RunAsync(
        string[] arguments, Func<LoadedConfiguration, Task<int>> run, Func<FailoverSettings, int> release, Func<LoadedConfiguration, string?, string, int> rehearse) =>
        CommandLine.InvokeAsync(arguments, new CommandLine.Actions((file, _) => RunDaemonAsync(file, run), Check, file => Release(file, release), Verify,
            (file, group, scratch) => Rehearse(file, loaded => rehearse(loaded, group, scratch))));

    private static async Task<int> RunDaemonAsync(string file, Func<LoadedConfiguration, Task<int>> run)
    {
        var loaded = ConfigurationLoader.Load(file);
        if (loaded.Settings is null) return Refuse(loaded.File, loaded.Errors, loaded.Warnings);

        var host = StartupChecks.Run(loaded.Settings);
        if (host.Errors.Count > 0) return Refuse(loaded.File, host.Errors, [.. loaded.Warnings, .. host.Warnings]);

        await using var logger = LoggingSetup.Create(loaded.Settings.Log, LoggingSetup.WritesToJournal());
        Log.Logger = logger;
        foreach (var warning in loaded.Warnings.Concat(host.Warnings))
            logger.Warning("{Path}: {Problem}; {Mend}", warning.Path, warning.Problem, warning.Mend);
        try
        {
            return await run(loaded with { Settings = host.Settings });
        }
        catch (Exception e)
        {
            logger.Fatal(e, "The daemon failed");
            return ExitCode.Failed;
        }
    }

    private static int Check(string file, bool json)
    {
        var loaded = ConfigurationLoader.Load(file);
        if (json) FindingsReport.WriteJson(Console.Out, loaded.File, loaded.Errors, loaded.Warnings);
        else FindingsReport.WriteText(Console.Out, loaded.File, loaded.Errors, loaded.Warnings);
        return loaded.Settings is null ? ExitCode.Configuration : ExitCode.Done;
    }

    private static int Release(string file, Func<FailoverSettings, int> release)
    {
        var loaded = ConfigurationLoader.Load(file);
        return loaded.Settings is null ? Refuse(loaded.File, loaded.Errors, loaded.Warnings) : release(loaded.Settings);
    }

    private static int Rehearse(string file, Func<LoadedConfiguration, int> rehearse)
    {
        var loaded = ConfigurationLoader.Load(file);
        return loaded.Settings is null ? Refuse(loaded.File, loaded.Errors, loaded.Warnings) : rehearse(loaded);
    }

    private static int Verify(string file, string? group, bool json)
    {
        var loaded = ConfigurationLoader.Load(file);
        return loaded.Settings is null ? Refuse(loaded.File, loaded.Errors, loaded.Warnings) : OfflineVerify.Run(loaded.Settings, group, json);
    }

    private static int Refuse(string file, IReadOnlyList<ConfigurationError> errors, IReadOnlyList<ConfigurationWarning> warnings)
    {
        FindingsReport.WriteText(Console.Error, file, errors, warnings);
        return ExitCode.Configuration;
    }
}
