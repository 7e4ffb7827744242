using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Settings;
using AkkaFailover.Daemon.Control.Commands.Daemon;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>Checks a journal while no daemon runs on it, or beside one that does.</summary>
internal static class OfflineVerify
{
    /// <summary>Writes the verdict to stdout, and to stderr what is wrong.</summary>
    /// <param name="settings">What says where the journal is.</param>
    /// <param name="name">The group; null where there is one.</param>
    /// <param name="json">One JSON document, as <c>journal verify --output json</c> of a running daemon.</param>
    /// <returns>The exit code.</returns>
    public static int Run(FailoverSettings settings, string? name, bool json)
    {
        var groups = settings.Groups.Where(group => name is null || group.Name.Value == name).ToList();
        if (groups.Count != 1)
        {
            Console.Error.WriteLine($"{(name is null ? "which group?" : $"no group '{name}':")} This configuration has {string.Join(", ", settings.Groups.Select(group => group.Name))}");
            return ExitCode.Usage;
        }
        var verdict = JournalCheck.Verify(settings, groups[0]);
        Console.Out.WriteLine(json
            ? JournalVerify.Facts(groups[0].Name, verdict).ToJsonString(ControlProtocol.Json.Options)
            : $"journal of {groups[0].Name}: {(verdict.Ok ? "whole" : "broken")}, {verdict.Events} events, version {verdict.Version}, digest {verdict.Digest}");
        if (verdict.Ok) return ExitCode.Done;
        Console.Error.WriteLine(verdict.Text);
        return ExitCode.Failed;
    }
}
