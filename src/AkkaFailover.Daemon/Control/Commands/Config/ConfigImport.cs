using AkkaFailover.Core.Palettes;
using AkkaFailover.Core.Replica;
using AkkaFailover.Daemon.Replica;

namespace AkkaFailover.Daemon.Control.Commands.Config;

/// <summary>Takes a folder's files as keys.</summary>
internal sealed class ConfigImport : ControlCommand
{
    public override CommandDefinition Definition { get; } = new("import", "set keys to the contents of a folder's files, and show what changes")
    {
        Arguments = [new("DIR", "the folder; a file's path in it is its key", Kind: ValueKind.File) { Folder = FolderUse.Read }],
        Options = [ConfigPlan.DryRun, new("exact", "also remove the keys that the folder does not have"), OptionDefinition.Group],
        Details = [
            "Symbolic links, devices and pipes are refused. Names are those that config export writes: a percent sign begins what a file cannot be called.",
            ConfigPlan.Bounds,
        ],
        Examples = ["config import ./vpn --dry-run", "config import ./vpn --exact"],
    };

    public override Task<ControlAnswer> RunAsync(CommandCall call)
    {
        var group = call.Group();
        var entries = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in call.Files)
        {
            if (KeyPath.ToKey(file.Path) is not { } key) throw new CommandRefusedException($"{file.Path}: no key is written like this; a percent sign in a key is %25 in a path");
            if (ChangePlan.IsReserved(key)) throw new CommandRefusedException($"{file.Path}: keys like '{key}' are reserved: take the file out");
            if (!entries.TryAdd(key, file.Content)) throw new CommandRefusedException($"{file.Path}: another file has the key '{key}' too: take one out");
        }
        return ConfigPlan.MakeAsync(call, group, new ImportEntries(entries, call.Has("exact"), $"{call.By} (import)", call.Has("dry-run")));
    }
}
