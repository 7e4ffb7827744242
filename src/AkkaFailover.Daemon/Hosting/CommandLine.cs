using System.CommandLine;

namespace AkkaFailover.Daemon.Hosting;

/// <summary>The daemon's own command line; everything else is failoverctl's.</summary>
internal static class CommandLine
{
    /// <summary>The words that <c>--output</c> takes.</summary>
    private const string Table = "table", Json = "json";

    /// <summary>What the daemon does; each takes a configuration file and answers with the exit code.</summary>
    /// <param name="Run"><c>--config</c>.</param>
    /// <param name="Check"><c>--check</c>; the second argument asks for JSON.</param>
    /// <param name="Release"><c>--release</c>.</param>
    /// <param name="Verify"><c>--verify</c>; the second argument names the group, the third asks for JSON.</param>
    /// <param name="Rehearse"><c>--rehearse</c>, which the daemon alone uses; the second argument names the group, the third the scratch folder.</param>
    public sealed record Actions(
        Func<string, CancellationToken, Task<int>> Run, Func<string, bool, int> Check, Func<string, int> Release, Func<string, string?, bool, int> Verify,
        Func<string, string?, string, int> Rehearse);

    /// <summary>Parses the arguments and does what they ask for.</summary>
    /// <returns>The exit code; 64 for a wrong usage, which is explained on stderr.</returns>
    public static async Task<int> InvokeAsync(string[] arguments, Actions actions)
    {
        var config = new Option<string>("--config") { HelpName = "FILE", Description = "run the daemon with this configuration, in the foreground" };
        var check = new Option<string>("--check") { HelpName = "FILE", Description = "check a configuration without running it; exit 0 or 2" };
        var release = new Option<string>("--release") { HelpName = "FILE", Description = "end what an earlier run left behind: its guard and its addresses" };
        var verify = new Option<string>("--verify") { HelpName = "FILE", Description = "read a journal back that no daemon has to serve, and check its hash chain; exit 0 or 1" };
        var rehearse = new Option<string>("--rehearse") { HelpName = "FILE", Hidden = true };
        var scratch = new Option<string>("--scratch") { HelpName = "DIR", Hidden = true };
        var group = new Option<string>("--group") { HelpName = "GROUP", Description = "the group for --verify; may be left out where there is one" };
        var output = new Option<string>("--output") { HelpName = $"{Table}|{Json}", Description = "form of what --check and --verify write", DefaultValueFactory = _ => Table };
        output.AcceptOnlyFromAmong(Table, Json);

        var root = new RootCommand("AkkaFailover: keeps one address alive on two hosts") { config, check, release, verify, rehearse, scratch, group, output };
        root.Validators.Add(result =>
        {
            if (new[] { config, check, release, verify, rehearse }.Count(option => result.GetResult(option) is not null) != 1)
                result.AddError("give exactly one of --config FILE, --check FILE, --release FILE, --verify FILE");
            if (result.GetResult(group) is not null && result.GetResult(verify) is null && result.GetResult(rehearse) is null) result.AddError("--group goes with --verify");
            if (result.GetResult(scratch) is null != result.GetResult(rehearse) is null) result.AddError("--rehearse goes with --scratch: failoverctl group rehearse has both");
        });
        root.SetAction(async (parsed, stop) =>
            parsed.GetValue(check) is { } checkFile ? actions.Check(checkFile, parsed.GetValue(output) == Json)
            : parsed.GetValue(release) is { } releaseFile ? actions.Release(releaseFile)
            : parsed.GetValue(verify) is { } verifyFile ? actions.Verify(verifyFile, parsed.GetValue(group), parsed.GetValue(output) == Json)
            : parsed.GetValue(rehearse) is { } rehearseFile ? actions.Rehearse(rehearseFile, parsed.GetValue(group), parsed.GetValue(scratch)!)
            : await actions.Run(parsed.GetValue(config)!, stop));

        var result = root.Parse(arguments);
        // The generic host handles the signals; two handlers would race.
        var code = await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, Error = Console.Error });
        return result.Errors.Count > 0 ? ExitCode.Usage : code;
    }
}
