using System.Globalization;
using AkkaFailover.Core.Palettes;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Sets every key back.</summary>
internal sealed class ConfigRollback : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("rollback", "set every key back to what it was at a version, with new changes")
    {
        Arguments = [new("VERSION", "the version, as in config log; 0 is before the first change")],
        Options = [ConfigPlan.DryRun, OptionDefinition.Group],
        Details = [
            "The history stays: what is set back gets new versions, and config log tells who did it. Watched files and conflicts are left as they are.",
            ConfigPlan.Bounds,
        ],
        Examples = ["config rollback 1040 --dry-run", "config rollback 1040"],
    };

    public override Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var text = call.Required("VERSION");
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw new CommandRefusedException($"VERSION: '{text}' is not a whole number", ExitCode.Usage);
        return ConfigPlan.MakeAsync(call, call.Group(), new RollbackTo(version, $"{call.By} (rollback to {version})", call.Has("dry-run")));
    }
}
